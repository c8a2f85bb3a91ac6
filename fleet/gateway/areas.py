"""Where may a vehicle be? Reads the regions once per batch, so that a thousand places cost a few statements."""

from django.db.models import Q

from fleet.atlas import drawn
from fleet.models import Region

KINDS = (Region.Kind.OPERATING, Region.Kind.NO_ACCESS)


class Areas:
    """The operating areas and the areas without access that are in force at this moment."""

    def __init__(self, now):
        in_force = Q(starts_at=None) | Q(starts_at__lte=now), Q(ends_at=None) | Q(ends_at__gt=now)
        regions = Region.objects.filter(*in_force, kind__in=KINDS).prefetch_related("asset_types")
        self._regions = drawn(regions)
        self._is_bounded = any(each.kind == Region.Kind.OPERATING for each in regions)

    def allow(self, lat, lon, *, asset_type_id):
        """Whether a vehicle of the type may be there; anywhere, where no operating area is drawn."""
        kinds = {
            region.kind
            for region, covers, types in self._regions
            if region.south <= lat <= region.north
            and region.west <= lon <= region.east
            and (not types or asset_type_id in types)
            and covers(lat, lon)
        }
        return Region.Kind.NO_ACCESS not in kinds and (Region.Kind.OPERATING in kinds or not self._is_bounded)
