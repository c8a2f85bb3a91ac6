"""What could we offer for this trip? Reads the fleet, writes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from fleet import catalogue, geo, groups, information, offering, places
from fleet import services as fleet
from fleet.conditions import conditions_for
from fleet.errors import NotAllowedHere
from fleet.ids import as_public_id, bare_id
from fleet.models import Asset, AssetType, Region, Station
from fleet.pricing import Tariff
from fleet.services import PLANNED_WITHOUT_ARRIVAL
from maas.models import MaasProvider
from planning import parties
from planning.ends import check_end, point_of, straight_m
from planning.travelers import may_use
from tomp.compiled import compiled

LONGEST_TRIP = timedelta(days=31)
LONGEST_DISTANCE_M = 40_000_000  # around the world
SPARE = 50  # vehicles of a type that are looked at beyond those needed: closed places, and others who are faster


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """What somebody wants to do (TOMP planningRequest). Places as tomp.serializers.Place reads them."""

    from_place: dict
    to_place: dict | None = None
    radius: int | None = None
    estimated_distance: int | None = None
    departs_at: datetime | None = None
    arrives_at: datetime | None = None
    nr_of_travelers: int = 1
    travelers: list = field(default_factory=list)
    use_assets: list = field(default_factory=list)
    use_asset_types: list = field(default_factory=list)
    user_groups: list = field(default_factory=list)
    extra_info: dict | None = None

    @property
    def vehicle_code(self):
        """The printed code that was scanned (Entur profile: from.extraInfo.vehicleCode)."""
        code = (self.from_place.get("extra_info") or {}).get("vehicleCode")
        return code if isinstance(code, str) and code else None

    @property
    def names_assets(self):
        return bool(self.use_assets or self.vehicle_code)

    @property
    def origin(self):
        """(lat, lon) or None."""
        return point_of(self.from_place)

    def distance_from(self, place):
        """Metres from there to the end of the trip: as estimated, else the straight line, else 0 (nobody knows)."""
        if self.estimated_distance:
            return min(self.estimated_distance, LONGEST_DISTANCE_M)
        return straight_m(place, self.to_place)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way to make the trip: this vehicle, or one of this type to be assigned later.

    `instead` are those that differ in the vehicle alone, nearest first, in case somebody else is faster; each is
    worked out when it is asked for. A named vehicle cannot be replaced. `beside` are the further vehicles of several
    travellers, `travelers` the reference numbers of those who ride this one.
    """

    asset_type: AssetType
    asset: Asset | None
    station: Station | None
    from_place: dict
    to_place: dict | None
    departs_at: datetime
    arrives_at: datetime | None
    tariff: Tariff
    conditions: list
    planned_distance_m: int = 0
    instead: Iterable["Option"] = ()
    travelers: list = field(default_factory=list)
    beside: tuple["Option", ...] = ()

    @property
    def vehicles(self):
        """All vehicles it takes, each as an option of its own; the first is this one."""
        return (self, *self.beside)


