"""What all pages of the back office share: who may edit what, how it is saved, searched and remembered."""

import json
import uuid
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import lru_cache, partial
from html import unescape
from itertools import pairwise
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.db import models
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import mark_safe
from django.utils.timezone import localtime, make_aware
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.forms import BaseDialogForm
from unfold.mixins import BaseModelAdminMixin
from unfold.utils import display_for_label, parse_date_str
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from tomp import edits
from tomp.deleting import Deletion
from tomp.errors import NothingToDo, TompError
from tomp.fields import ChoiceListField, LocalizedTextField
from tomp.forms import (
    ChoiceListFormField,
    DayAndTimeField,
    FoundRow,
    FoundRows,
    JSONFormField,
    JSONTextarea,
    LocalizedTextFormField,
    LocalizedTextWidget,
    StaffForm,
    WebAddressField,
    key_of,
)
from tomp.lists import List
from tomp.opened import OpenedForm, shown_on
from tomp.reading import may_open, may_view

DASH = "–"
INPUTS = {
    models.JSONField: {"form_class": JSONFormField, "widget": JSONTextarea},
    LocalizedTextField: {"form_class": LocalizedTextFormField, "widget": LocalizedTextWidget},
    ChoiceListField: {"form_class": ChoiceListFormField, "widget": UnfoldAdminCheckboxSelectMultipleWidget},
    models.URLField: {"form_class": WebAddressField},
    models.DateTimeField: {"form_class": DayAndTimeField},
}
WITH_INPUTS_OF_THEIR_OWN = (LocalizedTextField, ChoiceListField)
SHORTEST_UUID_PREFIX = 8


