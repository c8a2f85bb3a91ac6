"""What staff do with thousands of vehicles at once: each portion in a transaction, each vehicle with its history."""

from dataclasses import dataclass, field

from django.db import transaction
from simple_history.utils import bulk_update_with_history

from fleet.models import Asset
from tomp.serializers import moment_json

AT_ONCE = 1000
MOST_TAGS = 100  # PostgreSQL compares each that is looked for with each that a vehicle has
COLUMNS = {
    "vehicle_number": lambda asset: asset.vehicle_number,
    "vehicle_type": lambda asset: asset.asset_type.type_id,
    "vehicle_code": lambda asset: asset.vehicle_code,
    "imei": lambda asset: asset.imei,
    "mac": lambda asset: asset.mac,
    "nfc_id": lambda asset: asset.nfc_id,
    "serial_number": lambda asset: asset.serial_number,
    "license_plate": lambda asset: asset.license_plate,
    "lat": lambda asset: asset.lat,
    "lon": lambda asset: asset.lon,
    "station": lambda asset: asset.station.station_id if asset.station else None,
    "state": lambda asset: asset.state,
    "battery_percent": lambda asset: asset.state_of_charge,
    "range_m": lambda asset: asset.range_m,
    "odometer_km": lambda asset: None if asset.odometer_m is None else asset.odometer_m / 1000,
    "pricing_plan": lambda asset: asset.pricing_plan.plan_id if asset.pricing_plan else None,
    "last_reported": lambda asset: moment_json(asset.reported_at) if asset.reported_at else None,
    "notes": lambda asset: asset.notes,
    "state_reason": lambda asset: asset.state_reason,
    "name": lambda asset: asset.name,
    "tags": lambda asset: ", ".join(asset.tags),
    "public_id": lambda asset: str(asset.public_id),
}


@dataclass
class Outcome:
    """How many vehicles were changed, and the numbers of those that were not."""

    changed: int = 0
    refused: list[str] = field(default_factory=list)


def tags_of(text):
    """The tags typed with commas: each once, in small letters, sorted."""
    words = {" ".join(word.split()).lower() for word in text.split(",")}
    return sorted(word for word in words if word)


def move_to_station(*, assets, station, user):
    """The vehicles stand at the station, as far as they are not on a trip. Returns the Outcome."""

    def move(asset):
        if asset.is_on_a_trip:
            return None
        if asset.station_id == station.pk and (asset.lat, asset.lon) == (station.lat, station.lon):
            return False
        asset.station, asset.station_slot = station, ""
        asset.lat, asset.lon = station.lat, station.lon
        return True

    return _change(assets, move, ["station", "station_slot", "lat", "lon"], user)


def change_tags(*, assets, add=(), remove=(), user):
    """The vehicles have these tags more and those less, as far as they fit. Returns the Outcome."""

    def change(asset):
        tags = sorted((set(asset.tags) | set(add)) - set(remove))
        if len(tags) > max(MOST_TAGS, len(asset.tags)):
            return None
        changed, asset.tags = tags != asset.tags, tags
        return changed

    return _change(assets, change, ["tags"], user)


def _change(assets, change, fields, user):
    """`change(asset)` answers True if it changed something, None if it refused."""
    outcome, pks = Outcome(), list(assets.order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(pks), AT_ONCE):
        with transaction.atomic():
            locked = Asset.objects.select_for_update().filter(pk__in=pks[first : first + AT_ONCE]).order_by("pk")
            changed = []
            for asset in locked:
                answer = change(asset)
                if answer is None:
                    outcome.refused.append(asset.vehicle_number)
                elif answer:
                    changed.append(asset)
            bulk_update_with_history(changed, Asset, fields, batch_size=AT_ONCE, default_user=user)
            outcome.changed += len(changed)
    return outcome


def table(assets):
    """The vehicles as rows of COLUMNS, read in portions; whoever imports them again changes nothing."""
    wanted = Asset.objects.filter(pk__in=assets.order_by().values("pk")).for_trip().order_by("vehicle_number")
    for asset in wanted.iterator(chunk_size=2000):
        yield [cell(asset) for cell in COLUMNS.values()]
