"""The trip execution module (TOMP /legs)."""

import uuid

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from bookings import services as bookings
from fleet import services as fleet
from fleet.serializers import asset_json
from legs import services
from legs.errors import LegNotFound, PickingNotAllowed
from legs.events import IMPLEMENTED
from legs.models import Leg
from legs.serializers import LegEventRequest, ProgressQuery, leg_json, progress_json
from maas.views import ProviderViewSet
from tomp import components
from tomp.serializers import Paging, page

TAGS = ["trip execution"]


class LegViewSet(ProviderViewSet):
    """The legs of the provider's bookings."""

    module = 4
    meta_events = {"events": IMPLEMENTED}
    paged_actions = ("available_assets",)

    @extend_schema(responses={200: components.Leg}, tags=TAGS)
    def retrieve(self, request, id):
        """The leg as it is now, with what opens its vehicle."""
        return self.answer(self.get_leg(id))

    @extend_schema(request=LegEventRequest, responses={200: components.Leg}, tags=TAGS)
    def events(self, request, id):
        """An event happened or is asked for; the answer is the leg after it."""
        try:
            event = self.valid(LegEventRequest)
        except ValidationError:
            self.get_leg(id)  # an unknown leg is a 404, whatever is said about it
            raise
        leg = services.apply(
            event.pop("event"), leg_id=_as_uuid(id), provider=self.provider, now=timezone.now(), **event
        )
        return self.answer(leg)

    @extend_schema(parameters=[ProgressQuery], responses={200: components.LegProgress}, tags=TAGS)
    def progress(self, request, id):
        """Where the vehicle of a running leg is."""
        leg = self.get_leg(id)
        query = self.valid_query(ProgressQuery)
        if not leg.is_running or leg.is_given_back or leg.asset.lat is None:
            raise LegNotFound(f"Leg {leg.id} is {leg.state}: there is no progress.")
        return Response(progress_json(leg, timezone.now(), location_only=query["location_only"], version=self.version))

    @extend_schema(parameters=[Paging], responses={200: components.Asset(many=True)}, tags=TAGS)
    def available_assets(self, request, id):
        """The vehicles the user may pick from."""
        leg = self.get_leg(id)
        paging = self.valid_query(Paging)
        if leg.asset_id is not None or not leg.asset_type.user_may_pick or not leg.is_waiting:
            raise PickingNotAllowed("There is nothing to pick: the operator assigns, or has assigned, the vehicle.")
        assets = fleet.pickable_assets(asset_type_id=leg.asset_type_id, station_id=leg.station_id)
        return Response(
            [
                asset_json(
                    asset,
                    public_id=asset.public_id,
                    station_id=asset.station.station_id if asset.station else None,
                    confidential=False,
                )
                for asset in page(assets.select_related("station").order_by("public_id"), **paging)
            ]
        )

    def get_leg(self, leg_id):
        """The provider's leg, its booking's lapse noticed; raises LegNotFound."""
        legs = Leg.objects.booked().for_provider(self.provider).for_trip().select_related("booking")
        leg = legs.filter(pk=_as_uuid(leg_id)).first()
        if leg is None:
            raise LegNotFound(f"Leg {leg_id} not found.")
        now = timezone.now()
        if leg.booking.has_lapsed(now):
            bookings.expire(booking_id=leg.booking_id, now=now)
            leg = legs.get(pk=leg_id)
        return leg

    def answer(self, leg):
        return Response(leg_json(leg, self.dialect, with_access=True))


def _as_uuid(text):
    try:
        return uuid.UUID(text)
    except ValueError:
        raise LegNotFound(f"Leg {text[:80]!r} not found.") from None
