"""Back office: the support inbox, what is open first, the most urgent and oldest on top."""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.auth import get_user_model
from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    ChoicesDropdownFilter,
    DropdownFilter,
    MultipleChoicesDropdownFilter,
)
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from fleet.admin.wording import duration, place_text
from maas.admin.sandbox import SandboxFilter
from support import services
from support.models import SupportNote, SupportRequest, SupportStatus
from support.services import OPEN
from tomp.admin import (
    DASH,
    ConfirmForm,
    DayRangeFilter,
    ReadOnlyAdmin,
    ReadOnlyInline,
    StaffAdmin,
    attempt,
    back,
    has_id,
    label,
    link,
    moment,
    short,
)

Priority, Status = SupportRequest.Priority, SupportRequest.Status
STATUS_COLOURS = {Status.PROCESSING: "warning", Status.UPDATE_REQUESTED: "danger", Status.RESOLVED: "success"}
PRIORITY_COLOURS = {
    Priority.ERROR_CANNOT_CONTINUE: "danger",
    Priority.ERROR_CAN_CONTINUE: "warning",
    Priority.DISTURBING_ISSUE: "info",
}
RANKS = {priority: rank for rank, priority in enumerate(Priority)}
CARDS = (("open", _("open")), ("mine", _("mine")), ("nobody", _("with nobody")), ("closed", _("closed")))
SORTED_IN_BY_US = ("priority", "asset")


class AnswerForm(BaseDialogForm):
    status = forms.ChoiceField(label=_("How does it stand?"), choices=Status, widget=UnfoldAdminSelectWidget)
    comment = forms.CharField(
        label=_("What the user is told"),
        max_length=2000,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 3, "autofocus": True}),
    )
    resolution_minutes = forms.IntegerField(
        label=_("Minutes until it is solved"),
        min_value=0,
        max_value=10**6,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget,
    )


class NoteForm(BaseDialogForm):
    text = forms.CharField(
        label=_("For colleagues only"),
        max_length=2000,
        widget=UnfoldAdminTextareaWidget({"rows": 3, "autofocus": True}),
    )


