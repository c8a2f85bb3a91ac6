"""Back office: what would a ride cost? For a plan as it is typed, beside the plan as it is saved, by the one engine."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import construct_instance
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from fleet import information, tariffs
from fleet.admin.wording import duration, money, plain, sentence, unit_of
from fleet.models import AssetType, FarePart, PlanRule, PricingPlan, Region, Station, UserGroup
from fleet.models.price_words import WORDS, refused
from fleet.pricing import AssetState, PartType, Segment, Tariff, TariffError, Usage, breakdown, price
from tomp.forms import MomentField, StaffForm

EXAMPLE_MINUTES = (5, 15, 30, 60, 120, 24 * 60)
MOST_PARTS = 1000
MOST_MINUTES, MOST_KM = 60 * 24 * 31, 2000
OF_THE_PLAN = ("currency", "vat_rate", "vat_country", "pause_billed_as_use", "pro_rata")


def _number(label, most, initial):
    return forms.DecimalField(
        label=label, min_value=0, max_value=most, decimal_places=2, initial=initial, required=False,
        widget=UnfoldAdminDecimalFieldWidget,
    )  # fmt: skip


def _one_of(label, model, empty):
    return forms.ModelChoiceField(
        label=label, queryset=model.objects.all(), required=False, empty_label=empty, widget=UnfoldAdminSelectWidget
    )


class CalculatorForm(forms.Form):
    """A ride to try out."""

    prefix = "calc"
    use_required_attribute = False

    minutes = _number(gettext_lazy("Minutes in use"), MOST_MINUTES, 20)
    paused = _number(gettext_lazy("Minutes paused"), MOST_MINUTES, 0)
    km = _number(gettext_lazy("Kilometres"), MOST_KM, 3)
    starts_at = MomentField(label=gettext_lazy("Begins"), required=False)
    asset_type = _one_of(gettext_lazy("Asset type"), AssetType, gettext_lazy("any"))
    station = _one_of(gettext_lazy("From station"), Station, gettext_lazy("none, in the open"))
    region = _one_of(gettext_lazy("In zone"), Region, gettext_lazy("none"))
    group = _one_of(gettext_lazy("The traveller's group"), UserGroup, gettext_lazy("none"))

    @property
    def usage(self):
        """The ride: half of the use, the pause, the other half."""
        return ride(*(self.cleaned_data[name] or Decimal(0) for name in ("minutes", "paused", "km")))


def first_question():
    """The ride begins now, on the operator's clocks."""
    return {"starts_at": information.local(timezone.now()).replace(tzinfo=None)}


def ride(minutes, paused, km):
    half = Segment(AssetState.IN_USE, minutes * 30)
    return Usage((half, Segment(AssetState.PAUSED, paused * 60), half), km * 1000)


class Typed(StaffForm):
    """What is typed is read, not saved: fields and model have their say, the constraints of the database have none."""

    def _post_clean(self):
        self.instance = construct_instance(self, self.instance)
        try:
            self.instance.clean_fields(exclude=self._get_validation_exclusions())  # type: ignore[attr-defined]
            self.instance.clean()
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]


class TypedPlan(Typed):
    class Meta:
        model = PricingPlan
        fields = OF_THE_PLAN


class FarePartForm(StaffForm):
    """An amount that is missing is said to be missing; pricing is not asked about it."""

    def clean(self):
        if self.cleaned_data.get("amount") is None:
            self.instance.amount = Decimal(0)
        return super().clean()


class TypedPart(FarePartForm, Typed):
    class Meta:
        model = FarePart
        exclude = ("plan",)


def typed_tariff(data, plan_id=""):
    """(the tariff as typed on the form of a plan, what is wrong with it); None where something is. Asks no database."""
    form = TypedPlan(data)
    problems = list(_said(form))
    parts = []
    for number, part in enumerate(_filled(data), start=1):
        if part.is_valid():
            parts.append(part.instance)
        else:
            place = _("Part %(number)s") % {"number": number}
            problems += [f"{place}: {problem}" for problem in _said(part)]
    if problems:
        return None, problems
    values = tuple(part.value() for part in sorted(parts, key=lambda part: part.position))
    try:
        return Tariff(plan_id=plan_id, parts=values, **form.cleaned_data), []
    except TariffError as error:
        return None, refused(error)


def _filled(data):
    """The forms of the parts that are to stay; those that nobody touched are left out, as when saving."""
    total = data.get("parts-TOTAL_FORMS", "")
    for number in range(min(int(total), MOST_PARTS) if total.isdecimal() else 0):
        form = TypedPart(data, prefix=f"parts-{number}")
        if not data.get(form.add_prefix("DELETE")) and (data.get(form.add_prefix("id")) or form.has_changed()):
            yield form


def _said(form):
    for name, problems in form.errors.items():
        label = "" if name == "__all__" else f"{capfirst(form.fields[name].label)}: "
        yield from (f"{label}{problem}" for problem in problems)


