"""What does the map ask for? A box and filters, from query parameters."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from rest_framework.exceptions import ValidationError

from fleet import ids
from fleet.geo import Box
from fleet.models import Asset, VehicleAlert
from fleet.models.vehicles import IS_IN_THE_FLEET, AssetState
from tomp_operator.filters import box as box_of

LONGEST_TEXT = 80
PERCENT = 100
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Question:
    """Which vehicles of which box. Without a state: all of the fleet, which those in storage and retired are not."""

    box: Box
    states: tuple[str, ...] = ()
    asset_types: tuple[int, ...] = ()
    below_percent: int | None = None
    text: str = ""
    only_alerts: bool = False
    is_sandbox: bool = False

    def vehicles(self) -> QuerySet:
        box = self.box
        assets = Asset.objects.virtual() if self.is_sandbox else Asset.objects.real()
        assets = assets.in_box(box.south, box.north, box.west, box.east).order_by()
        if self.states:
            assets = assets.filter(state__in=self.states)
        elif not self.is_sandbox:
            assets = assets.filter(IS_IN_THE_FLEET)
        if self.asset_types:
            assets = assets.filter(asset_type__in=self.asset_types)
        if self.below_percent is not None:
            assets = assets.filter(state_of_charge__lt=self.below_percent)
        if self.text:
            assets = assets.filter(_named(self.text))
        return assets.filter(HAS_ALERT) if self.only_alerts else assets


HAS_ALERT = Exists(VehicleAlert.objects.open().filter(asset=OuterRef("pk")))


def _named(text: str) -> Q:
    """Those whose number, code, plate or name has the text in it, or whose public id it is."""
    named = Q()
    for column in ("vehicle_number", "vehicle_code", "license_plate", "name"):
        named |= Q(**{f"{column}__icontains": text})
    public_id = ids.as_public_id(text)
    return named | Q(public_id=public_id) if public_id else named


def question(parameters: QueryDict) -> Question:
    """The question of these query parameters (a QueryDict). Raises ValidationError (400) for what makes no sense."""
    states = tuple(parameters.getlist("state"))
    if not set(states) <= set(AssetState.values):
        raise ValidationError({"state": f"One of {', '.join(AssetState.values)} is expected."})
    text = parameters.get("q", "").strip()
    if len(text) > LONGEST_TEXT or "\x00" in text:
        raise ValidationError({"q": f"At most {LONGEST_TEXT} characters are expected."})
    below = parameters.get("below", "")
    return Question(
        box=box(parameters),
        states=states,
        asset_types=tuple(_whole(str(kind), "type", LARGEST_ID) for kind in parameters.getlist("type")),
        below_percent=_whole(below, "below", PERCENT) if below else None,
        text=text,
        only_alerts=parameters.get("alerts") == "1",
        is_sandbox=parameters.get("sandbox") == "1",
    )


def box(parameters: QueryDict) -> Box:
    """South, north, west and east of the parameter `box`. Raises ValidationError."""
    return box_of(parameters.get("box", ""))


def _whole(text: str, name: str, largest: int) -> int:
    is_whole = text.isascii() and text.isdigit() and len(text) <= len(str(largest)) and int(text) <= largest
    if not is_whole:
        raise ValidationError({name: f"A whole number from 0 to {largest} is expected."})
    return int(text)


def low_charge() -> int:
    """Below this percentage a vehicle is shown as nearly empty."""
    return settings.TOMP_LOW_CHARGE_PERCENT
