"""system_alerts."""

from collections.abc import Collection
from typing import Any

from fleet.models import Alert
from gbfs.editions import Edition
from gbfs.feeds.members import uri, without_nothing


def alert_json(alert: Alert, edition: Edition, known_regions: Collection[str]) -> dict[str, Any]:
    """One alert; it names only regions that system_regions has."""
    regions = [region.region_id for region in alert.regions.all()]
    url = uri(alert.url)
    return without_nothing(
        alert_id=alert.alert_id,
        type=alert.kind.lower(),
        times=_times(alert, edition),
        station_ids=[station.station_id for station in alert.stations.all()],
        region_ids=[region_id for region_id in regions if region_id in known_regions],
        url=edition.text(dict.fromkeys(edition.languages, url)) if url else None,
        summary=edition.text(alert.summary, alert.get_kind_display()),
        description=edition.text(alert.description),
        last_updated=edition.moment(alert.updated_at),
    )


def _times(alert: Alert, edition: Edition) -> list[dict[str, Any]]:
    """A period has a start in GBFS: one that has only an end began when it was announced."""
    if alert.starts_at is None and alert.ends_at is None:
        return []
    start = alert.starts_at or alert.updated_at
    return [without_nothing(start=edition.moment(start), end=edition.moment(alert.ends_at))]
