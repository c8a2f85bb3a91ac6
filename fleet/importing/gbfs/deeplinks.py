"""The code printed on a vehicle, where its deep link gives it away: a short one, another for each vehicle."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from django.utils.translation import gettext_noop as _

from fleet.importing.findings import Remarks
from fleet.importing.gbfs.values import Item, text

# An IMEI has 14 digits or more, and must never become a code that travellers see.
CODE = re.compile(r"[A-Za-z0-9]{3,12}")
IMEI = re.compile(r"(?<!\d)\d{15}(?!\d)")
FEWEST = 2


def codes(vehicles: Sequence[tuple[str, Item]], remarks: Remarks) -> dict[str, str]:
    """Codes by vehicle id; none unless every link has one and no two vehicles share it."""
    linked = {vehicle_id: uris for vehicle_id, item in vehicles if isinstance(uris := item.get("rental_uris"), dict)}
    for platform in ("android", "ios", "web"):
        links = {vehicle_id: uris[platform] for vehicle_id, uris in linked.items() if text(uris, platform)}
        coded = {vehicle_id: _code(str(link)) for vehicle_id, link in links.items()}
        found = {vehicle_id: code for vehicle_id, code in coded.items() if code and code not in vehicle_id}
        if len(found) >= FEWEST and len(found) == len(links) == len(set(found.values())):
            example = next(iter(found.values()))
            remarks.note("", _("the deep links contain a short code per vehicle: kept as vehicle_code"), example)
            return found
    _warn_about_imei(linked, remarks)
    return {}


def _code(link: str) -> str | None:
    """The last part of the path: of the link, or of a link inside it."""
    try:
        inner = [value for _key, value in parse_qsl(urlsplit(link).query) if "://" in value]
        last = urlsplit(inner[0] if inner else link).path.rstrip("/").rpartition("/")[2]
    except ValueError:  # no address at all
        return None
    return last if CODE.fullmatch(last) else None


def _warn_about_imei(linked: dict[str, Item], remarks: Remarks) -> None:
    for vehicle_id, uris in linked.items():
        if IMEI.search(" ".join(map(str, uris.values()))):
            remarks.warn(vehicle_id, _("its deep link shows an IMEI to everybody: not imported; tell the operator"))
