"""How staff type what a booking asks: for each kind of condition the fields it has, instead of JSON."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from fleet import condition_rules
from fleet.admin.steps import StepsPart, plain
from fleet.models import Condition
from fleet.models.schedule import WEEKDAYS
from fleet.steps import CONDITIONS
from tomp.admin import Stacked
from tomp.forms import JSONFormField, StaffForm, WordsField

HOURS = re.compile(r"([A-Z ,]+?)\s+(\d\d:\d\d)\s*[-–]\s*(\d\d:\d\d)")
MOST_CONDITIONS = 100


def _text(**kwargs):
    return forms.CharField(**{"required": False, "widget": UnfoldAdminTextInputWidget, **kwargs})


def _number(**kwargs):
    return forms.DecimalField(**{"widget": UnfoldAdminDecimalFieldWidget({"step": "any"}), **kwargs})


class HoursField(forms.CharField):
    """Hours as lines: MON TUE 07:00-22:00."""

    widget = UnfoldAdminTextareaWidget({"rows": 2})

    def prepare_value(self, value):
        if not isinstance(value, list):
            return value
        return "\n".join(f"{' '.join(row['days'])} {row['opens']}-{row['closes']}" for row in value)

    def to_python(self, value):
        return [self._row(line.strip()) for line in (value or "").splitlines() if line.strip()]

    def _row(self, line):
        found = HOURS.fullmatch(line.upper())
        days = re.findall("[A-Z]+", found[1]) if found else []
        if not found or set(days) - set(WEEKDAYS):
            raise ValidationError(_("“%(line)s”: days and hours are expected, MON TUE 07:00-22:00.") % {"line": line})
        return {"days": days, "opens": found[2], "closes": found[3]}


class Part(forms.Form):
    """The fields of one kind. What is left empty is not kept."""

    id = _text(label=_("Id"), max_length=100, help_text=_("If providers refer to it."))
    field_order: tuple[str, ...] | None = None

    def details(self):
        """As fleet/condition_rules.py describes them."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [], {})}


class DepositPart(Part):
    amount = _number(label=_("Amount"), help_text=_("VAT included."))
    currency = _text(label=_("Currency"), required=True, min_length=3, max_length=3, help_text=_("ISO 4217: EUR."))
    vat_rate = _number(label=_("VAT, percent"), required=False)
    vat_country = _text(label=_("Country of the VAT"), max_length=2, help_text=_("ISO 3166-1: NL."))
    field_order = ("amount", "currency", "vat_rate", "vat_country", "id")

    def details(self):
        numbers = {name: value for name in ("amount", "vat_rate") if (value := self.cleaned_data[name]) is not None}
        return super().details() | {name: f"{value:f}" for name, value in numbers.items()}


class BookingDataPart(Part):
    required_fields = forms.MultipleChoiceField(
        label=_("Data"),
        choices=[(word, word) for word in condition_rules.BOOKING_DATA],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("NAME is first and last name. Words of 1.6 only are not shown to readers of 1.5."),
    )
    claims = WordsField(label=_("Claims"), required=False, help_text=_("For BLOCKCHAIN_CLAIMS, with commas: ABOVE_18."))
    field_order = ("required_fields", "claims", "id")


class ReturnAreaPart(Part):
    station_id = _text(label=_("Station"), help_text=_("Its id; or a polygon, or a point."))
    area = JSONFormField(label=_("Polygon"), required=False, help_text=_("GeoJSON Polygon, longitude first."))
    lat = forms.FloatField(
        label=_("Point: latitude"), required=False, widget=UnfoldAdminDecimalFieldWidget({"step": "any"})
    )
    lng = forms.FloatField(
        label=_("Point: longitude"), required=False, widget=UnfoldAdminDecimalFieldWidget({"step": "any"})
    )
    hours = HoursField(
        label=_("Hours"), required=False, help_text=_("A line each: MON TUE 07:00-22:00. None = always.")
    )
    field_order = ("station_id", "area", "lat", "lng", "hours", "id")

    def details(self):
        details = super().details()
        point = {name: details.pop(name) for name in ("lat", "lng") if name in details}
        return details | ({"coordinates": point} if point else {})


