"""The feeds in three groups, each read and written as a whole, so that what belongs together fits together.

Reads the fleet, writes nothing. The number of statements does not depend on what there is.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Model

from fleet import information
from fleet.models import (
    Alert,
    Asset,
    AssetType,
    CalendarPeriod,
    FarePart,
    OpeningHours,
    PlanRule,
    PricingPlan,
    Region,
    Station,
    System,
)
from fleet.schedule import Schedule
from fleet.tariffs import Rules
from gbfs import memory
from gbfs.editions import V3_0, VERSIONS, Edition, editions
from gbfs.feeds import alerts, discovery, hours, places, plans, system, types, zones
from gbfs.feeds.places import Homes
from gbfs.feeds.zones import Fleet, Zone
from gbfs.memory import Memory
from gbfs.models import Feed
from gbfs.offer import Offered, offered_types
from gbfs.standing import Circumstances
from tomp.pieces import Piece, joined
from tomp.sending import etag_of, packed

MANIFEST = "manifest"
VEHICLES_PER_SECOND, LONGEST_TTL_S = 1_000, 300
LONGEST_CHANGE = timedelta(seconds=5)
Document = tuple[str, str, str, dict[str, Any] | list[Piece]]  # version, language, name, data; pieces are JSON already


@dataclass(frozen=True)
class Content:
    """What the feeds of a group say, and of how many vehicles."""

    documents: Iterator[Document]
    vehicles: int = 0


@dataclass(frozen=True)
class Group:
    """Feeds that are built together and live equally long."""

    names: tuple[str, ...]
    content: Callable[[datetime], Content]
    setting: str
    sources: tuple[type[Model], ...] = ()  # what their history dates makes them due before their time

    def is_outdated(self, built_at: datetime) -> bool:
        """Whether staff or an import changed since then what they say.

        A change is dated when it is written and seen when its transaction ends, so some seconds before count as since.
        """
        since = built_at - LONGEST_CHANGE
        return any(source.history.filter(history_date__gt=since).exists() for source in self.sources)  # type: ignore[attr-defined]

    def ttl(self, vehicles: int) -> int:
        """Seconds until they are built again: a second for each thousand vehicles, but no less than the setting.

        Building takes as much longer, so the share of a core it takes does not grow with the fleet. "In no case should
        it be more than 5 minutes out-of-date" (GBFS, Data Latency) unless the setting says so.
        """
        return max(int(getattr(settings, self.setting)), min(vehicles // VEHICLES_PER_SECOND, LONGEST_TTL_S))


def build(group: Group, now: datetime) -> list[Feed]:
    """All feeds of the group as of now, unsaved."""
    content = group.content(now)
    ttl = group.ttl(content.vehicles)
    return [_feed(document, ttl, now) for document in content.documents]


def _feed(document: Document, ttl: int, now: datetime) -> Feed:
    version, language, name, data = document
    number = next(known for known in VERSIONS if known.number == version)
    head = {"last_updated": Edition(number, ("en",)).moment(now), "ttl": ttl, "version": version}
    begin, end = f'{_compact(head)[:-1]},"data":', "}"
    if isinstance(data, dict):
        gzipped = packed(f"{begin}{_compact(data)}{end}".encode())
    else:
        gzipped = joined([Piece.of(begin), *data, Piece.of(end)])
    kept = {"gzipped": gzipped, "etag": etag_of(gzipped), "built_at": now, "ttl": ttl}
    return Feed(version=version, language=language, name=name, **kept)


def _compact(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _status(now: datetime) -> Content:
    """Vehicles and stations of the same moment: their numbers agree."""
    rules = Rules.load()
    offered = offered_types(rules)
    circumstances = Circumstances.load(offered, rules, now)
    with memory.under(circumstances, _homes(offered)) as known:
        return Content(iter(list(_of_status(known, now))), known.vehicles)


def _of_status(known: Memory, now: datetime) -> Iterator[Document]:
    for edition in _wordless():
        version = edition.version
        yield version.number, "", version.vehicle_feed, known.list_of_vehicles(version)
        yield version.number, "", "station_status", known.list_of_stations(edition, now)


def _alerts(now: datetime) -> Content:
    return Content(_of_alerts(now))


def _of_alerts(now: datetime) -> Iterator[Document]:
    current = list(Alert.objects.current(now).prefetch_related("stations", "regions").order_by("alert_id"))
    told = {region.region_id for alert in current for region in alert.regions.all()}
    published = {region.region_id for region in _regions(list(Station.objects.all()))} if told else set()
    for edition in editions():
        data = {"alerts": [alerts.alert_json(alert, edition, published) for alert in current]}
        yield edition.version.number, edition.language, "system_alerts", data


def _regions(stations: list[Station]) -> list[Region]:
    regions = Region.objects.prefetch_related("asset_types").order_by("region_id")
    told = Alert.objects.filter(regions__isnull=False).values_list("regions", flat=True)
    return places.named_regions(regions, stations, told)


def _homes(offered: dict[int, Offered]) -> Homes:
    rule = AssetType.ReturnRule.ROUNDTRIP_STATION
    living = Asset.objects.real().filter(home_station__isnull=False, asset_type__return_rule=rule)
    pairs = living.order_by("home_station_id", "asset_type__type_id").values_list(
        "home_station_id", "asset_type__type_id"
    )
    return Homes.of(offered.values(), pairs.distinct())


def _wordless() -> list[Edition]:
    """One edition of each version, for feeds in which nothing is said in words."""
    return [next(e for e in editions() if e.version == version) for version in VERSIONS]


@dataclass(frozen=True)
class Catalogue:
    """What changes seldom, read at once."""

    system: System
    schedule: Schedule
    offered: dict[int, Offered]
    plans: list[PricingPlan]
    stations: list[Station]
    homes: Homes
    regions: list[Region]
    zones: list[Zone]
    fleet: Fleet

    @classmethod
    def load(cls, now: datetime) -> "Catalogue":
        offered = offered_types(Rules.load())
        stations = list(Station.objects.select_related("region").order_by("station_id"))
        fleet = Fleet.of(offered.values())
        drawn = Region.objects.prefetch_related("asset_types").order_by("region_id")
        return cls(
            system=information.system(),
            schedule=Schedule.load(),
            offered=offered,
            plans=list(PricingPlan.objects.prefetch_related("parts").order_by("plan_id")),
            stations=stations,
            homes=_homes(offered),
            regions=_regions(stations),
            zones=zones.zones(drawn, fleet, now),
            fleet=fleet,
        )

    @property
    def periods(self) -> list[CalendarPeriod]:
        """Those of the system."""
        return list(self.schedule.rules_for()[1])

    def names(self, edition: Edition) -> list[str]:
        """The feeds that say something about this operator; what GBFS demands says so even with nothing in it."""
        conditional = {
            "station_information": self.stations,
            "station_status": self.stations,
            "system_regions": self.regions,
            "geofencing_zones": self.zones,
            "system_calendar": self.periods,
        }
        return [name for name in _feeds_of(edition) if conditional.get(name, True)]


def files() -> Iterator[tuple[str, str]]:
    """(name, address) of each file that answers, those of 2.3 in the default language."""
    yield MANIFEST, discovery.manifest_url()
    for edition in _wordless():
        for name in ("gbfs", *_feeds_of(edition)):
            yield name, edition.url(name)


def _feeds_of(edition: Edition) -> tuple[str, ...]:
    return FEEDS_OF_3_0 if edition.version == V3_0 else FEEDS_OF_2_3


def _catalogue(now: datetime) -> Content:
    return Content(_of_catalogue(now))


def _of_catalogue(now: datetime) -> Iterator[Document]:
    known, all_editions = Catalogue.load(now), editions()
    for version in VERSIONS:
        of_version = [edition for edition in all_editions if edition.version == version]
        yield version.number, "", "gbfs", discovery.gbfs(of_version, known.names(of_version[0]))
        yield version.number, "", "gbfs_versions", {"versions": discovery.versions()}
    yield V3_0.number, "", MANIFEST, discovery.manifest(known.system.system_id)
    for edition in all_editions:
        for name, data in _in_words(known, edition):
            yield edition.version.number, edition.language, name, data
    spoken = _wordless()[0]
    yield spoken.version.number, "", "system_hours", {"rental_hours": hours.rental_hours(known.schedule.rules_for()[0])}
    yield spoken.version.number, "", "system_calendar", {"calendars": hours.calendars(known.periods)}


def _in_words(known: Catalogue, edition: Edition) -> Iterator[tuple[str, dict[str, Any]]]:
    """The feeds that say something in the language of the edition."""
    stations = [places.station_json(station, known.homes, known.schedule, edition) for station in known.stations]
    yield "system_information", system.system_json(known.system, known.schedule, edition)
    yield "vehicle_types", {"vehicle_types": [types.type_json(one, edition) for one in known.offered.values()]}
    yield "system_pricing_plans", {"plans": [plans.plan_json(plan, edition) for plan in known.plans]}
    yield "system_regions", {"regions": [places.region_json(region, edition) for region in known.regions]}
    yield "station_information", {"stations": stations}
    yield "geofencing_zones", zones.zones_json(known.zones, known.fleet, edition)


# In the order in which gbfs.json lists them.
FEEDS_OF_3_0 = (
    "gbfs_versions",
    "system_information",
    "vehicle_types",
    "vehicle_status",
    "station_information",
    "station_status",
    "system_pricing_plans",
    "system_regions",
    "geofencing_zones",
    "system_alerts",
)
FEEDS_OF_2_3 = (
    *("free_bike_status" if name == "vehicle_status" else name for name in FEEDS_OF_3_0),
    "system_hours",
    "system_calendar",
)
STATUS = Group(("vehicle_status", "free_bike_status", "station_status"), _status, "TOMP_GBFS_STATUS_TTL_SECONDS")
ALERTS = Group(("system_alerts",), _alerts, "TOMP_GBFS_ALERTS_TTL_SECONDS")
CATALOGUE = Group(
    (
        "gbfs",
        MANIFEST,
        *(n for n in dict.fromkeys(FEEDS_OF_3_0 + FEEDS_OF_2_3) if n not in STATUS.names + ALERTS.names),
    ),
    _catalogue,
    "TOMP_GBFS_TTL_SECONDS",
    (System, Region, Station, AssetType, PricingPlan, FarePart, PlanRule, OpeningHours, CalendarPeriod),
)
GROUPS = (STATUS, ALERTS, CATALOGUE)
GROUP_OF = {name: group for group in GROUPS for name in group.names}
