"""Which language to answer in, and texts that exist in several languages."""

import re
from functools import lru_cache

TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*\Z")
# By other names: No_nb and NOB are sent by production clients (Entur profile), the others by their like.
SAME = {
    **dict.fromkeys(("no", "nor", "nob"), "nb"),
    "nno": "nn",
    "eng": "en",
    **dict.fromkeys(("nld", "dut"), "nl"),
    **dict.fromkeys(("deu", "ger"), "de"),
    **dict.fromkeys(("fra", "fre"), "fr"),
}
NEAR = {"nn": "nb", "nb": "nn"}  # whoever reads one reads the other


def preferred(header, published):
    """The published language the client likes best; the first one published when none fits.

    RFC 9110 §12.5.4: weights count, q=0 excludes. A tag that fits exactly beats one of the same language.
    Malformed items are skipped, never refused, because production clients send `No_nb` and worse (Entur profile).
    """
    return _preferred(header or "", tuple(published))


@lru_cache(maxsize=100)  # clients ask for the same again and again
def _preferred(header, published):
    wishes, unwanted = _wishes(header)
    offered = [tag for tag in published if not unwanted & {tag.lower(), _primary(tag)}] or published
    for wish in wishes:
        if wish == "*":
            return offered[0]
        alike = _of_language(_primary(wish), offered) or _of_language(NEAR.get(_primary(wish)), offered)
        if alike:
            return next((tag for tag in alike if tag.lower() == wish), alike[0])
    return offered[0]


def _wishes(header):
    """The tags asked for, the dearest first, and those that are not wanted."""
    weighted, unwanted = [], set()
    for position, item in enumerate(header.split(",")[:50]):
        tag, _, parameters = item.partition(";")
        tag, weight = tag.strip().replace("_", "-").lower(), _weight(parameters)
        if weight is None or not (tag == "*" or TAG.match(tag)):
            continue
        if weight == 0:
            unwanted.add(tag)
        else:
            weighted.append((-weight, position, tag))
    return [tag for _weight_, _position, tag in sorted(weighted)], unwanted


def _weight(parameters):
    """1 if none is given, None if it is none."""
    if not parameters.strip():
        return 1.0
    match = re.fullmatch(r"\s*[qQ]\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*", parameters)
    return float(match[1]) if match else None


def _of_language(primary, tags):
    return [tag for tag in tags if _primary(tag) == primary]


def _primary(tag):
    primary = tag.split("-")[0].lower()
    return SAME.get(primary, primary)


def in_language(text, language):
    """The text in this language, else in a related one, else in the first there is; '' if there is none."""
    if not text:
        return ""
    if language in text:
        return text[language]
    for tag, value in text.items():
        if _primary(tag) == _primary(language):
            return value
    return in_any_language(text)


def in_any_language(text):
    """The first text there is: for staff lists and logs, where the language does not matter."""
    return next(iter((text or {}).values()), "")


_published = [lambda: ["en"]]


def publish(languages):
    """From now on `languages()` says which languages the operator answers in, the default first."""
    _published[0] = languages


def published():
    return _published[0]()
