"""Back office: invoices for a period, of all providers at once: first a preview, then exactly that."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from fleet import information
from fleet.admin.wording import money
from payments import services
from payments.admin.periods import OverForm, asked_for, periods
from payments.models import Invoice
from payments.period import days
from tomp.errors import TompError
from tomp.words import grouped


def invoice_run(request, site):
    """What is due in the period, by provider and currency; a POST invoices what was ticked, as it was shown."""
    if not request.user.has_perm("payments.add_invoice"):
        raise PermissionDenied
    now = timezone.now()
    form = asked_for(request, OverForm)
    dues = []
    if form.is_valid():
        since, until = days(form.cleaned_data["first"], form.cleaned_data["last"])
        if request.method == "POST":
            _make(request, since, until, now)
            return HttpResponseRedirect(request.get_full_path())
        dues = services.due_of_all(since=since, until=until, now=now)
    context = {
        **site.each_context(request),
        "title": _("Invoice run"),
        "opts": Invoice._meta,
        "form": form,
        "periods": periods(information.local(now).date())[:1],
        "is_valid": form.is_valid(),
        "dues": [_shown(each) for each in dues],
    }
    return TemplateResponse(request, "admin/payments/invoice/run.html", context)


def _make(request, since, until, now):
    chosen = request.POST.getlist("chosen")
    if not chosen:
        messages.warning(request, _("Tick what is to be invoiced."))
        return
    try:
        made = services.invoice_run(
            chosen=chosen, since=since, until=until, now=now, actor=request.user.get_username()
        )  # fmt: skip
    except TompError as refusal:
        messages.error(request, refusal.reason)
        return
    for invoice in made:
        text = _("%(number)s: %(provider)s, %(total)s.")
        told = {"number": invoice.number, "provider": invoice.provider, "total": money(invoice.total, invoice.currency)}
        messages.success(request, text % told)
    if skipped := len(chosen) - len(made):
        said = ngettext("%(n)s was invoiced already.", "%(n)s were invoiced already.", skipped)
        messages.warning(request, said % {"n": grouped(skipped)})


def _shown(each):
    due = each.due
    return {
        "key": each.key,
        "provider": each.provider,
        "entries": due.entries,
        "total": money(due.total, due.currency),
        "net": money(each.net, due.currency),
        "is_credit": due.total < 0,
    }