def answer(form, typed, saved, plan):
    """The context of the answer: the fare in parts, examples beside those of the saved plan, and what holds there."""
    if not form.is_valid():
        return {"problems": list(_said(form)), "rows": None}
    if typed is None:
        return {"problems": [], "rows": None}
    usage = form.usage
    was = saved if saved is not None and saved.currency == typed.currency else None
    return {
        "problems": [],
        "rows": _rows(typed, usage),
        **_total(typed, was, usage),
        "examples": [_example(typed, was, minutes, usage) for minutes in EXAMPLE_MINUTES],
        "has_saved": was is not None,
        "sentence": sentence(typed),
        "was_sentence": sentence(saved) if saved is not None and sentence(saved) != sentence(typed) else "",
        "holds": _holds(form.cleaned_data, usage, plan),
    }


def _total(tariff, was, usage):
    fare = price(tariff, usage)
    net = fare.total_ex_vat
    told = {"total": money(fare.total, fare.currency)}
    if net is not None:
        told["vat"] = _("%(net)s net + %(vat)s VAT (%(rate)s %%)") % {
            "net": money(net, fare.currency),
            "vat": money(fare.total - net, fare.currency),
            "rate": plain(tariff.vat_rate),
        }
    if was is not None:
        told["change"] = _change(fare.total - price(was, usage).total, fare.currency)
    return told


def _rows(tariff, usage):
    """(what, how it is counted, amount) of each part that adds something, and what happens to their sum."""
    found = breakdown(tariff, usage)
    rows = [(_name(item.part), _counted(item, tariff.currency), item.amount) for item in found.items]
    most = [money(part.amount, tariff.currency) for part in tariff.parts if part.type == PartType.MAX]
    rows += [(_("Maximum"), ", ".join(most), found.capped)] if found.capped else []
    rows += [(_("Nobody is paid for riding"), "", found.floor)] if found.floor else []
    rows += [(_("Rounding"), "", found.rounding)] if found.rounding else []
    return [(what, how, money(amount, tariff.currency)) for what, how, amount in rows]


def _name(part):
    kind = {"DISCOUNT": _("discount"), "SURGE": _("surge")}.get(part.kind, "")
    paused = _("while paused") if part.asset_state == AssetState.PAUSED else ""
    words = [part.name or capfirst(str(WORDS[part.type])), *(f"({word})" for word in (kind, paused) if word)]
    return " ".join(words)


def _counted(item, currency):
    part = item.part
    if item.count is None:
        return _("once")
    count = item.count.normalize()
    count = count if -count.as_tuple().exponent <= 3 else item.count.quantize(Decimal("0.001"))
    return f"{plain(count)} × {money(part.amount, currency)} / {unit_of(part.units, part.unit_type)}"


def _example(tariff, was, minutes, usage):
    """A ride of this length at the same pace, without a pause; and as saved, and the difference."""
    in_use = usage.in_use_s
    km = Decimal(usage.distance_m) / 1000 * minutes * 60 / in_use if in_use else Decimal(0)
    trip = ride(Decimal(minutes), Decimal(0), km.quantize(Decimal("0.001")))
    total = price(tariff, trip).total
    row = {"length": duration(minutes * 60), "total": money(total, tariff.currency)}
    if was is not None:
        before = price(was, trip).total
        row |= {"saved": money(before, was.currency), "change": _change(total - before, was.currency)}
    return row


def _change(difference, currency):
    return "" if not difference else f"{'+' if difference > 0 else '−'}{money(abs(difference), currency)}"


def _holds(asked, usage, plan):
    """Sentences on what would really be charged for this type, there and then, and whether it is offered at all."""
    asset_type = asked["asset_type"]
    if asset_type is None:
        return []
    local = information.local(asked["starts_at"] or timezone.now())
    regions = {region.pk for region in (asked["region"],) if region}
    place = tariffs.Place(regions=frozenset(regions))
    if asked["station"]:
        at = tariffs.Place.at(asked["station"])
        place = tariffs.Place(at.station, at.regions | regions)
    found = tariffs.plan_of(asset_type, rules=tariffs.Rules.load(), place=place, local=local)
    return [_which(found, plan, asset_type, usage), *_for_whom(asset_type, asked["group"])]


def _which(found, plan, asset_type, usage):
    if found is None:
        return _("%(type)s has no price there and then, so it is not offered.") % {"type": asset_type}
    if plan is not None and found.pk == plan.pk:
        return _("This plan holds for %(type)s there and then.") % {"type": asset_type}
    tariff = found.tariff()
    told = {"type": asset_type, "plan": found, "total": money(price(tariff, usage).total, tariff.currency)}
    rules = PlanRule.objects.filter(plan=plan) if plan is not None else PlanRule.objects.none()
    hint = "" if rules.exists() or asset_type.default_plan_id == getattr(plan, "pk", None) else _(
        "No price rule names this plan, and it is not the plan of this type."
    )  # fmt: skip
    said = _("For %(type)s another plan holds there and then: %(plan)s, %(total)s.") % told
    return f"{said} {hint}".strip()


def _for_whom(asset_type, group):
    groups = list(asset_type.user_groups.all())
    if groups and group not in groups:
        yield _("It is offered to these groups only: %(groups)s.") % {"groups": ", ".join(map(str, groups))}
    elif group is not None:
        yield _("The group decides what is offered, not what it costs.")
