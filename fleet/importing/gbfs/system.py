"""system_information as the operator's information, with its opening hours."""

from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext_noop as _

from fleet.importing.findings import Findings, Remarks
from fleet.importing.gbfs import hours, timezones
from fleet.importing.gbfs.geometry import Surroundings
from fleet.importing.gbfs.items import Hours, Period, SystemInformation
from fleet.importing.gbfs.source import Feed
from fleet.importing.gbfs.values import Item, day, localized, objects, text, url, whole
from tomp.language import TAG
from tomp.sentences import Sentence

NAME = "system_information"
NEAREST = _("its time zone names no place: %(place)s instead, the nearest with the same clocks")
TOO_LONG = _("%(key)s has more than %(most)s characters: left out")
LONGEST = {"system_id": 100, "phone_number": 40, "email": 254, "feed_contact_email": 254}
SPDX = "https://spdx.org/licenses/"


def system(feed: Feed, around: Surroundings | None, findings: Findings) -> SystemInformation | None:
    """None if the feed does not say who it is."""
    remarks, item = findings.about(NAME), feed.data(NAME)
    if not item:
        remarks.warn("", _("is missing: the operator's name and time zone must be entered by hand"))
        return None
    system_id = text(item, "system_id")[: LONGEST["system_id"]]
    name = localized(item, "name", feed.language)
    if not system_id or not name:
        remarks.skip(system_id, _("has no system_id or no name"))
        return None
    return SystemInformation(
        system_id=system_id,
        name=name,
        short_name=localized(item, "short_name", feed.language) or None,
        operator=localized(item, "operator", feed.language) or None,
        languages=_languages(feed, item),
        timezone=_timezone(text(item, "timezone"), around, remarks),
        terms=localized(item, "terms_url", feed.language) or None,
        terms_url=localized(item, "terms_url", feed.language) or None,
        terms_updated_on=day(item, "terms_last_updated"),
        privacy_url=localized(item, "privacy_url", feed.language) or None,
        privacy_updated_on=day(item, "privacy_last_updated"),
        start_date=day(item, "start_date"),
        license_url=_license(item, remarks),
        rental_apps=_rental_apps(item),
        **{key: url(item, key, "", remarks) for key in ("url", "purchase_url")},
        **{key: _short(item, key, remarks) for key in ("phone_number", "email", "feed_contact_email")},
    )


def opening_hours(feed: Feed, findings: Findings) -> list[Hours]:
    """From system_hours (2.x) or opening_hours (3.x); what is not understood is among the findings."""
    remarks = findings.about("system_hours")
    found = list(objects(feed.data("system_hours"), "rental_hours", remarks))
    if found:
        return hours.from_rental_hours(found, remarks)
    written = text(feed.data(NAME), "opening_hours")
    parsed = hours.from_osm(written)
    if parsed is None:
        findings.about(NAME).warn("", _("opening_hours are not understood: enter them by hand"), written)
    return parsed or []


def calendar(feed: Feed, findings: Findings) -> list[Period]:
    """The parts of the year in which the system works."""
    remarks = findings.about("system_calendar")
    found = []
    for item in objects(feed.data("system_calendar"), "calendars", remarks):
        values: dict[str, Any] = {
            f"{end}_{unit}": whole(item, f"{end}_{unit}", largest=largest) or None
            for end in ("start", "end")
            for unit, largest in (("month", 12), ("day", 31), ("year", 9999))
        }
        if all(values[key] for key in ("start_month", "start_day", "end_month", "end_day")):
            found.append(Period(**values))
        else:
            remarks.skip("", _("a period without a first or last day"))
    return found


def _languages(feed: Feed, item: Item) -> list[str]:
    """The default language first."""
    listed = item.get("languages")
    languages = [feed.language, *(listed if isinstance(listed, list) else ())]
    return list(dict.fromkeys(tag for tag in languages if isinstance(tag, str) and TAG.match(tag)))


def _timezone(name: str, around: Surroundings | None, remarks: Remarks) -> str:
    if name not in available_timezones():
        remarks.warn("", _("its time zone is not in the tz database: UTC instead, enter it by hand"), repr(name))
        return "UTC"
    if "/" in name or name == "UTC":
        return name
    place = timezones.place_of(name, around.lat, around.lon) if around else None
    if place is None:
        remarks.warn("", _("its time zone names no place (GBFS wants e.g. Europe/Oslo): kept as it is"), name)
        return name
    remarks.warn("", Sentence(NEAREST, place=place), name)
    return place


def _license(item: Item, remarks: Remarks) -> str | None:
    license_id = text(item, "license_id")
    return url(item, "license_url", "", remarks) or (f"{SPDX}{license_id[:100]}" if license_id else None)


def _rental_apps(item: Item) -> dict[str, dict[str, str]] | None:
    apps = item.get("rental_apps")
    if not isinstance(apps, dict):
        return None
    return {
        system: {key: text(apps[system], key) for key in ("store_uri", "discovery_uri") if text(apps[system], key)}
        for system in ("android", "ios")
        if isinstance(apps.get(system), dict)
    }


def _short(item: Item, key: str, remarks: Remarks) -> str | None:
    found = text(item, key)
    if len(found) > LONGEST[key]:
        remarks.warn("", Sentence(TOO_LONG, key=key, most=LONGEST[key]))
        return None
    return found or None
