"""Back office: what staff charge for a booking and give back, from its page."""

from decimal import Decimal

from django import forms
from django.core.validators import MinValueValidator
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from bookings.dialogs import DecisionForm, button
from fleet.admin.wording import money
from payments import services
from payments.admin.corrections import written
from payments.models import CLAIMABLE, JournalEntry
from tomp.admin import DASH, ReadOnlyAdmin


def may_charge(request):
    return request.user.has_perm("payments.add_journalentry")


class MoneyForm(DecisionForm):
    """How much, said to the provider in these words, and why, for colleagues."""

    field_order = ("category", "entry", "amount", "vat_rate", "description", "reason")

    amount = forms.DecimalField(
        label=_("Amount, VAT included"), max_digits=11, decimal_places=3, widget=UnfoldAdminDecimalFieldWidget
    )
    description = forms.CharField(label=_("What the provider reads"), max_length=200, widget=UnfoldAdminTextInputWidget)


class ChargeForm(MoneyForm):
    """Extra costs; below zero is money for the provider."""

    service = staticmethod(services.claim)

    category = forms.ChoiceField(
        label=_("What for"),
        choices=[(category.value, category.label) for category in CLAIMABLE if category != "DEPOSIT"],
        initial=JournalEntry.Category.EXTRA_USAGE.value,
        widget=UnfoldAdminSelectWidget,
    )
    vat_rate = forms.DecimalField(
        label=_("VAT, percent on the net amount"),
        required=False,
        max_digits=5,
        decimal_places=2,
        min_value=0,
        widget=UnfoldAdminDecimalFieldWidget,
    )


class RefundForm(MoneyForm):
    """Of what, and how much of it."""

    service = staticmethod(services.refund)

    entry = forms.TypedChoiceField(label=_("Of"), coerce=int, empty_value=None, required=False)
    entry.widget = UnfoldAdminSelectWidget()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        entries = services.entries_of(self.object_id)
        self.fields["entry"].choices = [("", _whole(entries)), *_refundable(entries)]
        self.fields["amount"].validators.append(MinValueValidator(Decimal("0.001")))
        self.fields["description"].initial = "Refund"  # what is kept and sent is English, until staff write otherwise

    def chosen(self, answers):
        costs = dict(answers)
        return {"entry_id": costs.pop("entry"), **costs}


def _whole(entries):
    left = money(services.refundable(entries), entries[0].currency) if entries else DASH
    return _("the whole booking, %(left)s left") % {"left": left}


def _refundable(entries):
    for entry in entries:
        left = services.left_of(entry, entries)
        if entry.amount > 0 and left > 0:
            said = {"number": entry.sequence, "what": entry.description or entry.get_category_display()}
            yield entry.pk, _("%(number)s: %(what)s, %(left)s left") % {**said, "left": money(left, entry.currency)}


class ChargesBooking(ReadOnlyAdmin):
    """The buttons about money on the page of a booking."""

    def has_charge_permission(self, request, obj=None):
        return may_charge(request)

    claim_extra_costs = button(
        "claim_extra_costs", _("Claim extra costs"),
        _("Owed at once, and shown with the price of the booking. Below zero it is a credit."),
        ChargeForm, written, icon="add_card", permission="charge",
    )  # fmt: skip
    refund = button(
        "refund", _("Refund"), _("Never more than was charged and not given back yet."),
        RefundForm, written, icon="currency_exchange", permission="charge",
    )  # fmt: skip
