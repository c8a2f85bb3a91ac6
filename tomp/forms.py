"""How staff type what has no input of its own: texts in several languages, JSON, lists of words."""

import json
import re
from datetime import UTC

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.forms.fields import InvalidJSONInput, JSONString
from django.template.loader import render_to_string
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    INPUT_CLASSES,
    TEXTAREA_CLASSES,
    TEXTAREA_EXPANDABLE_CLASSES,
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from tomp import strict
from tomp.language import published
from tomp.opened import OpenedForm

POINT = re.compile(r"\[\s+([-\d.e]+),\s+([-\d.e]+)\s+\]")  # of a polygon: two numbers, on one line


class StaffForm(OpenedForm):
    """A form that says in plain words which promise of the database it would break.

    An input of its own that says nothing else is called as the field of the model.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        opts = self._meta.model._meta
        for field in (*opts.fields, *opts.many_to_many):
            if field.name in self.fields and self.fields[field.name].label is None:
                self.fields[field.name].label = capfirst(field.verbose_name)

    def validate_constraints(self):
        """What the model refuses in its own words is not said once more in those of the database."""
        if not self.non_field_errors():
            super().validate_constraints()

    def non_field_errors(self):
        """Constraints are named by sentences: “a_scale_rises” becomes “a scale rises”."""
        errors = super().non_field_errors()
        errors.data = [_in_words(message) for message in errors]
        return errors


def _in_words(message):
    return re.sub("“([a-z_]+)”", lambda found: f"“{found[1].replace('_', ' ')}”", str(message))


class LocalizedTextWidget(forms.Widget):
    """One input per language: those we publish in, and those the text has already."""

    template_name = "admin/widgets/localized_text.html"

    def render(self, name, value, attrs=None, renderer=None):
        value = value or {}
        return render_to_string(
            self.template_name,
            {
                "inputs": [
                    {"name": f"{name}__{tag}", "tag": tag, "text": value.get(tag, "")}
                    for tag in dict.fromkeys([*published(), *value])
                ],
                "id": (attrs or {}).get("id", f"id_{name}"),
                "classes": " ".join([*TEXTAREA_CLASSES, *TEXTAREA_EXPANDABLE_CLASSES]),
            },
        )

    def value_from_datadict(self, data, files, name):
        prefix = f"{name}__"
        return {key.removeprefix(prefix): data[key] for key in data if key.startswith(prefix)}

    def value_omitted_from_data(self, data, files, name):
        return not self.value_from_datadict(data, files, name)


class KeptField(forms.Field):
    """Its value has texts in it that Django, which looks at plain texts alone, would let through: those that no
    database keeps are refused here.
    """

    def clean(self, value):
        cleaned = super().clean(value)
        _refuse_unkept(cleaned)
        return cleaned


def _refuse_unkept(value):
    try:
        strict.check(value)
    except strict.Unreadable as refusal:
        raise ValidationError(as_sentence(refusal), code="unreadable") from refusal


def as_sentence(refusal):
    """Why it was refused, or what there is to remark, in the language of the reader, with a capital and a full stop."""
    return f"{capfirst(refusal.told())}."


class LocalizedTextFormField(KeptField):
    """{language tag: text} without the languages in which nothing is said."""

    widget = LocalizedTextWidget
    default_error_messages = {"required": _("Write the text in at least one language.")}
    empty_values = [None, {}]

    def __init__(self, *, encoder=None, decoder=None, **kwargs):
        super().__init__(**kwargs | {"help_text": "", "show_hidden_initial": False})

    def to_python(self, value):
        texts = {tag: text.replace("\r\n", "\n").strip() for tag, text in (value or {}).items()}
        return {tag: text for tag, text in texts.items() if text}

    def has_changed(self, initial, data):
        return self.to_python(initial) != self.to_python(data)


class JSONTextarea(UnfoldAdminTextareaWidget):
    """Room to read JSON."""

    def __init__(self, attrs=None):
        super().__init__({"rows": 8, "spellcheck": "false", "style": "font-family: monospace", **(attrs or {})})


class JSONFormField(KeptField, forms.JSONField):
    """JSON shown in lines; a mistake in it is named with its place. `shape` is dict, list or None for any."""

    widget = JSONTextarea
    SHAPES = {dict: _("An object is expected: {…}."), list: _("A list is expected: […].")}

    def __init__(self, *, shape=None, **kwargs):
        self.shape = shape
        super().__init__(**kwargs | {"show_hidden_initial": False})

    def prepare_value(self, value):
        if value is None or isinstance(value, InvalidJSONInput):
            return value
        return POINT.sub(r"[\1, \2]", json.dumps(value, ensure_ascii=False, indent=2, cls=self.encoder))

    def bound_data(self, data, initial):
        """What cannot be read is shown as it was typed."""
        if self.disabled or data is None:
            return super().bound_data(data, initial)
        try:
            return strict.loads(data)
        except ValueError:
            return InvalidJSONInput(data)

    def to_python(self, value):
        if isinstance(value, str) and not isinstance(value, JSONString) and value not in self.empty_values:
            read_json(value)
        parsed = super().to_python(value)
        if parsed is not None and self.shape and not isinstance(parsed, self.shape):
            raise ValidationError(self.SHAPES[self.shape], code="shape")
        return parsed


def read_json(text):
    """The value of a text that staff typed or sent. Raises ValidationError, with the place of a mistake."""
    try:
        return strict.loads(text)
    except json.JSONDecodeError as mistake:
        where = {"line": mistake.lineno, "column": mistake.colno, "problem": mistake.msg}
        text = _("This is not JSON. Line %(line)d, column %(column)d: %(problem)s.") % where
        raise ValidationError(text, code="invalid") from mistake
    except strict.Unreadable as refusal:
        raise ValidationError(as_sentence(refusal), code="unreadable") from refusal
    except ValueError as mistake:  # a number of more digits than Python reads
        raise ValidationError(_("This is not JSON."), code="invalid") from mistake


class FoundRow(AutocompleteSelect):
    """A row, found while one types; what can be the key of none is not looked for, and refused by the form."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, _possible(self.field, value), attr)


