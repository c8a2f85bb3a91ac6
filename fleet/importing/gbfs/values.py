"""Single values of a feed, read as leniently as their meaning allows; what cannot be read is None."""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop as _

from fleet.importing.findings import Remarks
from tomp.language import TAG
from tomp.sentences import Sentence

Item = dict[str, Any]
LONGEST_ID = 120
LONGEST_URL = 200
LONG_ID = _("its id has more than %(most)s characters")
NO_URL = _("%(key)s is no web address of at most %(most)s characters: left out")
TRUE = (True, 1, "1", "true", "True", "TRUE")
FALSE = (False, 0, "0", "false", "False", "FALSE")


def entries(data: Item, key: str, id_keys: tuple[str, ...], remarks: Remarks) -> Iterator[tuple[str, Item]]:
    """The objects of the list that have an id, each id once; the others are among the remarks."""
    seen: set[str] = set()
    for item in objects(data, key, remarks):
        entity_id = next((text(item, k) for k in id_keys if text(item, k)), "")
        if not entity_id:
            remarks.skip("", Sentence(_("has no %(key)s"), key=id_keys[0]))
        elif len(entity_id) > LONGEST_ID:
            remarks.skip(entity_id[:20], Sentence(LONG_ID, most=LONGEST_ID))
        elif entity_id in seen:
            remarks.skip(entity_id, _("is there twice; the first one counts"))
        else:
            seen.add(entity_id)
            yield entity_id, item


def objects(data: Item, key: str, remarks: Remarks) -> Iterator[Item]:
    """The objects of a list; anything else in it is among the remarks."""
    found = data.get(key)
    if found is not None and not isinstance(found, list):
        remarks.warn("", Sentence(_("%(key)s is no list"), key=key))
        return
    for item in found or []:
        if isinstance(item, dict):
            yield item
        else:
            remarks.skip("", Sentence(_("an entry of %(key)s is no object"), key=key))


def text(item: Item, key: str) -> str:
    """The text, or the first of its translations; "" where there is none."""
    value = item.get(key)
    if isinstance(value, list):
        value = next((entry.get("text") for entry in value if isinstance(entry, dict)), "")
    if isinstance(value, str):
        # PostgreSQL stores neither NUL nor half a surrogate pair.
        return value.replace("\0", "").encode("utf-8", "replace").decode().strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def localized(item: Item, key: str, language: str) -> dict[str, str]:
    """{language: text}, from a plain text or from GBFS 3.0's list of translations."""
    value = item.get(key)
    if not isinstance(value, list):
        plain = text(item, key)
        return {language: plain} if plain else {}
    found = {}
    for entry in value:
        if isinstance(entry, dict) and (words := text(entry, "text")):
            tag = text(entry, "language")
            found[tag if TAG.match(tag) else language] = words
    return found


def boolean(item: Item, key: str) -> bool | None:
    value = item.get(key)
    if isinstance(value, str | int | float):
        if value in TRUE:
            return True
        if value in FALSE:
            return False
    return None


def number(item: Item, key: str) -> Decimal | None:
    """An exact number, also one written as a text: "1.00"."""
    value = item.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def whole(item: Item, key: str, *, largest: int = 2**31 - 1) -> int | None:
    """A whole number from 0 to the largest, rounded."""
    found = number(item, key)
    return round(found) if found is not None and 0 <= found <= largest else None


def coordinate(item: Item, key: str) -> float | None:
    found = number(item, key)
    return float(found) if found is not None and abs(found) <= 180 else None


def moment(item: Item, key: str) -> datetime | None:
    """A time with a zone: POSIX seconds (also as a float or text) or RFC 3339."""
    seconds = number(item, key)
    try:
        if seconds is not None:
            return datetime.fromtimestamp(math.floor(seconds), UTC)
        found = datetime.fromisoformat(text(item, key))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def day(item: Item, key: str) -> date | None:
    try:
        return date.fromisoformat(text(item, key))
    except ValueError:
        return None


def url(item: Item, key: str, entity_id: str, remarks: Remarks) -> str | None:
    """A web address that fits; another one is left out and among the remarks."""
    found = text(item, key)
    if not found:
        return None
    if not is_web_address(found) or len(found) > LONGEST_URL:
        remarks.warn(entity_id, Sentence(NO_URL, key=key, most=LONGEST_URL), found[:60])
        return None
    return found


def is_web_address(written: str) -> bool:
    try:
        address = urlsplit(written)
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.netloc)
