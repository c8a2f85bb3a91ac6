"""Back office: pricing plans, readable as sentences."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from fleet.admin.calculator import CalculatorForm, FarePartForm, answer, first_question, typed_tariff
from fleet.admin.tables import PricingPlanTable, TableAdmin
from fleet.admin.wording import examples, sentence
from fleet.models import FarePart, PricingPlan
from fleet.models.price_words import refused
from fleet.pricing import TariffError
from tomp.admin import HistoryAdmin, Stacked


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
    change_form_outer_after_template = "admin/fleet/pricingplan/calculator.html"
    fieldsets = (
        (_("In words"), {"fields": ("in_words", "for_example")}),
        (None, {"fields": ("plan_id", "name", "description", "url", "source_id")}),
        (_("Money"), {"fields": (("currency", "vat_rate", "vat_country"), ("pause_billed_as_use", "pro_rata"))}),
    )

    def get_urls(self):
        calculate = self.admin_site.admin_view(self.calculate)
        return [path("calculate/", calculate, name="fleet_pricingplan_calculate"), *super().get_urls()]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """With a calculator below the form, for what is typed there, saved or not."""
        context = {"calculator": CalculatorForm(initial=first_question()), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    def calculate(self, request):
        """What a ride would cost by what is typed on the form, beside what it costs as saved; writes nothing."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        plan = self.get_object(request, request.POST.get("calc-plan") or "0")
        saved = _tariff_or_none(plan)
        if self.has_change_permission(request, plan) and request.method == "POST":
            typed, problems = typed_tariff(request.POST)
        else:
            typed, problems = saved, []
        context = answer(CalculatorForm(request.POST), typed, saved, plan)
        return TemplateResponse(
            request, "admin/fleet/pricingplan/answer.html", {**context, "problems": problems + context["problems"]}
        )

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("parts")

    @display(description=_("the price as saved"))
    def in_words(self, plan):
        return _or_what_is_wrong(sentence, plan)

    @display(description=_("rides without a pause"))
    def for_example(self, plan):
        return _or_what_is_wrong(examples, plan)


def _tariff_or_none(plan):
    try:
        return plan and plan.tariff()
    except TariffError:
        return None


def _or_what_is_wrong(describe, plan):
    if plan.pk is None:
        return None
    try:
        return describe(plan.tariff())
    except TariffError as error:
        return " ".join(refused(error))
