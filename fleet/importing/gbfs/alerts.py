"""system_alerts as alerts."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_noop as _

from fleet.importing.findings import Findings, Remarks
from fleet.importing.gbfs.items import Announcement
from fleet.importing.gbfs.source import Feed
from fleet.importing.gbfs.values import Item, entries, localized, moment, objects, text, url
from tomp.sentences import Sentence

NAME = "system_alerts"
KINDS = {"SYSTEM_CLOSURE", "STATION_CLOSURE", "STATION_MOVE", "OTHER"}


def alerts(feed: Feed, stations: Iterable[str], regions: Iterable[str], findings: Findings) -> list[Announcement]:
    """All alerts that say something."""
    remarks, known = findings.about(NAME), {"station_ids": set(stations), "region_ids": set(regions)}
    found = []
    for alert_id, item in entries(feed.data(NAME), "alerts", ("alert_id",), remarks):
        summary = localized(item, "summary", feed.language)
        if not summary:
            remarks.skip(alert_id, _("has no summary"))
            continue
        kind = text(item, "type").upper()
        starts_at, ends_at = _times(alert_id, item, remarks)
        found.append(
            Announcement(
                alert_id=alert_id,
                kind=kind if kind in KINDS else "OTHER",
                summary=summary,
                description=localized(item, "description", feed.language) or None,
                url=url(item, "url", alert_id, remarks),
                starts_at=starts_at,
                ends_at=ends_at,
                stations=_known(alert_id, item, "station_ids", known["station_ids"], remarks),
                regions=_known(alert_id, item, "region_ids", known["region_ids"], remarks),
            )
        )
    return found


def _times(alert_id: str, item: Item, remarks: Remarks) -> tuple[datetime | None, datetime | None]:
    times = list(objects(item, "times", remarks))
    if len(times) > 1:
        remarks.warn(alert_id, _("has several periods: only the first is imported"))
    starts_at, ends_at = (moment(times[0], bound) for bound in ("start", "end")) if times else (None, None)
    if starts_at and ends_at and ends_at <= starts_at:
        remarks.warn(alert_id, _("ends before it starts: imported without an end"))
        ends_at = None
    return starts_at, ends_at


def _known(alert_id: str, item: Item, key: str, known: set[str], remarks: Remarks) -> tuple[str, ...]:
    listed = item.get(key)
    named = list(dict.fromkeys(map(str, listed))) if isinstance(listed, list) else []
    for missing in (one for one in named if one not in known):
        remarks.warn(alert_id, Sentence(_("names one of %(key)s that is not imported"), key=key), missing)
    return tuple(one for one in named if one in known)
