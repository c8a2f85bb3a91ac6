"""Back office: invoices, and the making of them."""

from datetime import timedelta

from django import forms
from django.contrib import admin
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget

from fleet import information
from fleet.admin.wording import money
from maas.models import MaasProvider
from payments import services
from payments.admin.periods import OverForm, last_month
from payments.admin.reconciliation import vat_in_words
from payments.admin.runs import invoice_run
from payments.export import export
from payments.models import Invoice, JournalEntry
from payments.period import days
from tomp.admin import DayRangeFilter, ReadOnlyAdmin, attempt, back, link, moment, nowrap

NET_AND_VAT = _("%(rate)s: net %(net)s, VAT %(vat)s, together %(amount)s")
INSTANT = timedelta(microseconds=1)


class InvoiceForm(OverForm, BaseDialogForm):
    """Whom, and for which days; last month unless told."""

    field_order = ("provider", "first", "last")

    provider = forms.ModelChoiceField(
        label=_("Provider"), queryset=MaasProvider.objects.all(), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today = information.local(timezone.now()).date()
        self.fields["first"].initial, self.fields["last"].initial = last_month(today)


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    """What was invoiced. An invoice stays as it is; a mistake is corrected in the journal, and invoiced again."""

    list_display = ("number", "provider", "period", "sum", "made", "made_by")
    list_filter = (("provider", AutocompleteSelectFilter), ("made_at", DayRangeFilter))
    list_select_related = ("provider",)
    search_fields = ("number", "made_by", "provider__name", "provider__maas_id")
    search_help_text = _("Number, provider, or name of a colleague")
    actions_list = ("open_run", "make_invoice")
    actions_detail = ("export", "export_xlsx")
    actions = ("export_entries", "export_entries_xlsx")
    readonly_fields = ("period", "sum", "net_and_vat", "made", "what")
    fieldsets = (
        (None, {"fields": (("number", "provider"), ("period", "sum"), "net_and_vat", ("made", "made_by"), "what")}),
    )

    @display(description=_("period"), ordering="since")
    def period(self, invoice):
        """Its first and last day on the operator's calendar; it ends with the moment after them."""
        first, last = information.local(invoice.since), information.local(invoice.until - INSTANT)
        return nowrap(" – ".join(date_format(day, "DATE_FORMAT") for day in (first, last)))

    @display(description=_("total"), ordering="total")
    def sum(self, invoice):
        return money(invoice.total, invoice.currency)

    @display(description=_("VAT"))
    def net_and_vat(self, invoice):
        """What is charged at each rate, a line each."""
        rates = [vat_in_words(vat, invoice.currency) for _currency, vat in services.by_rate(invoice.entries)]
        return format_html_join(mark_safe("<br>"), "{}", ((NET_AND_VAT % rate,) for rate in rates))

    @display(description=_("made"), ordering="made_at")
    def made(self, invoice):
        return moment(invoice.made_at)

    @display(description=_("entries"))
    def what(self, invoice):
        journal = reverse("admin:payments_journalentry_changelist")
        return link(f"{journal}?q={invoice.number}", str(invoice.entries.count()))

    def has_charge_permission(self, request, obj=None):
        return request.user.has_perm("payments.add_invoice")

    @action(
        description=_("Make invoice"),
        icon="receipt_long",
        permissions=["charge"],
        variant=ActionVariant.PRIMARY,
        url_path="make",
        dialog={
            "title": _("Make an invoice"),
            "description": _("Of all entries of these days that are not invoiced yet: one per currency, for good."),
            "form_class": InvoiceForm,
            "form_submit_text": _("Make invoice"),
        },
    )
    def make_invoice(self, request, form):
        since, until = days(form.cleaned_data["first"], form.cleaned_data["last"])
        attempt(
            request,
            lambda: services.invoice(
                provider=form.cleaned_data["provider"],
                since=since,
                until=until,
                now=timezone.now(),
                actor=request.user.get_username(),
            ),
            _made,
        )
        return back(request)

    def get_urls(self):
        run = self.admin_site.admin_view(self.invoice_run)
        return [path("run/", run, name="payments_invoice_run"), *super().get_urls()]

    def invoice_run(self, request):
        """Of all providers at once: a preview, and then exactly that."""
        return invoice_run(request, self.admin_site)

    @action(description=_("Invoice run"), icon="library_books", permissions=["charge"], url_path="open-run")
    def open_run(self, request):
        return redirect("admin:payments_invoice_run")

    @action(description=_("Export (CSV)"), icon="download", permissions=["view"], url_path="export")
    def export(self, request, object_id):
        return self._export(request, object_id, "csv")

    @action(description=_("Export (XLSX)"), icon="table_view", permissions=["view"], url_path="export-xlsx")
    def export_xlsx(self, request, object_id):
        return self._export(request, object_id, "xlsx")

    def _export(self, request, object_id, kind):
        invoice = self.existing(request, object_id)
        return export(invoice.entries, f"invoice-{invoice.number}", kind)

    @admin.action(description=_("Export the entries (CSV)"), permissions=["view"])
    def export_entries(self, request, queryset):
        """Those of the selected invoices, or of all that match the filter."""
        return export(_entries_of(queryset), "invoices", "csv")

    @admin.action(description=_("Export the entries (XLSX)"), permissions=["view"])
    def export_entries_xlsx(self, request, queryset):
        return export(_entries_of(queryset), "invoices", "xlsx")


def _entries_of(invoices):
    return JournalEntry.objects.filter(invoice_number__in=invoices.order_by().values("number"))


def _made(invoices):
    if not invoices:
        return _("There is nothing to invoice.")
    sums = ", ".join(f"{invoice.number} ({money(invoice.total, invoice.currency)})" for invoice in invoices)
    return _("Made: %(invoices)s.") % {"invoices": sums}
