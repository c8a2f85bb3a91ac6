"""Where may many rides end? All regions and stations, read once: a thousand points cost no statement more than one."""

import math
from collections import defaultdict

from fleet import geo, places
from fleet.models import Region, Station

CELL = 0.02  # of a degree: more than a kilometre and a half in most of the world


class Atlas:
    """Answers as fleet.places does of each point by itself; places.check_may_end() takes one. Three statements."""

    def __init__(self):
        regions = Region.objects.prefetch_related("asset_types")
        self._regions = [
            (each, geo.covering(each.area), {kind.pk for kind in each.asset_types.all()}) for each in regions
        ]
        self._stations = defaultdict(list)
        for station in Station.objects.filter(is_installed=True):
            self._stations[_cell(station.lat, station.lon)].append(station)

    def regions_at(self, lat, lon, *, asset_type_id, now):
        return [
            region
            for region, covers, types in self._regions
            if region.south <= lat <= region.north
            and region.west <= lon <= region.east
            and (not types or asset_type_id in types)
            and region.is_in_force(now)
            and covers(lat, lon)
        ]

    def stations_at(self, lat, lon):
        box = places.box_of_stations(lat, lon)
        return places.nearest_first(
            (
                station
                for cell in _cells(box)
                for station in self._stations.get(cell, ())
                if box.contains(station.lat, station.lon)
            ),
            lat,
            lon,
        )

    def is_bounded(self):
        return any(region.kind == Region.Kind.OPERATING for region, _covers, _types in self._regions)

    def operates_at(self, lat, lon, *, now):
        """Whether an operating area of any type covers the point; everywhere, where none is drawn."""
        return not self.is_bounded() or any(
            region.kind == Region.Kind.OPERATING and region.is_in_force(now) and covers(lat, lon)
            for region, covers, _types in self._regions
        )


def _cell(lat, lon):
    return math.floor(lat / CELL), math.floor(lon / CELL)


def _cells(box):
    (south, west), (north, east) = _cell(box.south, box.west), _cell(box.north, box.east)
    return [(row, column) for row in range(south, north + 1) for column in range(west, east + 1)]
