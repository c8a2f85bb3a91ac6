"""What is it about, and who else reported it? The vehicle, the trip and the other requests, in one look."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.admin.booking import STATE_COLOURS as TRIP_COLOURS
from bookings.models import Booking, Party
from fleet.admin.wording import duration
from fleet.models import Asset, Damage
from legs.admin import LegShown
from legs.models import Leg
from support import services
from support.admin import shown
from support.admin.forms import MOST
from support.models import SupportRequest, SupportStatus
from tomp.admin import link, moment

LEG = LegShown()
Fact = tuple[str, Any]


@dataclass(frozen=True)
class Look:
    """Each part is None where this colleague may not see it, or there is nothing of the kind."""

    asked: dict[str, Any]  # the request itself
    merge: str  # the address at which it is merged with the others
    kept: str | None  # a link to the request that is looked after in the place of this one
    vehicle: list[Fact] | None
    trip: list[Fact] | None
    legs: list[dict[str, Any]]
    others: list[dict[str, Any]]
    merged: list[dict[str, Any]]


def look(asked: SupportRequest, user: User, *, merges: bool) -> Look:
    """At most eleven statements, however much there is."""
    legs = _legs(asked) if asked.booking and user.has_perm("legs.view_leg") else []
    others = [_row(each) for each in services.alike(asked).select_related("provider")[:MOST]] if asked.waits else []
    return Look(
        asked={**_row(asked), "standing": shown.standing(asked)},
        merge=reverse("admin:support_supportrequest_merge", args=[asked.pk]) if others and merges else "",
        kept=shown.standing(asked) if asked.merged_into_id else None,
        vehicle=_vehicle(asked.asset, user) if asked.asset and user.has_perm("fleet.view_asset") else None,
        trip=_trip(asked.booking, user) if asked.booking and user.has_perm("bookings.view_booking") else None,
        legs=legs,
        others=others,
        merged=_merged(asked),
    )


def _vehicle(asset: Asset, user: User) -> list[Fact]:
    facts: list[Fact] = [(_("Vehicle"), shown.vehicle(asset)), (_("Type"), str(asset.asset_type))]
    if asset.state_reason:
        facts.append((_("Reason"), asset.state_reason))
    if asset.state_of_charge is not None:
        facts.append((_("Charge"), f"{asset.state_of_charge}\u00a0%"))
    if asset.station:
        facts.append(
            (_("Station"), link(reverse("admin:fleet_station_change", args=[asset.station_id]), asset.station))
        )
    if asset.lat is not None:
        where = f"{asset.lat:.5f}, {asset.lon:.5f}"
        facts.append((_("On the map"), link(f"{reverse('live-map')}?vehicle={asset.pk}", where)))
    if asset.reported_at:
        ago = int((timezone.now() - asset.reported_at).total_seconds())
        facts.append((_("Reported"), _("%(time)s ago") % {"time": duration(max(ago, 0))}))
    if user.has_perm("fleet.view_damage"):
        broken = Damage.objects.filter(asset=asset, repaired_at=None).order_by("-reported_at")[:MOST]
        facts += [(_("Damage"), _damage(damage)) for damage in broken]
    if user.has_perm("fleet.view_vehiclealert"):
        facts += [(_("Alert"), alert.get_kind_display()) for alert in asset.vehicle_alerts.open()]
    return facts


def _damage(damage: Damage) -> str:
    return link(reverse("admin:fleet_damage_change", args=[damage.pk]), str(damage))


def _trip(booking: Booking, user: User) -> list[Fact]:
    facts: list[Fact] = [(_("Booking"), shown.trip(booking, TRIP_COLOURS)), (_("Provider"), str(booking.provider))]
    if booking.customer and user.has_perm("customers.view_customer"):
        address = reverse("admin:customers_customer_change", args=[booking.customer_id])
        facts.append((_("Customer"), link(address, str(booking.customer))))
    departs, arrives = booking.departed_at or booking.departs_at, booking.arrived_at or booking.arrives_at
    return [*facts, (_("From"), moment(departs)), (_("Until"), moment(arrives))]


def _legs(asked: SupportRequest) -> list[dict[str, Any]]:
    found = Leg.objects.filter(booking=asked.booking_id).select_related("asset", "asset_type").order_by("sequence")
    return [
        {
            "link": link(reverse("admin:legs_leg_change", args=[leg.pk]), _("Leg %(n)s") % {"n": leg.sequence + 1}),
            "state": LEG.state_label(leg),
            "vehicle": LEG.vehicle(leg),
            "journey": LEG.journey(leg),
        }
        for leg in found[:MOST]
    ]


def _row(asked: SupportRequest) -> dict[str, Any]:
    address = reverse("admin:support_supportrequest_change", args=[asked.pk])
    return {
        "request": asked,
        "link": link(address, f"#{asked.pk} {asked.get_support_type_display()}"),
        "priority": shown.priority_label(asked),
        "age": shown.age(asked),
    }


def _merged(asked: SupportRequest) -> list[dict[str, Any]]:
    """Those merged into it, with all their providers said."""
    rows = [_row(each) for each in asked.merged.select_related("provider").order_by("created_at", "pk")[:MOST]]
    theirs = SupportStatus.objects.filter(request__merged_into=asked, said_by=Party.MP).order_by("at", "pk")
    said: dict[int, list[SupportStatus]] = {}
    for each in theirs if rows else ():
        said.setdefault(each.request_id, []).append(each)
    return [{**row, "said": said.get(row["request"].pk, [])} for row in rows]
