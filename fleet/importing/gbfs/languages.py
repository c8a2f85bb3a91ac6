"""GBFS 2.x has one document per language; this makes one of them, with texts written as in 3.0."""

from typing import Any

TEXTS = ("name", "short_name", "operator", "description", "summary", "terms_url", "privacy_url")
IDS = ("station_id", "vehicle_type_id", "plan_id", "region_id", "alert_id")


def merged(by_language: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The first document, whose texts say the same in the other languages too: [{"language", "text"}, …]."""
    (main_language, main), *others = by_language.items()
    for language, other in others:
        for item, twin in _pairs(main.get("data"), other.get("data")):
            for key in TEXTS:
                if isinstance(twin.get(key), str) and item.get(key):
                    _add(item, key, main_language, language, twin[key])
    return main


def _pairs(main: Any, other: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The same things in both documents: the data itself, and the list entries of equal id."""
    if not isinstance(main, dict) or not isinstance(other, dict):
        return []
    pairs = [(main, other)]
    for key, entries in main.items():
        if isinstance(entries, list) and isinstance(other.get(key), list):
            twins = {_id(entry): entry for entry in reversed(other[key]) if _id(entry)}  # the first one counts
            pairs += [(entry, twins[_id(entry)]) for entry in entries if _id(entry) in twins]
    return pairs


def _id(entry: Any) -> Any:
    if not isinstance(entry, dict):
        return None
    return next((entry[key] for key in IDS if isinstance(entry.get(key), str | int)), None)


def _add(item: dict[str, Any], key: str, main_language: str, language: str, text: str) -> None:
    """A text that reads the same in both languages is no translation."""
    if isinstance(item[key], str):
        if item[key] == text:
            return
        item[key] = [{"language": main_language, "text": item[key]}]
    if isinstance(item[key], list):
        item[key].append({"language": language, "text": text})