def find(trip, *, provider, now):
    """The options for the trip with this provider, nearest first.

    Named assets give one option each, otherwise each type gives its nearest; for several travellers as many vehicles
    as it takes are one option. Raises Invalid for a destination that is nothing but a station we do not know.
    """
    trip = replace(trip, to_place=places.located(trip.to_place, field="to"))
    departs_at = max(trip.departs_at or now, now)
    if trip.arrives_at is not None and not timedelta(0) < trip.arrives_at - departs_at <= LONGEST_TRIP:
        return []
    search = _Search(trip=trip, provider=provider, departs_at=departs_at, now=now)
    return search.assets() if trip.names_assets else search.assets() + search.types()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    trip: Trip
    provider: MaasProvider
    departs_at: datetime
    now: datetime

    # -- vehicles that are booked as such

    def assets(self):
        found = [asset for asset in self._known(self._candidates()) if self._fits(asset.asset_type)]
        found = [asset for asset in found if self._may_wait(asset.asset_type) and self._plan_of_asset(asset)]
        found = [asset for asset in found if self._is_open(asset.station, (asset.lat, asset.lon))]
        offer = self._of_named if self.trip.names_assets else self._nearest_of
        return [option for group in _by_type(self._that_may_end(found)) for option in offer(group)]

    @staticmethod
    def _known(assets):
        """The vehicles, with their types and plans as the catalogue has them."""
        assets = list(assets)
        known = catalogue.current(
            type_ids={asset.asset_type_id for asset in assets},
            plan_ids={asset.pricing_plan_id for asset in assets if asset.pricing_plan_id},
        )
        for asset in assets:
            asset.asset_type = known.types[asset.asset_type_id]
            asset.pricing_plan = known.plans.get(asset.pricing_plan_id)
        return assets

    def _candidates(self):
        trip = self.trip
        if trip.names_assets and not (trip.user_groups or trip.use_asset_types or trip.estimated_distance):
            return _named_for_all.all(**_names(trip), is_sandbox=self.provider.is_sandbox)
        assets = offering.vehicles(self.provider, trip.user_groups).select_related("station")
        if trip.use_asset_types:
            assets = assets.filter(asset_type__type_id__in=trip.use_asset_types)
        if trip.estimated_distance:
            assets = assets.filter(Q(range_m__isnull=True) | Q(range_m__gte=trip.estimated_distance))
        if trip.names_assets:
            return assets.filter(_named(**_names(trip))).order_by("vehicle_number")
        return self._near(assets)

    def _near(self, assets):
        if station_id := self.trip.from_place.get("station_id"):
            return assets.filter(station__station_id=station_id).order_by("vehicle_number")
        if self.trip.origin is None:
            return []
        lat, lon = self.trip.origin
        box = geo.box_around(lat, lon, self._radius)
        near = assets.in_box(box.south, box.north, box.west, box.east)
        near = near.nearest(lat, lon, of_each_type=self.trip.nr_of_travelers + SPARE)
        by_distance = sorted(
            ((geo.distance_m(lat, lon, asset.lat, asset.lon), asset.pk, asset) for asset in near),
            key=lambda item: item[:2],
        )
        return [asset for distance, _pk, asset in by_distance if distance <= self._radius]

    def _that_may_end(self, assets):
        """Those with which the trip may end where it leads: the answer is one for all of a type at a station."""
        alike = {(asset.asset_type_id, asset.station_id): asset for asset in assets}
        may_end = {key for key, asset in alike.items() if self._may_end(asset.asset_type, asset.station)}
        return [asset for asset in assets if (asset.asset_type_id, asset.station_id) in may_end]

    def _nearest_of(self, assets):
        """The one option of vehicles of one type, nearest first, if they carry everybody."""
        size = parties.vehicles_for(self.trip, assets[0].asset_type)
        instead = (self._of_asset(asset) for asset in assets[size:])
        return [replace(option, instead=instead) for option in self._of_named(assets[:size])]

    def _of_named(self, assets):
        """Vehicles of one type, as many in each option as it takes to carry everybody."""
        size = parties.vehicles_for(self.trip, assets[0].asset_type)
        return [
            parties.together([self._of_asset(asset) for asset in party], self.trip)
            for party in parties.parties(assets, size)
        ]

    def _may_wait(self, asset_type):
        """A vehicle is held from the booking on, so the departure must be near."""
        return self.departs_at - self.now <= timedelta(minutes=max(asset_type.hold_minutes, 1))

    def _of_asset(self, asset):
        station = asset.station
        place = places.place_at(asset.lat, asset.lon, station)
        if asset.station_slot:
            place["extra_info"] = {"stationSlotName": asset.station_slot}
        plan = self._plan_of_asset(asset)
        return self._option(asset_type=asset.asset_type, asset=asset, station=station, place=place, plan=plan)

    def _plan_of_asset(self, asset):
        point = (asset.lat, asset.lon)
        return self._plan(asset.asset_type, station=asset.station, point=point, own=asset.pricing_plan)

    # -- types that are booked ahead

    def types(self):
        wanted = AssetType.objects.filter(
            groups.open_to(self.provider, self.trip.user_groups), booked_by=AssetType.BookedBy.TYPE
        )
        if self.trip.use_asset_types:
            wanted = wanted.filter(type_id__in=self.trip.use_asset_types)
        type_ids = list(wanted.values_list("pk", flat=True))
        types = catalogue.current(type_ids=type_ids).types
        fitting = [asset_type for pk in type_ids if self._fits(asset_type := types[pk]) and self._is_ahead(asset_type)]
        if not fitting:
            return []
        stations = self._stations()
        options = [self._of_type(asset_type, stations) for asset_type in fitting]
        return [option for option in options if option is not None]

    def _is_ahead(self, asset_type):
        return self.departs_at - self.now <= timedelta(hours=asset_type.bookable_ahead_hours)

    def _stations(self):
        """Stations one could start from, nearest first."""
        stations = Station.objects.renting()
        if station_id := self.trip.from_place.get("station_id"):
            return list(stations.filter(station_id=station_id))
        if self.trip.origin is None:
            return []
        lat, lon = self.trip.origin
        box = geo.box_around(lat, lon, self._radius)
        near = stations.filter(lat__range=(box.south, box.north), lon__range=(box.west, box.east))
        return sorted(near, key=lambda station: geo.distance_m(lat, lon, station.lat, station.lon))

    def _of_type(self, asset_type, stations):
        """The nearest station that has one left; for types that come to the user, the place itself."""
        if asset_type.return_rule == AssetType.ReturnRule.FREE_FLOATING:
            return self._of_roaming_type(asset_type)
        vehicles = Asset.objects.given_to(self.provider).filter(asset_type=asset_type)
        homes = set(vehicles.values_list("home_station_id", "station_id").distinct())
        served = {home or at for home, at in homes}
        for station in stations:
            plan = self._plan(asset_type, station=station)
            is_open = station.pk in served and plan is not None and self._is_open(station, None)
            if is_open and self._may_end(asset_type, station) and self._has_place(asset_type, station):
                return self._of_promise(asset_type, station, _station_place(station), plan)
        return None

    def _of_roaming_type(self, asset_type):
        if self.trip.origin is None or not self._is_open(None, self.trip.origin):
            return None
        lat, lon = self.trip.origin
        kinds = {
            region.kind for region in places.regions_at(lat, lon, asset_type_id=asset_type.pk, now=self.departs_at)
        }
        plan = self._plan(asset_type, point=(lat, lon))
        if Region.Kind.OPERATING not in kinds or plan is None or not self._has_place(asset_type, None):
            return None
        return self._of_promise(asset_type, None, self.trip.from_place, plan)

    def _of_promise(self, asset_type, station, place, plan):
        """As many vehicles of the type as it takes; which ones is decided later."""
        one = self._option(asset_type=asset_type, asset=None, station=station, place=place, plan=plan)
        return parties.together([one] * parties.vehicles_for(self.trip, asset_type), self.trip)

    def _has_place(self, asset_type, station):
        until = self.trip.arrives_at or self.departs_at + PLANNED_WITHOUT_ARRIVAL
        left = fleet.places_left(
            asset_type_id=asset_type.pk,
            station_id=station.pk if station else None,
            is_virtual=self.provider.is_sandbox,
            period=(self.departs_at, until),
            now=self.now,
        )
        return left >= parties.vehicles_for(self.trip, asset_type)

    # -- both

    @property
    def _radius(self):
        return settings.TOMP_DEFAULT_RADIUS_M if self.trip.radius is None else min(self.trip.radius, 50_000)

    def _fits(self, asset_type):
        return may_use(asset_type, self.trip.travelers)

    def _plan(self, asset_type, *, station=None, point=None, own=None):
        """The plan of the ride that begins there then; None if it has no price."""
        return offering.plan(asset_type, station=station, point=point, own=own, local=self._local)

    def _is_open(self, station, point):
        return offering.is_open(catalogue.current().schedule, station=station, point=point, local=self._local)

    def _may_end(self, asset_type, station):
        """Whether what begins at the station may end where the trip leads."""
        if self.trip.to_place is None:
            return True
        try:
            check_end(
                self.trip.to_place,
                asset_type=asset_type,
                start_station_id=station.pk if station else None,
                at=self.trip.arrives_at or self.departs_at,
            )
        except NotAllowedHere:
            return False
        return True

    @property
    def _local(self):
        return information.local(self.departs_at)

    def _option(self, *, asset_type, asset, station, place, plan):
        return Option(
            asset_type=asset_type,
            asset=asset,
            station=station,
            from_place=place,
            to_place=self.trip.to_place,
            departs_at=self.departs_at,
            arrives_at=self.trip.arrives_at,
            tariff=plan.kept_tariff,
            conditions=conditions_for(asset_type, station=station, now=self.now),
            planned_distance_m=self.trip.distance_from(place),
        )


