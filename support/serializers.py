"""Support requests on the wire (TOMP supportRequest, supportStatus)."""

from rest_framework import serializers

from support.models import SupportRequest
from tomp.components.vehicles import DAMAGED_PARTS
from tomp.serializers import (
    Moment,
    Number,
    Place,
    Text,
    Url,
    WireSerializer,
    moment_json,
    place_json,
    without_nulls,
)


class DamageData(WireSerializer):
    """TOMP damage."""

    vehicleComponent = serializers.ChoiceField(choices=DAMAGED_PARTS)
    vehicleComponentName = Text(required=False, max_length=100)
    description = Text(max_length=2000)
    pictures = serializers.ListField(child=Url(), required=False, max_length=20)


class SupportRequestData(WireSerializer):
    """TOMP supportRequest → keywords of support.services.ask."""

    id = Text(required=False, default="", allow_blank=True, source="reference", max_length=100)
    assetId = Text(required=False, default="", allow_blank=True, source="asset_reference", max_length=120)
    supportType = serializers.ChoiceField(
        choices=SupportRequest.Type.values, required=False, default="OTHER", source="support_type"
    )
    priority = serializers.ChoiceField(choices=SupportRequest.Priority.values, required=False, default="OTHER")
    location = Place(required=False, default=None)
    time = Moment(required=False, default=None, source="occurred_at")
    contactInformationEndUser = Text(required=False, default="", allow_blank=True, source="contact", max_length=200)
    comment = Text(required=False, default="", allow_blank=True, max_length=5000)
    requestedResponseTime = Number(required=False, default=None, min_value=0, source="requested_response_minutes")
    urls = serializers.ListField(child=Url(), required=False, default=list, max_length=20)
    damage = DamageData(required=False, default=None)


def status_json(entry, version):
    """TOMP supportStatus: the request, with this one of its statuses and what was said with it."""
    request = entry.request
    since_1_6 = {"assetId": request.asset_reference or None, "damage": request.damage} if version.reports_damage else {}
    return without_nulls(
        id=request.reference,
        supportType=request.support_type,
        priority=request.priority,
        location=place_json(request.location) if "coordinates" in (request.location or {}) else None,
        time=moment_json(request.occurred_at),
        contactInformationEndUser=request.contact or None,
        comment=entry.comment or None,
        requestedResponseTime=request.requested_response_minutes,
        urls=request.urls or None,
        status=entry.status,
        timeToResolution=entry.resolution_minutes,
        order=entry.order,
        **since_1_6,
    )