class AssignForm(BaseDialogForm):
    to = forms.ChoiceField(label=_("Who looks after it?"), required=False, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        staff = get_user_model().objects.filter(is_active=True, is_staff=True).order_by("username")
        names = staff.values_list("username", flat=True)
        self.fields["to"].choices = [("", _("nobody")), *((name, name) for name in names)]


class InboxFilter(DropdownFilter):
    """What the cards above the list lead to."""

    title = _("inbox")
    parameter_name = "inbox"

    def lookups(self, request, model_admin):
        return CARDS

    def queryset(self, request, queryset):
        condition = in_inbox(request).get(self.value())
        return queryset if condition is None else queryset.filter(condition)


def in_inbox(request):
    """{card: condition}"""
    is_open = Q(status__in=OPEN)
    return {
        "open": is_open,
        "mine": is_open & Q(assigned_to=request.user.get_username()),
        "nobody": is_open & Q(assigned_to=""),
        "closed": ~is_open,
    }


def inbox_cards(request, changelist):
    """How many requests there are on each card: one query; each card is a filter."""
    filtered = changelist.get_queryset(request, exclude_parameters=["inbox"]).order_by()
    counts = filtered.aggregate(
        **{name: Count("pk", filter=condition) for name, condition in in_inbox(request).items()}
    )
    titles = dict(CARDS)
    chosen = changelist.params.get("inbox", "")
    return [
        {
            "text": titles[name],
            "count": count,
            "is_chosen": name == chosen,
            "address": changelist.get_query_string({"inbox": None if name == chosen else name}),
        }
        for name, count in counts.items()
    ]


class NoteInline(ReadOnlyInline):
    """What colleagues told each other, oldest first; the provider never reads it."""

    model = SupportNote
    fields = ("written", "actor", "text")
    readonly_fields = ("written",)
    hide_title = True

    @display(description=_("at"))
    def written(self, note):
        return moment(note.at)


class StatusInline(ReadOnlyInline):
    """The conversation, oldest first."""

    model = SupportStatus
    fields = ("said_at", "said_by", "actor", "status", "resolution_minutes", "comment")
    readonly_fields = ("said_at",)
    hide_title = True

    @display(description=_("at"))
    def said_at(self, said):
        return moment(said.at)


@admin.register(SupportRequest)
class SupportRequestAdmin(StaffAdmin):
    """Providers ask; staff say how urgent it is and which vehicle it is about, and answer with a button."""

    list_display = (
        "id",
        "support_type",
        "priority_label",
        "status_label",
        "age",
        "assigned_to",
        "asset",
        "of_booking",
        "comment_start",
    )
    list_before_template = "admin/maas/callback/states.html"
    list_display_links = ("id", "support_type")
    list_filter = (
        InboxFilter,
        ("status", MultipleChoicesDropdownFilter),
        ("priority", MultipleChoicesDropdownFilter),
        ("support_type", ChoicesDropdownFilter),
        ("provider", AutocompleteSelectFilter),
        ("asset", AutocompleteSelectFilter),
        SandboxFilter,
    )
    list_select_related = ("asset", "provider")
    date_hierarchy = "created_at"
    search_fields = ("comment", "contact", "asset__vehicle_number", "asset_reference", "reference")
    search_help_text = _("Booking id, vehicle number, contact, or a word of the comment")
    autocomplete_fields = ("asset",)
    inlines = (StatusInline, NoteInline)
    actions_detail = ("answer", "take", "assign", "write_note")
    fieldsets = (
        (
            _("How it stands"),
            {"fields": (("status", "resolution_minutes"), ("priority", "asset"), ("assigned_to", "customer"))},
        ),
        (
            _("What was reported"),
            {
                "fields": (
                    ("support_type", "age"),
                    "comment",
                    ("contact", "requested_response_minutes"),
                    ("provider", "booking"),
                    ("asset_reference", "place"),
                    "photos",
                    "damage",
                    "reference",
                    ("occurred_at", "created_at"),
                )
            },
        ),
    )

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        return [field for field in flatten_fieldsets(self.get_fieldsets(request, obj)) if field not in SORTED_IN_BY_US]

    def has_answer_permission(self, request, obj=None):
        return request.user.has_perm("support.change_supportrequest")

    def save_model(self, request, obj, form, change):
        """A damage moves with its request from vehicle to vehicle, so that is done by the service."""
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        if changes:
            services.sort_in(request_id=obj.pk, **changes)

    @action(
        description=_("Answer"),
        icon="reply",
        permissions=["answer"],
        dialog={
            "title": _("Answer"),
            "description": _("The provider reads it when it asks how the request stands."),
            "form_class": AnswerForm,
            "form_submit_text": _("Answer"),
        },
    )
    def answer(self, request, form, object_id):
        asked = self.existing(request, object_id)
        said = {name: form.cleaned_data[name] for name in ("status", "comment", "resolution_minutes")}
        actor = request.user.get_username()
        if attempt(
            request,
            lambda: services.answer(request_id=asked.pk, now=timezone.now(), actor=actor, **said),
            lambda answer: _("Answered: %(status)s.") % {"status": answer.get_status_display()},
        ):
            self.log_change(request, asked, f"Answered: {said['status']}")
        return back(request)

    def changelist_view(self, request, extra_context=None):
        """Adds how many there are on each card."""
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None) or {}
        if "cl" in shown:
            shown["states"] = inbox_cards(request, shown["cl"])
        return response

    @action(
        description=_("Take it"),
        icon="front_hand",
        permissions=["answer"],
        url_path="take",
        dialog={"title": _("I look after it"), "form_class": ConfirmForm, "form_submit_text": _("Take it")},
    )
    def take(self, request, form, object_id):
        return self._assign(request, object_id, request.user.get_username())

    @action(
        description=_("Assign"),
        icon="person_add",
        permissions=["answer"],
        url_path="assign",
        dialog={"title": _("Assign"), "form_class": AssignForm, "form_submit_text": _("Assign")},
    )
    def assign(self, request, form, object_id):
        return self._assign(request, object_id, form.cleaned_data["to"])

    def _assign(self, request, object_id, to):
        asked, actor = self.existing(request, object_id), request.user.get_username()
        attempt(
            request,
            lambda: services.assign(request_id=asked.pk, to=to, actor=actor, now=timezone.now()),
            lambda asked: _("It is with %(whom)s now.") % {"whom": asked.assigned_to or _("nobody")},
        )
        return back(request)

    @action(
        description=_("Note"),
        icon="sticky_note_2",
        permissions=["answer"],
        url_path="note",
        dialog={
            "title": _("Internal note"),
            "description": _("Colleagues read it; the provider never does."),
            "form_class": NoteForm,
            "form_submit_text": _("Write"),
        },
    )
    def write_note(self, request, form, object_id):
        asked, actor = self.existing(request, object_id), request.user.get_username()
        text = form.cleaned_data["text"]
        attempt(
            request,
            lambda: services.note(request_id=asked.pk, text=text, actor=actor, now=timezone.now()),
            _("Noted."),
        )
        return back(request)

    @display(description=_("customer"))
    def customer(self, asked):
        who = asked.booking and asked.booking.customer
        return link(reverse("admin:customers_customer_change", args=[who.pk]), str(who)) if who else DASH

    def get_queryset(self, request):
        """Ordered by urgency: Meta keeps the order of the conversation."""
        closed = [status for status in Status if status not in OPEN]
        rank = Case(
            When(status__in=closed, then=Value(len(RANKS))),
            *(When(priority=priority, then=Value(rank)) for priority, rank in RANKS.items()),
            output_field=IntegerField(),
        )
        return SupportRequest.objects.annotate(urgency=rank)

    def get_ordering(self, request):
        return ("urgency", "created_at", "id")

    @display(description=_("priority"), ordering="urgency")
    def priority_label(self, asked):
        return label(asked.priority, asked.get_priority_display(), PRIORITY_COLOURS)

    @display(description=_("status"), ordering="status")
    def status_label(self, asked):
        return label(asked.status, asked.get_status_display(), STATUS_COLOURS)

    @display(description=_("booking"), ordering="booking_id")
    def of_booking(self, asked):
        if asked.booking_id is None:
            return DASH
        return link(reverse("admin:bookings_booking_change", args=[asked.booking_id]), short(asked.booking_id))

    @display(description=_("age"), ordering="created_at")
    def age(self, asked):
        return duration((timezone.now() - asked.created_at).total_seconds())

    @display(description=_("comment"))
    def comment_start(self, asked):
        return f"{asked.comment[:80]}…" if len(asked.comment) > 80 else asked.comment or DASH

    @display(description=_("place"))
    def place(self, asked):
        return place_text(asked.location) or DASH

    @display(description=_("photos"))
    def photos(self, asked):
        return format_html_join("\n", "<div>{}</div>", [(link(str(url), str(url)),) for url in asked.urls]) or DASH

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return found | queryset.filter(has_id("booking_id", search_term)), may_repeat


@admin.register(SupportStatus)
class SupportStatusAdmin(ReadOnlyAdmin):
    """All that was said about any request, by providers and by us, latest first."""

    list_display = ("at", "status_label", "said_by", "actor", "of_request", "comment")
    list_filter = (("status", ChoicesDropdownFilter), ("said_by", ChoicesDropdownFilter), ("at", DayRangeFilter))
    list_select_related = ("request",)
    ordering = ("-id",)
    search_fields = ("reference", "comment", "actor")
    search_help_text = _("Booking id, name of a colleague, or a word of the comment")
    fields = (
        ("of_request", "order"),
        ("status_label", "resolution_minutes"),
        "comment",
        ("said_by", "actor"),
        "at",
        "reference",
    )
    readonly_fields = ("of_request", "status_label")
    status_label = SupportRequestAdmin.status_label

    @display(description=_("request"), ordering="request")
    def of_request(self, said):
        return link(reverse("admin:support_supportrequest_change", args=[said.request_id]), str(said.request))