class FormPart:
    """A Part on the page of an asset type."""

    def __init__(self, form, kind, *, prefix, data, details):
        self.kind = kind
        self.form = form(data, prefix=prefix, initial={**details, **details.get("coordinates", {})})

    @property
    def html(self):
        return render_to_string("admin/widgets/part.html", {"form": self.form})

    def details(self):
        """What was typed. Raises ValidationError; it is said beside the field too."""
        if not self.form.is_valid():
            raise ValidationError(
                [f"{self.form[name].label}: {' '.join(texts)}" for name, texts in self.form.errors.items()]
            )
        return self.form.details()

    def normal(self, details):
        return details


class StepsOfCondition:
    """The rows of steps on the page of an asset type."""

    def __init__(self, name, kind, *, prefix, data, details):
        self.kind = kind
        self.part = StepsPart(name, prefix=prefix, data=data, initial=details.get("steps"))

    @property
    def html(self):
        return self.part.html

    def details(self):
        """What was typed. Raises ValidationError."""
        return {"steps": self.part.steps()}

    def normal(self, details):
        return {"steps": [plain(step) for step in details.get("steps", ())]}


FORMS = {
    Condition.Kind.DEPOSIT: DepositPart,
    Condition.Kind.REQUIRE_BOOKING_DATA: BookingDataPart,
    Condition.Kind.RETURN_AREA: ReturnAreaPart,
}


def part_of(kind, **kwargs):
    """What is shown of a condition of this kind."""
    if kind in CONDITIONS:
        return StepsOfCondition(CONDITIONS[kind], kind, **kwargs)
    return FormPart(FORMS.get(kind, Part), kind, **kwargs)


class DetailsWidget(forms.Widget):
    """The fields of the kind; of a new condition those of all kinds, of which a script shows the chosen."""

    def __init__(self, kind=""):
        self.kinds = [kind] if kind else Condition.Kind.values
        super().__init__()

    def _parts(self, name, *, data=None, details=None):
        return {kind: part_of(kind, prefix=f"{name}-{kind}", data=data, details=details or {}) for kind in self.kinds}

    def value_from_datadict(self, data, files, name):
        return self._parts(name, data=data)

    def value_omitted_from_data(self, data, files, name):
        return False

    def render(self, name, value, attrs=None, renderer=None):
        is_typed = bool(value) and set(value) <= set(Condition.Kind.values)
        parts = value if is_typed else self._parts(name, details=value)
        identity = (attrs or {}).get("id", f"id_{name}")
        return render_to_string("admin/widgets/condition_details.html", {"parts": parts.values(), "id": identity})


class DetailsField(forms.Field):
    """Its value is {kind: part}: which of them counts, the form of the condition knows."""

    def __init__(self, kind=""):
        super().__init__(label=_("Details"), required=False, widget=DetailsWidget(kind))

    def has_changed(self, initial, data):
        if len(data) > 1:
            return False  # a new row is one when a kind is chosen
        [part] = data.values()
        try:
            return part.details() != part.normal(initial or {})
        except ValidationError:
            return True


class ConditionForm(StaffForm):
    """The kind of a condition is chosen once; its details are checked by the model."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kind = self.instance.kind if self.instance.pk else ""
        self.fields["details"] = DetailsField(kind)
        self.fields["kind"].disabled = bool(kind)

    def clean(self):
        data = super().clean() or {}
        if data.get("kind"):
            try:
                data["details"] = data["details"][data["kind"]].details()
            except ValidationError as error:
                self.add_error("details", error)
        return data


class ConditionInline(Stacked):
    model = Condition
    form = ConditionForm
    max_num = MOST_CONDITIONS
    fieldsets = ((None, {"fields": (("kind", "position"), "details")}),)

    class Media:
        js = ("fleet/conditions.js",)

    def get_formset(self, request, obj=None, **kwargs):
        """Each row has the fields of all kinds: as many as somebody claims would keep a process busy for minutes."""
        return super().get_formset(request, obj, **{"absolute_max": MOST_CONDITIONS, **kwargs})
