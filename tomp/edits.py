"""What did an edit on a form change, from what to what? Kept with the entry of Django's log (LogEntry)."""

import json
from typing import Any

from django import forms
from django.contrib.admin.models import LogEntry
from django.db.models import Model
from django.forms.models import ModelChoiceField, ModelMultipleChoiceField
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

LONGEST = 500
HIDDEN = "•••"
# What buttons write into the log, in English, for whoever reads it there; details may follow.
DONE = (
    _("Answered"), _("Approved"), _("Asked to abandon."), _("Asked to apply."), _("Asked to compare."),
    _("Asked to undo."), _("Blocked"), _("Chose pricing plans."), _("Closed"), _("Decided"), _("Ended"),
    _("Ended the former OAuth2 client secret"),
    _("Erased"), _("Issued API key"), _("Looked at the photos"), _("Made a new OAuth2 client secret"),
    _("Made new recovery codes"), _("Merged into this"), _("Paused the calls"),
    _("Removed the second step of the sign-in"), _("Reopened"), _("Resumed the calls"), _("Revoked API key"),
    _("Said what the columns mean."), _("Sent a message"), _("Sent again"), _("Set up the second step of the sign-in"),
    _("Test call"), _("Unblocked"), _("Unlocked the sign-in"), _("Wrote a note"),
)  # fmt: skip


def told(entry: LogEntry) -> str:
    """What an entry of Django's log says, in the language of the reader."""
    try:
        parts = json.loads(entry.change_message) if entry.change_message.startswith("[") else None
    except ValueError:
        parts = None
    if parts is None:
        return done(entry.change_message)
    for changed in (part["changed"] for part in parts if "changed" in part):
        changed["fields"] = [_label(field) for field in changed.get("fields", ())]
    return LogEntry(change_message=json.dumps(parts)).get_change_message()


def done(message: str) -> str:
    """What a button did: what it is called in the language of the reader, and what somebody typed as it was typed."""
    known = max((each for each in DONE if message.startswith(each)), key=len, default="")
    return gettext(known) + message.removeprefix(known) if known else message


def _label(field: str) -> str:
    """Django keeps what is called “vehicle number” as “Vehicle number”, in English."""
    name = field[:1].lower() + field[1:]
    return gettext(field) if gettext(field) != field else str(capfirst(gettext(name)))


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
