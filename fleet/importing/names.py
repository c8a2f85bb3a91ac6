"""What fields, and the columns of a fleet list, are called where people read of them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.translation import gettext_noop as _

from fleet.models import Asset
from tomp.sentences import Sentence
from tomp.words import in_english

NO_FIELDS: Mapping[str, str] = {
    "vehicle_type": _("vehicle type"),
    "battery_percent": _("battery (%)"),
    "odometer_km": _("odometer (km)"),
    "last_reported": _("last report"),
    "is_disabled": _("disabled"),
    "hours": _("opening hours"),
    "calendar": _("calendar"),
    "parts": _("fare parts"),
}


@cache
def named(name: str, model: Any = Asset) -> Sentence:
    """A field of the model, or a column: written as the source and files call it, said as people do."""
    fields = {field.name: field for field in (*model._meta.concrete_fields, *model._meta.many_to_many)}
    if name in fields:
        return Sentence.name(name, in_english(lambda: str(fields[name].verbose_name)))
    return Sentence.name(name, NO_FIELDS.get(name, name.replace("_", " ")))
