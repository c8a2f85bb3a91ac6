"""Back office: pricing plans, readable as sentences."""

from decimal import Decimal

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from fleet.admin.tables import PricingPlanTable, TableAdmin
from fleet.admin.wording import examples, sentence
from fleet.models import FarePart, PricingPlan
from fleet.pricing import TariffError
from tomp.admin import HistoryAdmin, Stacked
from tomp.forms import StaffForm


class FarePartForm(StaffForm):
    """An amount that is missing is said to be missing; pricing is not asked about it."""

    def clean(self):
        if self.cleaned_data.get("amount") is None:
            self.instance.amount = Decimal(0)
        return super().clean()


class FarePartInline(Stacked):
    model = FarePart
    form = FarePartForm
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("type", "amount", "units", "unit_type"),
                    ("name", "asset_state", "kind", "part_class"),
                    ("scale_from", "scale_to", "scale_type", "position"),
                )
            },
        ),
        (
            _("Range to display, never charged"),
            {"fields": (("minimum_amount", "maximum_amount"),), "classes": ("collapse",)},
        ),
    )


@admin.register(PricingPlan)
class PricingPlanAdmin(TableAdmin, HistoryAdmin):
    """What a ride costs. A plan is changed for rides to come; those offered keep their price."""

    resource_classes = (PricingPlanTable,)
    list_display = ("__str__", "plan_id", "in_words", "currency", "vat_rate")
    list_filter = (("currency", ChoicesDropdownFilter), "pro_rata", "pause_billed_as_use")
    search_fields = ("plan_id", "name", "source_id")
    readonly_fields = ("in_words", "for_example", "source_id")
    inlines = (FarePartInline,)
    history_of_parts = ("parts",)
    fieldsets = (
        (_("In words"), {"fields": ("in_words", "for_example")}),
        (None, {"fields": ("plan_id", "name", "description", "url", "source_id")}),
        (_("Money"), {"fields": (("currency", "vat_rate", "vat_country"), ("pause_billed_as_use", "pro_rata"))}),
    )

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("parts")

    @display(description=_("the price as saved"))
    def in_words(self, plan):
        return _or_what_is_wrong(sentence, plan)

    @display(description=_("rides without a pause"))
    def for_example(self, plan):
        return _or_what_is_wrong(examples, plan)


def _or_what_is_wrong(describe, plan):
    if plan.pk is None:
        return None
    try:
        return describe(plan.tariff())
    except TariffError as error:
        return str(error)
