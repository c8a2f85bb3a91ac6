"""Two colleagues, one form: what somebody else changed while it was open is not undone by saving it.

The page carries a fingerprint of each field as it showed it (`NAME`). A form that comes without them is saved as it is.
"""

import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from hashlib import blake2s
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from tomp import strict
from tomp.edits import worded

NAME = "_opened"


class OpenedForm(forms.ModelForm):
    """What was left as the page showed it stays as it is by now. What two changed is refused, with what it is now.

    Sent once more it is saved: who sends it has seen what the other one wrote.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.overtaken: set[str] = set()

    def shown(self):
        """{name of the input: fingerprint} of what the page shows; of what was sent back: as it was shown first."""
        known = {name: print_ for name, print_ in self._sent.items() if name not in self.overtaken}
        return {
            self.add_prefix(name): known.get(name) or _fingerprint(self[name].initial)
            for name, field in self.fields.items()
            if not isinstance(field.widget, forms.PasswordInput)
        }

    @cached_property
    def _sent(self):
        """{field: fingerprint} as the page carried them; nothing for what is new, or sent without."""
        if not self.is_bound or self.instance.pk is None:
            return {}
        try:
            sent = strict.loads(self.data.get(NAME) or "{}")
        except ValueError:
            return {}
        found = {name: sent.get(self.add_prefix(name)) for name in self.fields} if isinstance(sent, dict) else {}
        return {name: print_ for name, print_ in found.items() if isinstance(print_, str)}

    def _clean_fields(self):
        super()._clean_fields()  # type: ignore[misc]
        for name, shown in self._sent.items():
            now = self[name].initial
            if _fingerprint(now) != shown and self.fields[name].has_changed(now, self[name].data):
                self._settle(name, shown, now)

    def _settle(self, name, shown, now):
        """Somebody else changed the field: theirs holds, unless this colleague changed it, too."""
        if name not in self.cleaned_data:
            return  # something is wrong with it that is said already
        field, bound = self.fields[name], self[name]
        if _fingerprint(field.clean(bound.data)) == shown:
            self.changed_data.remove(name)
            self.cleaned_data[name] = _as_it_is(field, bound)
            return
        self.overtaken.add(name)
        text = _("Meanwhile it became “%(now)s”. Save again if what stands here is to hold.")
        self.add_error(name, ValidationError(text, params={"now": _told(field, now)}, code="overtaken"))


def shown_on(pages_forms):
    """The fingerprints of all forms of a page, as the text that its input `NAME` carries."""
    return json.dumps({name: each for form in pages_forms for name, each in form.shown().items()})


def _as_it_is(field, bound):
    was, field.disabled = field.disabled, True
    try:
        return field._clean_bound_field(bound)
    finally:
        field.disabled = was


def _fingerprint(value):
    return blake2s(repr(_plain(value)).encode(), digest_size=6).hexdigest()


def _plain(value: Any) -> Any:
    """The same for a value as it is stored and as it is read back from a form."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, QuerySet) or (isinstance(value, list) and value and isinstance(value[0], Model)):
        return sorted(each.pk for each in value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    if isinstance(value, Decimal):
        return str(value.normalize())
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    return "" if value is None else str(value)


def _told(field, value):
    if isinstance(value, dict) and all(isinstance(each, str) for each in value.values()):
        return " · ".join(value.values())
    return worded(field, value) or "–"
