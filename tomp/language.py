"""Which language to answer in, and texts that exist in several languages."""

import re

TAG = re.compile(r"^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")


def preferred(header, published):
    """The published language the client likes best; the first one published when none fits.

    RFC 9110 §12.5.4: weights count, q=0 excludes. Malformed items are skipped, never refused,
    because production clients send `No_nb` and worse (Entur profile).
    """
    for wish in _wishes(header or ""):
        for tag in published:
            if wish in ("*", tag.lower()) or _primary(wish) == _primary(tag):
                return tag
    return published[0]


def _wishes(header):
    weighted = []
    for position, item in enumerate(header.split(",")[:50]):
        tag, _, parameters = item.strip().partition(";")
        weight = _weight(parameters)
        if weight > 0 and (tag.strip() == "*" or TAG.match(tag.strip())):
            weighted.append((-weight, position, tag.strip().replace("_", "-").lower()))
    return [tag for _weight_, _position, tag in sorted(weighted)]


def _weight(parameters):
    if not parameters.strip():
        return 1.0
    match = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", parameters)
    return float(match[1]) if match else 0.0


def _primary(tag):
    return tag.split("-")[0].lower()


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
