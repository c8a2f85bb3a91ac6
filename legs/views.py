"""The trip execution module (TOMP /legs)."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from bookings import services as bookings
from fleet import services as fleet
from fleet.gateway import commands as gateway
from fleet.serializers import asset_json
from legs import commands, services
from legs.access import Access
from legs.errors import LegNotFound, NotForTheOperator, PickingNotAllowed
from legs.events import IMPLEMENTED
from legs.models import Leg
from legs.serializers import LegEventRequest, ProgressQuery, leg_json, progress_json
from maas.views import ProviderViewSet
from tomp import components
from tomp.compiled import compiled
from tomp.ids import as_uuid
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
        return self.answer(self.get_leg(id), "GET_LEG")

    def initial(self, request, *args, **kwargs):
        """An event may need a vehicle to do something: that is asked here, where no transaction has begun yet."""
        super().initial(request, *args, **kwargs)
        if self.action == "events":
            self._send_ahead(kwargs["id"])

    def _send_ahead(self, leg_id):
        if not (self.provider.is_sandbox or gateway.gateways()):
            return
        try:
            event = self.valid(LegEventRequest)
        except ValidationError:
            return  # the operation itself says what is wrong
        known = as_uuid(leg_id)
        if known is not None:
            commands.send_ahead(event.pop("event"), leg_id=known, provider=self.provider, now=timezone.now(), **event)

    @extend_schema(request=LegEventRequest, responses={200: components.Leg}, tags=TAGS)
    def events(self, request, id):
        """An event happened or is asked for; the answer is the leg after it."""
        try:
            event = self.valid(LegEventRequest)
        except ValidationError:
            self.get_leg(id)  # an unknown leg is a 404, whatever is said about it
            raise
        name = event.pop("event")
        leg = services.apply(name, leg_id=_known(id), provider=self.provider, now=timezone.now(), **event)
        return self.answer(leg, f"{name}_EVENT")

    @extend_schema(parameters=[ProgressQuery], responses={200: components.LegProgress}, tags=TAGS)
    def progress(self, request, id):
        """Where the vehicle of a running leg is."""
        leg = self.get_leg(id)
        query = self.valid_query(ProgressQuery)
        if not leg.is_running or leg.is_given_back or leg.position is None:
            raise LegNotFound(f"Leg {leg.id} is {leg.state}: there is no progress.")
        return Response(progress_json(leg, timezone.now(), location_only=query["location_only"], version=self.version))

    @extend_schema(parameters=[Paging], responses={200: components.Asset(many=True)}, tags=TAGS)
    def available_assets(self, request, id):
        """The vehicles the user may pick from."""
        leg = self.get_leg(id)
        paging = self.valid_query(Paging)
        if leg.asset_id is not None or not leg.asset_type.user_may_pick or not leg.is_waiting:
            raise PickingNotAllowed("There is nothing to pick: the operator assigns, or has assigned, the vehicle.")
        assets = fleet.pickable_assets(
            asset_type_id=leg.asset_type_id, station_id=leg.station_id, is_virtual=self.provider.is_sandbox
        )
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

    @extend_schema(request=None, responses={200: components.Leg}, tags=TAGS)
    def add_ancillary(self, request, id, category, number):
        """One more of this is added to the leg; the answer is the leg with its new price."""
        return self._change_ancillaries(services.add_ancillary, id, category, number)

    @extend_schema(request=None, responses={200: components.Leg}, tags=TAGS)
    def remove_ancillary(self, request, id, category, number):
        """One of this is taken off the leg, as long as the ride has not begun."""
        return self._change_ancillaries(services.remove_ancillary, id, category, number)

    def _change_ancillaries(self, change, leg_id, category, number):
        leg = change(
            leg_id=_known(leg_id), provider=self.provider, category=category, number=number, now=timezone.now()
        )
        return self.answer(leg)

    def leave_to_provider(self, request, id):
        """What operators ask of providers (TOMP tag MP), asked of us: refused in words that say where it belongs."""
        leg = self.get_leg(id)
        raise NotForTheOperator(
            f"{request.method} {request.path} is offered by MaaS providers, and the operator calls it. To change leg "
            f"{leg.id}, send an event to /legs/{leg.id}/events."
        )

    leave_to_provider.not_implemented = True  # type: ignore[attr-defined]  # neither published nor listed in meta

    def get_leg(self, leg_id):
        """The provider's leg, its booking's lapse noticed; raises LegNotFound."""
        asked = {"provider": self.provider.pk, "leg_id": _known(leg_id)}
        try:
            leg = _leg.get(**asked)
        except Leg.DoesNotExist:
            raise LegNotFound(f"Leg {leg_id[:80]!r} not found.") from None
        now = timezone.now()
        if leg.booking.has_lapsed(now):
            bookings.expire(booking_id=leg.booking_id, now=now)
            leg = _leg.get(**asked)
        return leg

    def answer(self, leg, *names):
        """The leg, with as much access data as belongs to an answer of these names (maas.models.AccessAnswer)."""
        access = Access.in_answer(*names, provider=self.provider, now=timezone.now())
        return Response(leg_json(leg, self.dialect, access=access, with_track=True))


@compiled
def _leg(provider, leg_id):
    return Leg.objects.booked().for_provider(provider).for_trip().select_related("booking").filter(pk=leg_id)


def _known(leg_id):
    found = as_uuid(leg_id)
    if found is None:
        raise LegNotFound(f"Leg {leg_id[:80]!r} not found.")
    return found
