"""What did an edit on a form change, from what to what? Kept with the entry of Django's log (LogEntry)."""

from typing import Any

from django import forms
from django.db.models import Model
from django.forms.models import ModelChoiceField, ModelMultipleChoiceField

LONGEST = 500
HIDDEN = "•••"


def with_values(message: list[dict], form: Any, formsets: list | None) -> list[dict]:
    """The message of Django's log, with {field: [before, after]} as `values` of what was changed."""
    parts = [values(form)] if form.changed_data else []
    for formset in formsets or ():
        forms_of = {each.instance.pk: each for each in formset.initial_forms}
        parts += [values(forms_of[obj.pk]) for obj, _fields in formset.changed_objects]
    told = [each["changed"] for each in message if isinstance(each, dict) and "changed" in each]
    for entry, found in zip(told, parts, strict=False):
        entry["values"] = found
    return message


def values(form: Any) -> dict[str, list[str]]:
    """What the form changed, in words; secrets stay secret."""
    found = {}
    for name in form.changed_data:
        field = form.fields.get(name)  # none for a new password, which is typed into two others
        if field is None or isinstance(field.widget, forms.PasswordInput):
            found[name] = [HIDDEN, HIDDEN]
        else:
            before = form.get_initial_for_field(field, name)
            found[name] = [worded(field, before), worded(field, form.cleaned_data.get(name))]
    return found


def worded(field: Any, value: Any) -> str:
    """A value of this field as staff read it; nothing of nothing."""
    if value is None or value == "":
        return ""
    if isinstance(field, ModelMultipleChoiceField):
        return ", ".join(sorted(str(each) for each in value))[:LONGEST]
    if isinstance(field, ModelChoiceField) and field.queryset is not None and not isinstance(value, Model):
        found = field.queryset.filter(**{field.to_field_name or "pk": value}).first()
        return str(found or value)[:LONGEST]
    return str(value)[:LONGEST]
