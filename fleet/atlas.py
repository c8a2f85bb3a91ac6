"""Where may many rides end? All regions and stations, read once: a thousand points cost no statement more than one."""

import math
from collections import defaultdict
from copy import copy

from fleet import geo, places
from fleet.models import Region, Station

CELL = 0.02  # of a degree: more than a kilometre and a half in most of the world


class Atlas:
    """Answers as fleet.places does of each point by itself; places.check_may_end() takes one.

    Made of regions with their asset types, and of all stations, by primary key.
    """

    def __init__(self, regions, stations):
        self.regions = {region.pk: region for region in regions}
        self.stations = {station.pk: station for station in stations}
        self._published = {station.station_id: station for station in self.stations.values()}
        self._drawn = drawn(self.regions.values())
        self._cells = defaultdict(list)
        for station in self.stations.values():
            if station.is_installed:
                self._cells[_cell(station.lat, station.lon)].append(station)

    @classmethod
    def read(cls):
        """As regions and stations are now; three statements."""
        return cls(Region.objects.prefetch_related("asset_types"), Station.objects.all())

    def with_area(self, area, *, region_id):
        """The same, but for the area of this region."""
        region = copy(self.regions[region_id])
        region.area = area
        region.set_box()
        return Atlas((self.regions | {region_id: region}).values(), self.stations.values())

    def station(self, station_id):
        """The station that is published under this id, or None."""
        return self._published.get(station_id)

    def regions_at(self, lat, lon, *, asset_type_id, now):
        return [
            region
            for region, covers, types in self._drawn
            if region.south <= lat <= region.north
            and region.west <= lon <= region.east
            and (not types or asset_type_id in types)
            and region.is_in_force(now)
            and covers(lat, lon)
        ]

    def covering(self, points):
        """For each of the points (lat, lon) the primary keys of the regions that cover it, in force or not."""
        found: list[set[int]] = [set() for _point in points]
        for region in self.regions.values():
            for number in geo.covered(region.area, points):
                found[number].add(region.pk)
        return [frozenset(regions) for regions in found]

    def stations_at(self, lat, lon):
        box = places.box_of_stations(lat, lon)
        return places.nearest_first(
            (
                station
                for cell in _cells(box)
                for station in self._cells.get(cell, ())
                if box.contains(station.lat, station.lon)
            ),
            lat,
            lon,
        )

    def is_bounded(self):
        return any(region.kind == Region.Kind.OPERATING for region in self.regions.values())

    def operates_at(self, lat, lon, *, now):
        """Whether an operating area of any type covers the point; everywhere, where none is drawn."""
        return not self.is_bounded() or any(
            region.kind == Region.Kind.OPERATING and region.is_in_force(now) and covers(lat, lon)
            for region, covers, _types in self._drawn
        )


def drawn(regions):
    """[(region, whether it covers (lat, lon), the primary keys of its asset types; none: all)], for many points."""
    return [(each, geo.covering(each.area), {kind.pk for kind in each.asset_types.all()}) for each in regions]


def _cell(lat, lon):
    return math.floor(lat / CELL), math.floor(lon / CELL)


def _cells(box):
    (south, west), (north, east) = _cell(box.south, box.west), _cell(box.north, box.east)
    return [(row, column) for row in range(south, north + 1) for column in range(west, east + 1)]
