"""Back office: the journal. It is read here; an entry is taken back by another one."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from fleet.admin.days import DaysFilter
from fleet.admin.wording import duration, fare_lines_of, money, plain
from maas.admin.sandbox import SandboxFilter
from payments import services
from payments.admin.charging import may_charge
from payments.admin.corrections import written
from payments.admin.reconciliation import reconciliation
from payments.export import export
from payments.models import JournalEntry
from tomp.admin import (
    DASH,
    DayRangeFilter,
    ReadOnlyAdmin,
    ReasonForm,
    attempt,
    back,
    has_id,
    label,
    link,
    moment,
    nowrap,
    short,
)
from tomp.words import kilometres

STATE_COLOURS = {JournalEntry.State.TO_INVOICE: "warning", JournalEntry.State.INVOICED: "success"}


class JournalShown:
    """How an entry reads, in the list, on its page and on the page of its booking."""

    @display(description=_("amount"), ordering="amount")
    def sum(self, entry):
        return nowrap(money(entry.amount, entry.currency))

    @display(description=_("without VAT"))
    def net(self, entry):
        if entry.amount_ex_vat is None:
            return DASH
        rate = "" if entry.vat_rate is None else f"{plain(entry.vat_rate)} %"
        vat = " ".join(word for word in (rate, entry.vat_country) if word)
        net = money(entry.amount_ex_vat, entry.currency)
        return nowrap(f"{net} ({vat})" if vat else net)

    @display(description=_("consists of"))
    def consists_of(self, entry):
        if entry.details and entry.category == JournalEntry.Category.FARE:
            return fare_lines_of(entry.details)
        return entry.description or DASH

    @display(description=_("used"))
    def used(self, entry):
        return DASH if entry.used_s is None else duration(entry.used_s)

    @display(description=_("distance"))
    def distance(self, entry):
        return DASH if entry.distance_m is None else kilometres(entry.distance_m)

    @display(description=_("state"), ordering="state")
    def state_label(self, entry):
        return label(entry.state, entry.get_state_display(), STATE_COLOURS)

    @display(description=_("created"), ordering="created_at")
    def created(self, entry):
        return moment(entry.created_at)


class DepositFilter(DropdownFilter):
    """Deposits are nobody's income: they are given back."""

    title = _("deposits")
    parameter_name = "deposits"

    def lookups(self, request, model_admin):
        return [("without", _("without deposits"))]

    def queryset(self, request, queryset):
        return queryset.earned() if self.value() == "without" else queryset


@admin.register(JournalEntry)
class JournalEntryAdmin(JournalShown, ReadOnlyAdmin):
    """What was earned, with the sum of whatever is filtered."""

    list_display = (
        "created",
        "provider",
        "of_booking",
        "sequence",
        "category",
        "sum",
        "net",
        "state_label",
        "invoice_number",
    )
    list_display_links = ("created",)
    list_filter = (
        ("provider", AutocompleteSelectFilter),
        ("category", ChoicesDropdownFilter),
        ("state", ChoicesDropdownFilter),
        DepositFilter,
        SandboxFilter,
        DaysFilter,
        ("created_at", DayRangeFilter),
    )
    list_select_related = ("provider",)
    list_before_template = "admin/payments/journalentry/totals.html"
    date_hierarchy = "created_at"
    ordering = ("-id",)
    search_fields = ("invoice_number",)
    search_help_text = _("Booking id, leg id or invoice number")
    actions_list = ("open_reconciliation",)
    actions_detail = ("correct",)
    readonly_fields = ("sum", "net", "consists_of", "used", "distance", "state_label", "created")
    fieldsets = (
        (None, {"fields": (("provider", "booking"), ("leg", "sequence"), "created")}),
        (
            _("Money"),
            {"fields": ("category", ("sum", "net"), "consists_of", ("used", "distance"), "comment", "refers_to")},
        ),
        (_("Why"), {"fields": (("actor", "reason"),)}),
        (_("Invoice"), {"fields": ("state_label", ("invoice_number", "invoiced_at"))}),
    )

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        by_id = queryset.filter(has_id("booking_id", search_term) | has_id("leg_id", search_term))
        return found | by_id, may_repeat

    @display(description=_("booking"), ordering="booking_id")
    def of_booking(self, entry):
        return link(reverse("admin:bookings_booking_change", args=[entry.booking_id]), short(entry.booking_id))

    def get_urls(self):
        export, adds_up = map(self.admin_site.admin_view, (self.export, self.reconciliation))
        return [
            path("export/", export, name="payments_journalentry_export"),
            path("reconciliation/", adds_up, name="payments_journalentry_reconciliation"),
            *super().get_urls(),
        ]

    def export(self, request):
        """The list as it is filtered and searched, all pages of it, as CSV or with ?format=xlsx as a spreadsheet."""
        self._check(request)
        kind = request.GET.get("format", "csv")
        request.GET = request.GET.copy()
        request.GET.pop("format", None)  # the list takes it for a filter
        return export(self.get_changelist_instance(request).get_queryset(request), "journal", kind)

    def reconciliation(self, request):
        """Does it add up, by provider and period?"""
        self._check(request)
        return reconciliation(request, self.admin_site)

    def _check(self, request):
        if not self.has_view_permission(request):
            raise PermissionDenied

    @action(description=_("Reconciliation"), icon="balance", permissions=["view"], url_path="adds-up")
    def open_reconciliation(self, request):
        return redirect("admin:payments_journalentry_reconciliation")

    def has_charge_permission(self, request, obj=None):
        return may_charge(request)

    @action(
        description=_("Take back"),
        icon="undo",
        permissions=["charge"],
        variant=ActionVariant.DANGER,
        url_path="correct",
        dialog={
            "title": _("Take this entry back"),
            "description": _("A counter-entry takes back what is left of it. The entry itself stays as it is."),
            "form_class": ReasonForm,
            "form_submit_text": _("Take back"),
        },
    )
    def correct(self, request, form, object_id):
        entry_id = self.existing(request, object_id).pk
        attempt(
            request,
            lambda: services.correct(
                entry_id=entry_id,
                now=timezone.now(),
                actor=request.user.get_username(),
                reason=form.cleaned_data["reason"],
            ),
            written,
        )
        return back(request)

    def changelist_view(self, request, extra_context=None):
        """Adds the totals of all pages of the list, one per currency."""
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None) or {}
        if "cl" in shown:
            sums = shown["cl"].queryset.order_by("currency").values("currency")
            shown["totals"] = [
                {"sum": money(row["total"], row["currency"]), "count": row["entries"]}
                for row in sums.annotate(total=Sum("amount"), entries=Count("pk"))
            ]
        return response