class FoundRows(AutocompleteSelectMultiple):
    """Rows, as FoundRow."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, _possible(self.field, value), attr)


def _possible(relation, keys):
    """Those of the keys that the rows may have."""
    key = relation.remote_field.get_related_field()
    return [each for each in keys if _is_clean(key, each)]


def key_of(model, text):
    """The key that an address names; None for what can be the key of no row of the model."""
    key = model._meta.pk
    return key.to_python(text) if _is_clean(key, text) else None


def _is_clean(field, value):
    try:
        field.clean(value, None)
    except ValidationError:
        return False
    return True


class MomentInput(forms.DateTimeInput):
    """A day and a time of day to the second, in the browser's own control."""

    input_type = "datetime-local"

    def __init__(self):
        super().__init__({"step": "1", "class": " ".join(INPUT_CLASSES)}, format="%Y-%m-%dT%H:%M:%S")


class _KeptMoment(forms.Field):
    """Refuses what is no moment of the years 1 to 9999 in UTC: the database would keep it, and nobody could read it."""

    def clean(self, value):
        moment = super().clean(value)
        try:
            if moment is not None:
                moment.astimezone(UTC)
        except OverflowError:
            raise ValidationError(_("That is too far away."), code="too_far") from None
        return moment


class MomentField(_KeptMoment, forms.DateTimeField):
    """A moment, in the control above."""

    widget = MomentInput


class DayAndTimeField(_KeptMoment, forms.SplitDateTimeField):
    """A moment in two inputs, as the pages of rows have them."""


class WebAddressField(forms.URLField):
    """An address that is called or opened: http or https, which is taken where none is typed."""

    default_validators = [URLValidator(schemes=("http", "https"))]

    def __init__(self, **kwargs):
        super().__init__(assume_scheme="https", **kwargs)


class WordsField(KeptField, forms.CharField):
    """A list of words, typed with commas."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value):
        return [word.strip() for word in (value or "").split(",") if word.strip()]

    def has_changed(self, initial, data):
        return (initial or []) != self.to_python(data)


class SecretField(forms.CharField):
    """A secret that is written and never shown. Left empty it did not change: the form keeps what it had."""

    def __init__(self, **kwargs):
        super().__init__(required=False, widget=UnfoldAdminPasswordWidget({"autocomplete": "new-password"}), **kwargs)

    def has_changed(self, initial, data):
        return bool(data)


class ChoiceListFormField(forms.MultipleChoiceField):
    """One box for each choice."""

    widget = UnfoldAdminCheckboxSelectMultipleWidget

    def __init__(self, *, encoder=None, decoder=None, **kwargs):
        super().__init__(**kwargs | {"show_hidden_initial": False})
