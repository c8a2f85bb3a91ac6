"""Is a point where the operator works? Asked for every row of a fleet list."""

from collections.abc import Iterable
from typing import Any

import shapely
from shapely.geometry import shape


class OperatingArea:
    """All operating regions in one; without any, everywhere."""

    def __init__(self, areas: Iterable[dict[str, Any]]):
        shapes = [shapely.make_valid(shape(area)) for area in areas]
        self.everything = shapely.union_all(shapes) if shapes else None
        if self.everything is not None:
            shapely.prepare(self.everything)

    def covers(self, lat: float, lon: float) -> bool:
        return self.everything is None or bool(shapely.intersects_xy(self.everything, lon, lat))
