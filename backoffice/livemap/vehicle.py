"""What does the map tell of one vehicle? Where it is, how it stands, and the pages that know more."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.livemap.asking import LARGEST_ID
from fleet import ids
from fleet.admin.wording import duration
from fleet.models import Asset
from legs.models import RUNNING_STATES, Leg


def find(text: str) -> Asset | None:
    """The vehicle with this row number, vehicle number or public id; also one of the sandbox."""
    named = Q(vehicle_number=text)
    if text.isascii() and text.isdigit() and int(text) <= LARGEST_ID:
        named |= Q(pk=int(text))
    if public_id := ids.as_public_id(text):
        named |= Q(public_id=public_id)
    return Asset.objects.filter(named).select_related("asset_type", "station").first()


def told(asset: Asset, user: User) -> dict[str, Any]:
    """Facts as [what, value] and links as [text, address], of what this member of staff may see."""
    facts = [[_("Type"), str(asset.asset_type)], [_("State"), asset.get_state_display()]]
    if asset.state_reason:
        facts.append([_("Reason"), asset.state_reason])
    if asset.state_of_charge is not None:
        facts.append([_("Charge"), f"{asset.state_of_charge}\u00a0%"])
    if asset.station:
        facts.append([_("Station"), str(asset.station)])
    if asset.reported_at:
        ago = int((timezone.now() - asset.reported_at).total_seconds())
        facts.append([_("Reported"), _("%(time)s ago") % {"time": duration(max(ago, 0))}])
    if user.has_perm("fleet.view_vehiclealert"):
        kinds = [alert.get_kind_display() for alert in asset.vehicle_alerts.open()]
        facts += [[_("Alerts"), ", ".join(map(str, kinds))]] if kinds else []
    links = [[_("Vehicle"), reverse("admin:fleet_asset_change", args=[asset.pk])], *_trip(asset, user)]
    return {
        "id": asset.pk,
        "number": asset.vehicle_number,
        "lat": asset.lat,
        "lon": asset.lon,
        "isVirtual": asset.is_virtual,
        "facts": facts,
        "links": links,
    }


def _trip(asset: Asset, user: User) -> list[list[str]]:
    """The pages of the ride it is on."""
    if not (user.has_perm("legs.view_leg") and user.has_perm("bookings.view_booking")):
        return []
    ride = Leg.objects.filter(asset=asset, state__in=RUNNING_STATES).values_list("pk", "booking").first()
    if ride is None:
        return []
    return [
        [_("Booking"), reverse("admin:bookings_booking_change", args=[ride[1]])],
        [_("Leg"), reverse("admin:legs_leg_change", args=[ride[0]])],
    ]
