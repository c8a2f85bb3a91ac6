"""What the feeds say of each vehicle, kept from one build to the next, so that only what changed is written anew.

A build with an empty memory is the same build: it finds that everything changed (docs/gbfs.md).
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from gbfs.editions import VERSIONS, Edition, Version
from gbfs.feeds import status
from gbfs.feeds.places import Homes
from gbfs.feeds.status import Stood
from gbfs.standing import GROUP, Circumstances, Stock, fingerprints, members, rows
from tomp.pieces import Piece

AT_ONCE = 5_000  # rows
BITS = 32  # of a public id, from the left: enough to tell blocks apart
PER_BLOCK = 128  # vehicles at the most, about: with fewer, less is packed anew, and what is packed gets longer
MOST_LOOKED_AT = 30_000  # vehicles in groups that changed; PostgreSQL takes 65,535 values in a statement
COMMA = Piece.of(",")


class Memory:
    """Of the vehicles that stand somewhere: what the feeds say of them, and the list of vehicles in packed blocks.

    A block is a stretch of public ids. By these the list must be in order, and by nothing else: a place in it that is
    kept when the id changes would tell whose new id it is.

    By primary key of the vehicle, in dictionaries of plain values: of these the garbage collector takes no notice.
    """

    def __init__(self, circumstances: Circumstances) -> None:
        self.circumstances = circumstances
        self._fingerprints: dict[int, int] = {}  # of all that stand somewhere
        self._begins: dict[int, int] = {}  # of the public ids of those in the list
        self._stocks: dict[int, Stock] = {}  # of those at stations
        self._groups: defaultdict[int, int] = defaultdict(int)  # as `fingerprints` tells them
        self._shift = BITS  # so much of a beginning is left out in the number of its block
        self._texts: defaultdict[int, dict[int, str]] = defaultdict(dict)  # by number of the block, and the vehicle
        self._blocks: dict[int, dict[Version, Piece]] = {}  # packed
        self._touched: set[int] = set()  # beginnings in blocks that are no longer right
        self._stations: dict[int, tuple[Stood, dict[Version, str]]] = {}  # by primary key of the station, in order

    @property
    def vehicles(self) -> int:
        """How many stand somewhere."""
        return len(self._fingerprints)

    def follow(self, homes: Homes) -> None:
        """Knows what to say of the vehicles as they are now; two statements, or one."""
        for vehicles in self._changed():
            texts = status.vehicle_texts(vehicles, self.circumstances)
            for vehicle, text in zip(vehicles, texts, strict=True):
                self._put(vehicle, text, self.circumstances.stock(vehicle))
        self._pack()
        self._stations = dict(self._stood(homes))

    def _changed(self) -> Iterator[list[Any]]:
        """The rows that are not those it knows. What does not stand anywhere any more is forgotten."""
        groups = self._other_groups()
        missing = set(self._fingerprints) if groups is None else self._fingerprints.keys() & members(groups)
        everything = iter(rows(groups).iterator(chunk_size=AT_ONCE))
        while found := list(islice(everything, AT_ONCE)):
            missing.difference_update(vehicle.pk for vehicle in found)
            yield [vehicle for vehicle in found if self._fingerprints.get(vehicle.pk) != vehicle.fingerprint]
        for pk in missing:
            self._drop(pk)

    def _other_groups(self) -> set[int] | None:
        """In which groups something changed; None for so many that it is quicker to look at all vehicles."""
        if not self._fingerprints:
            return None
        now = fingerprints()
        others = {
            group for group in now.keys() | self._groups.keys() if now.get(group, 0) != self._groups.get(group, 0)
        }
        return others if len(others) * GROUP <= MOST_LOOKED_AT else None

    def _put(self, vehicle: Any, text: str, stock: Stock | None) -> None:
        pk = vehicle.pk
        self._drop(pk)
        self._fingerprints[pk] = vehicle.fingerprint
        self._groups[pk // GROUP] ^= vehicle.fingerprint
        if text:
            begin = self._begins[pk] = int(vehicle.public_text[: BITS // 4], 16)
            self._texts[begin >> self._shift][pk] = text
            self._touched.add(begin)
        if stock is not None:
            self._stocks[pk] = stock

    def _drop(self, pk: int) -> None:
        if pk not in self._fingerprints:
            return
        self._groups[pk // GROUP] ^= self._fingerprints.pop(pk)
        self._stocks.pop(pk, None)
        begin = self._begins.pop(pk, None)
        if begin is not None:
            del self._texts[begin >> self._shift][pk]
            self._touched.add(begin)

    def _pack(self) -> None:
        """All blocks are right again."""
        shift = BITS - (len(self._begins) // PER_BLOCK).bit_length()
        if shift != self._shift:
            self._cut(shift)
        for block in {begin >> shift for begin in self._touched}:
            texts = self._texts[block]
            self._blocks[block] = _packed(sorted(texts.values()))
            if not texts:
                del self._texts[block], self._blocks[block]
        self._touched.clear()

    def _cut(self, shift: int) -> None:
        """Into more blocks, or fewer."""
        texts: defaultdict[int, dict[int, str]] = defaultdict(dict)
        for of_block in self._texts.values():
            for pk, text in of_block.items():
                texts[self._begins[pk] >> shift][pk] = text
        self._shift, self._texts, self._touched = shift, texts, set(self._begins.values())
        self._blocks.clear()

    def list_of_vehicles(self, version: Version) -> list[Piece]:
        """The data of the feed. Versions differ in what they call the list, and the id with which a vehicle begins."""
        blocks = [self._blocks[block][version] for block in sorted(self._blocks)]
        pieces = [piece for block in blocks for piece in (COMMA, block)][1:]
        return [Piece.of(f'{{"{version.vehicle}s":['), *pieces, Piece.of("]}")]

    def list_of_stations(self, edition: Edition, now: datetime) -> list[Piece]:
        """The data of the feed: what stands at each station as of now."""
        reported = f',"last_reported":{json.dumps(edition.moment(now))}}}'
        texts = (texts[edition.version] + reported for _stood, texts in self._stations.values())
        return [Piece.of(f'{{"stations":[{",".join(texts)}]}}')]

    def _stood(self, homes: Homes) -> Iterator[tuple[int, tuple[Stood, dict[Version, str]]]]:
        """Each station, written anew where something else stands there than the last time."""
        at_station: defaultdict[int, list[tuple[Stock, int]]] = defaultdict(list)
        for stock, count in sorted(Counter(self._stocks.values()).items()):
            at_station[stock.station_pk].append((stock, count))
        for pk, station in self.circumstances.stations.items():
            counts, fitting = tuple(at_station[pk]), tuple(homes.fitting(station))
            stood = Stood(station, counts, self.circumstances.renting(station), fitting)
            known = self._stations.get(pk)
            if known is None or known[0] != stood:
                known = stood, {version: status.station_text(stood, version) for version in VERSIONS}
            yield pk, known


def _packed(texts: Iterable[str]) -> dict[Version, Piece]:
    """These vehicles in each version."""
    return {version: Piece.of(",".join(f'{{"{version.vehicle}_id":{text}' for text in texts)) for version in VERSIONS}


VEHICLES = "vehicles"
_kept: dict[str, Memory | None] = {}


def remember() -> None:
    """From now on this process, which builds again and again, keeps what it knows: 0.7 MB for 1,000 vehicles."""
    _kept.setdefault(VEHICLES, None)


def forget() -> None:
    """This process keeps nothing."""
    _kept.clear()


@contextmanager
def under(circumstances: Circumstances, homes: Homes) -> Iterator[Memory]:
    """What this process knows of the vehicles, if it learned that under the same circumstances, and else nothing.

    What fails while it is in use is forgotten.
    """
    is_kept, memory = VEHICLES in _kept, _kept.get(VEHICLES)
    if is_kept:
        _kept[VEHICLES] = None
    if memory is None or memory.circumstances.value != circumstances.value:
        memory = Memory(circumstances)
    memory.follow(homes)
    yield memory
    if is_kept:
        _kept[VEHICLES] = memory
