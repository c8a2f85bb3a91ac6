"""How the operator presents itself, its places and its offer on the wire (TOMP operator information)."""

import json
import re
from datetime import timedelta
from functools import cache

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from fleet.conditions import conditions_for
from fleet.ids import published_id
from fleet.models import Region
from fleet.serializers import asset_type_json, conditions_json, past_midnight, plan_json
from tomp.geojson import geometry_json, object_json
from tomp.language import in_language
from tomp.renderers import joined, merged, written
from tomp.serializers import moment_json, without_nulls

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")


def information_json(system, means, *, language):
    """TOMP systemInformation. An address that is none stays out: the official files want valid ones."""
    return without_nulls(
        systemId=system.system_id,
        language=system.languages or ["en"],
        name=in_language(system.name, language) or system.system_id,
        shortName=in_language(system.short_name, language) or None,
        operator=in_language(system.operator, language) or None,
        url=_uri(system.url),
        purchaseUrl=_uri(system.purchase_url),
        **_apps_json(system.rental_apps),
        startDate=system.start_date.isoformat() if system.start_date else None,
        phoneNumber=system.phone_number or None,
        email=_email(system.email),
        feedContactEmail=_email(system.feed_contact_email),
        timezone=system.timezone,
        licenseUrl=_uri(system.license_url),
        typeOfSystem=_type_of_system(means),
        conditions=in_language(system.terms, language) or None,
        productType=system.product_type,
        assetClasses=means.asset_classes or None,
    )


def _apps_json(rental_apps):
    """The operator's apps, kept as GBFS has them: {"android": {"store_uri": …, "discovery_uri": …}, "ios": …}."""
    uris = {
        f"{kind}Uri{name}": (rental_apps.get(platform) or {}).get(f"{kind}_uri")
        for platform, name in (("android", "Android"), ("ios", "IOS"))
        for kind in ("discovery", "store")
    }
    return {name: _uri(uri) for name, uri in uris.items()}


def _type_of_system(means):
    if not means.stations:
        return "FREE_FLOATING"
    return "VIRTUAL_STATION_BASED" if means.virtual_stations == means.stations else "STATION_BASED"


def _uri(text):
    return text if isinstance(text, str) and _URI.fullmatch(text) else None


def _email(text):
    try:
        validate_email(text)
    except ValidationError:
        return None
    return text


def region_json(region, *, language, version):
    """TOMP systemRegion. It has no member for the types a rule is about, so the name tells them."""
    name = in_language(region.name, language) or region.region_id
    types = [in_language(asset_type.name, language) or asset_type.type_id for asset_type in region.asset_types.all()]
    is_limit = region.kind == Region.Kind.SPEEDLIMIT
    return without_nulls(
        regionId=region.region_id,
        name=f"{name} ({', '.join(types)})" if types else name,
        type=region.kind,
        typeUnit="KMPH" if is_limit else None,
        typeValue=region.max_speed_kmh if is_limit else None,
        areaStartTime=moment_json(region.starts_at),
        areaEndTime=moment_json(region.ends_at),
        serviceArea=geometry_json(region.area, version),
    )


def station_json(station, stock, *, language):
    """TOMP stationInformation: what is fixed about it, and what stands there now."""
    return without_nulls(
        stationId=station.station_id,
        name=in_language(station.name, language) or station.station_id,
        contactPhone=station.contact_phone or None,
        coordinates={"lat": station.lat, "lng": station.lon},
        physicalAddress=_address_json(station),
        crossStreet=station.cross_street or None,
        regionId=station.region.region_id if station.region else None,
        stationArea=object_json(station.area) if station.area else None,
        parkingType=station.parking_type or None,
        isVirtual=station.is_virtual,
        isChargingStation=station.is_charging,
        isInstalled=station.is_installed,
        isRenting=station.is_renting,
        isReturning=station.is_returning,
        capacity=station.capacity,
        assetsAvailable=sum(stock.free.values()),
        assetTypesAvailable=stock.free,
        **_docks_json(station.capacity, stock),
    )


def _docks_json(capacity, stock):
    """What fits in. Types share the places, so each could have all of them (GBFS vehicle_docks_capacity)."""
    if capacity is None:
        return {}
    return {
        "docksAvailable": max(0, capacity - stock.standing),
        "assetTypeCapacity": dict.fromkeys(stock.fitting, capacity),
    }


