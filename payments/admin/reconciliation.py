"""Back office: does the journal add up? By provider and period, on a page and as a table to download."""

from decimal import Decimal

from django import forms
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from fleet import information
from fleet.admin.wording import money, plain
from maas.models import MaasProvider
from payments import services
from payments.admin.periods import PeriodForm, asked_for, periods
from payments.models import JournalEntry
from payments.period import days
from tomp import tables
from tomp.admin import DASH, link, moment
from tomp.words import in_english

KINDS = {
    services.Kind.FARE: _("Earned: fares"),
    services.Kind.EXTRA: _("Earned: fees and extra costs"),
    services.Kind.GIVEN_BACK: _("Refunds"),
    services.Kind.CORRECTED: _("Corrections"),
    services.Kind.DEPOSIT_TAKEN: _("Deposits taken"),
    services.Kind.DEPOSIT_BACK: _("Deposits given back"),
}
SMALLEST = Decimal("0.001")  # of the currencies there are
COLUMNS = ("provider", "currency", "what", "category", "entries", "amount", "net", "vat")


class ReconciliationForm(PeriodForm):
    """And which provider, or all."""

    field_order = ("provider", "first", "last")

    provider = forms.ModelChoiceField(
        label=_("Provider"),
        queryset=MaasProvider.objects.all(),
        required=False,
        empty_label=_("all but the sandbox"),
        widget=UnfoldAdminSelectWidget,
    )


def reconciliation(request, site):
    """The page; or with ?format=csv or xlsx the same figures as a table."""
    form = asked_for(request, ReconciliationForm)
    is_valid = form.is_valid()
    found, provider = [], form.cleaned_data.get("provider")
    if is_valid:
        since, until = days(form.cleaned_data["first"], form.cleaned_data["last"])
        if provider:
            found = services.reconcile(provider=provider, since=since, until=until)
        else:
            found = services.overview(since=since, until=until)
        if request.GET.get("format") in ("csv", "xlsx"):
            return _table(found, form.cleaned_data, request.GET["format"])
    context = {
        **site.each_context(request),
        "title": _("Reconciliation"),
        "opts": JournalEntry._meta,
        "form": form,
        "provider": provider,
        "balances": [_shown(balance, form.cleaned_data) for balance in found],
        "is_valid": is_valid,
        "periods": periods(information.local(timezone.now()).date()),
        "query": _query(form) if is_valid else "",
    }
    return TemplateResponse(request, "admin/payments/journalentry/reconciliation.html", context)


def _query(form):
    data = form.cleaned_data
    provider = f"&provider={data['provider'].pk}" if data["provider"] else ""
    return f"first={data['first']}&last={data['last']}{provider}"


def _shown(balance, period):
    """The amounts of a balance in words, with the ways to the entries."""
    first, last = period["first"], period["last"]
    page = reverse("admin:payments_journalentry_reconciliation")
    entries = f"?provider__id__exact={balance.provider.pk}&created_at_from={first}&created_at_to={last}"
    sums = ("opening", "came", "invoiced", "closing", "late")
    return {
        "balance": balance,
        "currency": balance.currency,
        "provider": balance.provider,
        "address": f"{page}?provider={balance.provider.pk}&first={first}&last={last}",
        "journal": reverse("admin:payments_journalentry_changelist") + entries,
        "export": reverse("admin:payments_journalentry_export") + entries,
        **{name: _said(getattr(balance, name), balance.currency) for name in sums},
        "checks": [(text, off == 0, _said(off, balance.currency)) for text, off in _checks(balance)],
        "rows": [_kind(row, balance.currency, entries) for row in balance.rows],
        "vat": [vat_in_words(vat, balance.currency) for vat in balance.vat],
        "invoices": [_invoiced(each, balance.currency) for each in balance.invoices],
    }


def _said(amount, currency):
    return DASH if amount is None else money(amount, currency)


def _checks(balance):
    """(what should add up, by how much it does not)"""
    wrong_sums = sum((abs(each.difference) for each in balance.invoices), Decimal(0))
    return (
        (_("Open before + what came − invoiced = open after"), balance.difference),
        (_("The kinds of entries are all that came"), balance.rows_difference),
        (_("The rates of VAT are all that came"), balance.vat_difference),
        (_("Each invoice is the sum of its entries"), wrong_sums),
    )


def _kind(row, currency, entries):
    journal = reverse("admin:payments_journalentry_changelist")
    return {
        "kind": KINDS[row.kind],
        "category": JournalEntry.Category(row.category).label,
        "entries": row.entries,
        "amount": _said(row.amount, currency),
        "address": f"{journal}{entries}&category__exact={row.category}",
    }


def vat_in_words(vat, currency):
    """One rate of VAT and what was charged at it (payments.services.Vat)."""
    return {
        "rate": _rate(vat) or _("no rate stated"),
        "entries": vat.entries,
        "amount": _said(vat.amount, currency),
        "net": _said(vat.net, currency),
        "vat": _said(vat.vat, currency),
    }


def _rate(vat):
    return "" if vat.rate is None else f"{plain(vat.rate)} % {vat.country}".strip()


def _invoiced(each, currency):
    return {
        "number": link(reverse("admin:payments_invoice_change", args=[each.invoice.pk]), each.invoice.number),
        "made": moment(each.invoice.made_at),
        "entries": each.entries,
        "total": _said(each.invoice.total, currency),
        "difference": each.difference,
    }


def _table(balances, period, kind):
    make = tables.xlsx_file if kind == "xlsx" else tables.csv_file
    whose = slugify(period["provider"].maas_id) + "-" if period["provider"] else ""
    rows = in_english(lambda: [_in_columns(line) for balance in balances for line in _lines(balance)])
    return make(COLUMNS, rows, f"reconciliation-{whose}{period['first']}-{period['last']}")


def _in_columns(line):
    """With as many digits in each row."""
    return [each.quantize(SMALLEST) if isinstance(each, Decimal) else each for each in line]


def _lines(balance):
    """Opening, what came by kind and by rate, what was invoiced, closing, and the difference: one line each."""
    whose = (balance.provider.maas_id, balance.currency)
    yield *whose, "open before", "", None, balance.opening, None, None
    for row in balance.rows:
        yield *whose, str(KINDS[row.kind]), row.category, row.entries, row.amount, None, None
    for vat in balance.vat:
        yield *whose, "of that, at VAT", _rate(vat), vat.entries, vat.amount, vat.net, vat.vat
    yield *whose, "came in all", "", None, balance.came, None, None
    for each in balance.invoices:
        yield *whose, "invoice", each.invoice.number, each.entries, each.invoice.total, None, None
    yield *whose, "invoiced in all", "", None, balance.invoiced, None, None
    yield *whose, "open after", "", None, balance.closing, None, None
    yield *whose, "difference", "", None, balance.difference, None, None
