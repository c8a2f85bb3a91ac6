"""What a provider says about a customer, as staff read it."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

LABELS = {
    "initials": _("initials"),
    "firstName": _("first name"),
    "middleName": _("middle name"),
    "lastName": _("last name"),
    "email": _("e-mail"),
    "birthDate": _("date of birth"),
    "age": _("age"),
    "phones": _("telephone"),
    "phone": _("telephone"),
    "number": _("number"),
    "address": _("address"),
    "streetAddress": _("street address"),
    "street": _("street"),
    "houseNumber": _("house number"),
    "houseNumberAddition": _("addition"),
    "areaReference": _("area"),
    "postalCode": _("postal code"),
    "city": _("city"),
    "province": _("province"),
    "country": _("country"),
    "cards": _("card"),
    "licenses": _("licence"),
    "validUntil": _("valid until"),
    "photo": _("photo"),
    "preferred": _("preferred"),
}
ORDER = {name: place for place, name in enumerate(LABELS)}
BREAK = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def told(data: dict[str, Any]) -> str:
    """One line for each thing that is said, under its name: what is inside another stands behind it."""
    return format_html_join(
        mark_safe("<br>"),
        '<span class="text-subtle">{}</span> {}',
        ((capfirst(where), text) for where, text in _lines(data)),
    )


def _lines(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, each in sorted(value.items(), key=lambda item: ORDER.get(item[0], len(ORDER))):
            yield from _lines(each, f"{where} · {_label(name)}" if where else _label(name))
    elif isinstance(value, list):
        for number, each in enumerate(value, start=1):
            yield from _lines(each, f"{where} {number}" if len(value) > 1 else where)
    elif value not in (None, ""):
        yield where, _text(value)


def _label(name: str) -> str:
    """The word for it, or the name that the provider gave it, taken apart."""
    return str(LABELS.get(name) or BREAK.sub(" ", name).lower())


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    text = str(value)
    return text if len(text) <= 500 else str(_("%(count)s characters") % {"count": len(text)})