def _address_json(station):
    """TOMP address, which needs both a street and a place."""
    if not (station.street_address and station.city):
        return None
    return without_nulls(
        streetAddress=station.street_address,
        areaReference=station.city,
        city=station.city,
        postalCode=station.postal_code or None,
    )


def availability_json(rows, dialect, *, now):
    """TOMP assetType, one per row, as JSON: what rows have in common is written once, and vehicles, which are most of
    it, are text at once.

    What the moment decides is told to the minute, so that a list of the same rows is the same until then.
    """
    language, minute = dialect.language, _next_minute(now)
    plan_of = cache(lambda plan: plan_json(plan, language=language))

    @cache
    def of_type(asset_type, plans):
        told = asset_type_json(asset_type, language=language, ancillaries=asset_type.ancillaries.all())
        prices = [plan_of(plan) for plan in plans]
        return written({**told, "defaultPricingPlan": prices[0], "applicablePricings": prices})

    def of_row(row):
        conditions = conditions_json(conditions_for(row.asset_type, station=row.station, now=minute), dialect)
        station_id = row.station.station_id if row.station else None
        return written(without_nulls(stationId=station_id, nrAvailable=row.available, conditions=conditions or None))

    def members_of(row):
        yield of_type(row.asset_type, tuple(row.plans))
        yield of_row(row)
        if row.vehicles:
            yield b'{"assets":%b}' % _assets_json(row)

    return joined(merged(*members_of(row)) for row in rows)


def _next_minute(now):
    """The next full minute, or this very moment if it is one: who is answered by then is answered in time."""
    begun = now.replace(second=0, microsecond=0)
    return begun if begun == now else begun + timedelta(minutes=1)


def _assets_json(row):
    """TOMP asset as the public may see it: which, where, how full.

    Nothing that stays the same from trip to trip, not even the name painted on it: with that, whoever asks often
    enough could follow a vehicle, and its riders, in spite of the changing ids (semantics §8, GDPR).
    """
    before_id = json.dumps(published_id(""))[:-1]  # of all vehicles
    station = f'"stationId":{json.dumps(row.station.station_id)},' if row.station else ""
    texts = []
    for vehicle in row.vehicles:
        charge = "" if vehicle.state_of_charge is None else f'"stateOfCharge":{vehicle.state_of_charge},'
        texts.append(
            f'{{"id":{before_id}{vehicle.public_id}",{charge}{station}"overriddenProperties":'
            f'{{"location":{{"coordinates":{{"lat":{vehicle.lat:.6f},"lng":{vehicle.lon:.6f}}}}}}}}}'
        )
    return f"[{','.join(texts)}]".encode()


def alert_json(alert, *, language):
    """TOMP systemAlert. It has no way to say that an end is open, so only whole periods are told."""
    has_period = alert.starts_at and alert.ends_at
    return without_nulls(
        alertId=alert.alert_id,
        alertType=alert.kind,
        startAndEndTimes=[[moment_json(alert.starts_at), moment_json(alert.ends_at)]] if has_period else None,
        stationIds=[station.station_id for station in alert.stations.all()] or None,
        regionId=[region.region_id for region in alert.regions.all()] or None,
        url=alert.url or None,
        summary=in_language(alert.summary, language) or alert.get_kind_display(),
        description=in_language(alert.description, language) or None,
        lastUpdated=moment_json(alert.updated_at),
    )


def hours_json(hours):
    """TOMP systemHours. What ends after midnight ends past 24:00 of the day it began (GBFS)."""
    return without_nulls(
        userType=hours.user_type or None,
        **_bound_json(hours),
        startTime=f"{hours.opens_at:%H:%M}",
        endTime=_end_of(hours),
        days=hours.days,
    )


def _end_of(hours):
    closes = f"{hours.closes_at:%H:%M}"
    return closes if hours.closes_at > hours.opens_at else past_midnight(closes)


def period_json(period):
    """TOMP systemCalendar; without years it is for every year."""
    return without_nulls(
        **_bound_json(period),
        startMonth=period.start_month,
        startDay=period.start_day,
        startYear=period.start_year,
        endMonth=period.end_month,
        endDay=period.end_day,
        endYear=period.end_year,
    )


def _bound_json(rule):
    return {
        "stationId": rule.station.station_id if rule.station else None,
        "regionId": rule.region.region_id if rule.region else None,
    }