def _by_type(assets):
    """The vehicles in groups of one type, both in the order in which they came."""
    by_type: dict[int, list[Asset]] = {}
    for asset in assets:
        by_type.setdefault(asset.asset_type_id, []).append(asset)
    return by_type.values()


def _names(trip):
    """What the trip calls the vehicles it names: each a list for one way in which vehicles are identified."""
    names = {bare_id(name) for name in trip.use_assets}
    return {
        "public_ids": [public_id for name in names if (public_id := as_public_id(name))],
        "codes": list(names | ({trip.vehicle_code} if trip.vehicle_code else set())),
        "macs": [name.upper() for name in names],
        "nfc_ids": [name.replace(":", "").upper() for name in names],
        "plates": list(names),
    }


def _named(public_ids, codes, macs, nfc_ids, plates):
    """The vehicles meant by any identification we declare: public id, printed code, Bluetooth address, NFC tag, plate.

    Ids of other operators are silently ignored (semantics §7.3); a former public id leads nowhere.
    """
    return (
        Q(public_id__among=public_ids)
        | Q(vehicle_code__among=codes)
        | Q(mac__among=macs)
        | Q(nfc_id__among=nfc_ids)
        | Q(license_plate__among=plates)
    )


@compiled
def _named_for_all(public_ids, codes, macs, nfc_ids, plates, *, is_sandbox):
    """Those of them that everybody may have: whoever names no group of users is offered these."""
    vehicles = offering.vehicles(MaasProvider(is_sandbox=is_sandbox), group_ids=[])
    named = vehicles.filter(_named(public_ids, codes, macs, nfc_ids, plates))
    return named.select_related("station").order_by("vehicle_number")


def _station_place(station):
    return {
        "name": station.name,
        "station_id": station.station_id,
        "coordinates": {"lat": station.lat, "lng": station.lon},
    }