class ReadableJSON(BaseModelAdminMixin):
    """JSON fields are typed with help: one that begins as {} or [] stays an object or a list."""

    formfield_overrides: Any = INPUTS
    words_of_json: dict[str, Callable[[Any], str]] = {}  # how a field is read by those who may not change it
    empty_value_display = DASH

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        json_fields = [field for field in self.opts.fields if isinstance(field, models.JSONField)]
        relations = [field for field in self.opts.fields if isinstance(field, models.ForeignKey)]
        self.readonly_preprocess_fields = {
            **{field.name: partial(self._to_read, field) for field in json_fields},
            **{field.name: partial(self._to_follow, field) for field in relations},
        }

    def _to_follow(self, field, contents):
        """Django links every row that has a page, also for who may not open it."""
        return contents if may_view(field.related_model) else unescape(strip_tags(contents))

    def _to_read(self, field, contents):
        """JSON comes as HTML, twice: for the light and for the dark theme. What staff type without it, they read so.

        Without Pygments unfold writes it plainly, and nothing as nothing or as a dash.
        """
        text = unescape(strip_tags(contents)).strip()
        value, _end = json.JSONDecoder().raw_decode("null" if text in ("", self.empty_value_display) else text)
        if value in (None, {}, []):
            return self.empty_value_display
        if words := self.words_of_json.get(field.name):
            return words(value)
        if isinstance(field, LocalizedTextField):
            return format_html_join(mark_safe("<br>"), '<span lang="{0}">{1}</span> <small>{0}</small>', value.items())
        if isinstance(field, ChoiceListField):
            labels = dict(field.options)
            return ", ".join(str(labels.get(word, word)) for word in value)
        return contents

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        is_json = isinstance(db_field, models.JSONField) and not isinstance(db_field, WITH_INPUTS_OF_THEIR_OWN)
        if is_json and db_field.default in (dict, list):
            kwargs.setdefault("shape", db_field.default)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs = self._found_by(FoundRow, db_field, request, kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        kwargs = self._found_by(FoundRows, db_field, request, kwargs)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _found_by(self, widget, db_field, request, kwargs):
        """With this input, if rows of the field are found while one types."""
        if "widget" in kwargs or db_field.name not in self.get_autocomplete_fields(request):
            return kwargs
        return kwargs | {"widget": widget(db_field, self.admin_site, using=kwargs.get("using"))}


class StaffAdmin(ReadableJSON, ModelAdmin):
    """A list and a form for staff. Only what was changed on the form is written.

    A vehicle may be booked while somebody reads its form; saving the whole row would undo that.
    """

    form: Any = StaffForm
    also_saved: tuple[str, ...] = ()  # fields the model derives from others
    list_per_page = 50
    show_full_result_count = False
    list_filter_submit = True
    warn_unsaved_form = True
    compressed_fields = False

    def get_changelist(self, request, **kwargs):
        return List

    def response_action(self, request, queryset, *args, **kwargs):
        """What can be the key of no row is chosen as little as a row that is there no more."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        request.POST = request.POST.copy()
        request.POST.setlist(ACTION_CHECKBOX_NAME, [key for key in chosen if key_of(self.model, key) is not None])
        return super().response_action(request, queryset, *args, **kwargs)

    def existing(self, request, object_id):
        """The object an action is about; 404 when there is none."""
        found = self.get_object(request, object_id)
        if found is None:
            raise Http404
        return found

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """The page knows what it shows: saved later, it undoes nothing that changed meanwhile (tomp/opened.py)."""
        rows = [form for inline in context["inline_admin_formsets"] for form in inline.formset.initial_forms]
        forms_shown = [form for form in (context["adminform"].form, *rows) if isinstance(form, OpenedForm)]
        more = {"opened": shown_on(forms_shown)} if change else {}
        return super().render_change_form(request, {**context, **more}, add, change, form_url, obj)

    def get_deleted_objects(self, objs, request):
        """What goes with them is told by kind; that some of it is kept, or that others need them, forbids it."""
        if not objs:
            return [], {}, set(), []
        found = Deletion.of(objs, request)
        return [found], {}, found.kept, found.needed_by

    def construct_change_message(self, request, form, formsets, add=False):
        """With what it was before and what it is now: not every model has a history of its own."""
        message = super().construct_change_message(request, form, formsets, add)
        return message if add else edits.with_values(message, form, formsets)

    def save_model(self, request, obj, form, change):
        if not change:
            super().save_model(request, obj, form, change)
            return
        changed = {*form.changed_data, *self.also_saved}
        fields = [
            field.name
            for field in obj._meta.concrete_fields
            if field.name in changed or getattr(field, "auto_now", False)
        ]
        if form.changed_data:
            obj._history_user = request.user
            obj.save(update_fields=fields)


class HistoryAdmin(SimpleHistoryAdmin, StaffAdmin):
    """As StaffAdmin, and the button “History” tells who changed what and when.

    Nothing is reverted from there: a former version would bring back a former state and public id too.
    """

    object_history_template = "admin/history.html"
    history_of_parts: tuple[str, ...] = ()  # related names whose changes belong to this page

    def get_form(self, request, obj=None, change=False, **kwargs):
        """How JSON is written helps nobody who types or reads it as words."""
        in_words = [*self.words_of_json, *(f.name for f in self.opts.fields if isinstance(f, LocalizedTextField))]
        return super().get_form(request, obj, change, **{"help_texts": dict.fromkeys(in_words, ""), **kwargs})

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_history", object_id)

    def revert_disabled(self, request, obj=None):
        return True

    def history_view(self, request, object_id, extra_context=None):
        key = key_of(self.model, unquote(object_id))
        if key is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        parts = [self._changes_of_part(name, key) for name in self.history_of_parts]
        return super().history_view(request, object_id, {"parts": parts, **(extra_context or {})})

    def _changes_of_part(self, related_name, key):
        """(plural name, history rows, newest first) of the rows behind a reverse relation, deleted ones included."""
        relation = self.model._meta.get_field(related_name)
        rows = list(
            relation.related_model.history.filter(**{relation.field.attname: key})
            .select_related("history_user")
            .order_by("pk", "history_date", "history_id")[:500]
        )
        by_row = sorted(rows, key=lambda row: (row.id, row.history_date, row.history_id), reverse=True)
        for newer, older in pairwise(by_row):
            if newer.id == older.id:
                told = HistoricalRecordContextHelper(relation.related_model, newer)
                newer.history_delta_changes = told.context_for_delta_changes(newer.diff_against(older))
        rows.sort(key=lambda row: (row.history_date, row.history_id), reverse=True)
        return relation.related_model._meta.verbose_name_plural, rows


class DayRangeFilter(RangeDateFilter):
    """From this day to that day, both included, of a field that knows the second."""

    def queryset(self, request, queryset):
        first, last = (self._midnight(suffix) for suffix in ("from", "to"))
        if first:
            queryset = queryset.filter(**{f"{self.field_path}__gte": first})
        if last:
            queryset = queryset.filter(**{f"{self.field_path}__lt": last + timedelta(days=1)})
        return queryset

    def _midnight(self, suffix):
        day = parse_date_str(self.used_parameters.get(f"{self.parameter_name}_{suffix}") or "")
        return make_aware(datetime.combine(day, time.min)) if day else None


class ReadOnly:
    """Shown to whoever may view it; nobody adds, changes or deletes it here, superusers included."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnlyAdmin(ReadOnly, StaffAdmin):
    """A list and a page to read. What can be done about a row are actions, which call services."""

    compressed_fields = True

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Without the button “History”: it tells of edits, and there are none."""
        return super().change_view(request, object_id, form_url, {"show_history": False, **(extra_context or {})})


class Inline(ReadableJSON, TabularInline):
    """Rows edited on the page of what they belong to."""

    form = StaffForm
    extra = 0


class Stacked(ReadableJSON, StackedInline):
    """As Inline, one block per row; what is wrong with a row as a whole is said above them."""

    form = StaffForm
    extra = 0
    template_before = "admin/inline_errors.html"


class ReadOnlyInline(ReadOnly, Inline):
    """Rows to read, on the page of what they belong to."""

    can_delete = False
    max_num = 0


class ReasonForm(BaseDialogForm):
    """Why staff do it; kept with what they did."""

    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=UnfoldAdminTextareaWidget({"rows": 2, "autofocus": True})
    )


class ConfirmForm(BaseDialogForm):
    """Nothing to say but yes."""


def attempt(request, what, done):
    """Runs `what()`, a call of a service, and tells the member of staff how it went. Returns whether it was done.

    `done` is the message on success, or a function that makes it of the result.
    """
    try:
        result = what()
    except NothingToDo as remark:
        messages.info(request, remark.reason)
        return False
    except TompError as refusal:
        messages.error(request, refusal.reason)
        return False
    messages.success(request, done(result) if callable(done) else done)
    return True


def back(request):
    """The page the dialog was opened on, loaded again with its messages."""
    opened_on = request.headers.get("HX-Current-URL")
    return HttpResponse(headers={"HX-Redirect": opened_on}) if opened_on else redirect("../")


def label(value, text, colours):
    """A coloured tag; colours are unfold's (info, success, warning, danger) by value."""
    return _tag(str(text), colours.get(value, "")) if value else DASH


@lru_cache(maxsize=1000)
def _tag(text, colour):
    """A list shows the same few in each of its rows."""
    return display_for_label(("tag", text), DASH, {"tag": colour})


def nowrap(text, title=""):
    """Numbers and amounts are read in one piece."""
    return format_html('<span class="whitespace-nowrap" title="{}">{}</span>', title, text)


def short(identifier):
    """The first digits of an id: enough to recognise and to search for it; the whole one appears on hover."""
    return nowrap(f"{str(identifier)[:8]}…", identifier)


def moment(value):
    """As the admin writes moments (tomp_operator/formats)."""
    return date_format(localtime(value), "DATETIME_FORMAT") if value else DASH


def uuid_range(term):
    """{lookup suffix: value} that finds ids which begin with this, by index; None if it is no id."""
    digits = term.strip().replace("-", "").lower()
    if not SHORTEST_UUID_PREFIX <= len(digits) <= 32 or set(digits) - set("0123456789abcdef"):
        return None
    return {"gte": uuid.UUID(digits.ljust(32, "0")), "lte": uuid.UUID(digits.ljust(32, "f"))}


def has_id(field, term):
    """A condition: the UUID in `field` is, or begins with, the term. Nothing when the term is no id."""
    bounds = uuid_range(term)
    if bounds is None:
        return Q(pk__in=[])
    return Q(**{f"{field}__{suffix}": value for suffix, value in bounds.items()})


def link(url, text):
    """A link, for whoever may open it; to all others the text alone. The text may be HTML.

    Addresses that came from outside are linked only when http(s).
    """
    if not url.startswith(("/", "http://", "https://")) or not may_open(url):
        return text
    outside = "" if url.startswith("/") else mark_safe(' target="_blank" rel="noopener noreferrer"')
    return format_html('<a href="{}" class="text-link"{}>{}</a>', url, outside, text)
