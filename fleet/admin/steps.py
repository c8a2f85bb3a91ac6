"""How staff type steps: one row each, in any of the languages, put in order by a number."""

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminURLInputWidget,
    UnfoldBooleanWidget,
)

from fleet import steps
from tomp.forms import LocalizedTextFormField, WebAddressField

DEFAULTS = {"type": "PLAIN_TEXT", "goal": "INSTRUCTIONS"}
MOST_STEPS = 100
EMPTY_ROWS = 3
SMALL = "width: 5rem; min-width: 0"


def _choices(words, *, blank=False):
    return [*([("", "---------")] if blank else []), *((word, word) for word in words)]


class StepForm(forms.Form):
    """One step; which actions there are depends on the list."""

    position = forms.IntegerField(
        label=_("Order"), required=False, min_value=0, widget=UnfoldAdminIntegerFieldWidget({"style": SMALL})
    )
    action = forms.ChoiceField(widget=UnfoldAdminSelectWidget)
    type = forms.ChoiceField(
        label=_("Type"), choices=_choices(steps.TYPES), initial="PLAIN_TEXT", required=False,
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip
    goal = forms.ChoiceField(
        label=_("Goal"), choices=_choices(steps.goals()), initial="INSTRUCTIONS", required=False,
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip
    text = LocalizedTextFormField(required=False, label=_("Text"))
    url = WebAddressField(label=_("Address"), required=False, max_length=1000, widget=UnfoldAdminURLInputWidget)

    def __init__(self, *args, actions, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["action"] = forms.ChoiceField(
            label=_("Action"), choices=_choices(actions, blank=True), widget=UnfoldAdminSelectWidget
        )

    def step(self):
        """As fleet/steps.py describes it."""
        return plain({name: self.cleaned_data[name] for name in ("action", "type", "goal", "text", "url")})


def plain(step):
    """The step without what goes without saying."""
    return {name: value for name, value in step.items() if value and value != DEFAULTS.get(name)}


class StepRows(forms.BaseFormSet):
    """The steps of one list, and some empty rows."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.fields["DELETE"].widget = UnfoldBooleanWidget()
        form.fields["DELETE"].label = _("Remove")


StepFormSet = forms.formset_factory(
    StepForm, formset=StepRows, extra=EMPTY_ROWS, can_delete=True, max_num=MOST_STEPS, absolute_max=MOST_STEPS
)


class StepsPart:
    """The rows of a list ("onboarding", …) on a page: shown, read back, compared."""

    def __init__(self, name, *, prefix, data=None, initial=None):
        self.name, self.initial = name, initial or []
        rows = [{**step, "position": number} for number, step in enumerate(self.initial, start=1)]
        self.formset = StepFormSet(data, prefix=prefix, initial=rows, form_kwargs={"actions": steps.actions(name)})

    @property
    def html(self):
        return render_to_string("admin/widgets/steps.html", {"formset": self.formset})

    def steps(self):
        """What was typed, in order. Raises ValidationError; what is said about a row stands in the row too."""
        if not self.formset.is_valid():
            raise ValidationError(self._problems())
        rows = [form for form in self.formset if form.cleaned_data.get("action") and not form.cleaned_data["DELETE"]]
        rows.sort(key=lambda form: (form.cleaned_data["position"] is None, form.cleaned_data["position"]))
        return [form.step() for form in rows]

    def _problems(self):
        return [
            _("Row %(number)d, %(field)s: %(problem)s")
            % {"number": number, "field": form[name].label, "problem": " ".join(problems)}
            for number, form in enumerate(self.formset, start=1)
            for name, problems in form.errors.items()
        ] or list(self.formset.non_form_errors())


class StepsWidget(forms.Widget):
    """Rows instead of JSON."""

    def __init__(self, name, attrs=None):
        self.list_name = name
        super().__init__(attrs)

    def value_from_datadict(self, data, files, name):
        return StepsPart(self.list_name, prefix=name, data=data)

    def value_omitted_from_data(self, data, files, name):
        return f"{name}-TOTAL_FORMS" not in data

    def render(self, name, value, attrs=None, renderer=None):
        part = value if isinstance(value, StepsPart) else StepsPart(self.list_name, prefix=name, initial=value)
        return part.html


class StepsField(forms.Field):
    """The steps of a list that is no condition: those of planning and of booking."""

    def __init__(self, name, **kwargs):
        super().__init__(**{"required": False, "widget": StepsWidget(name), **kwargs})

    def to_python(self, value):
        return value.steps() if isinstance(value, StepsPart) else value

    def has_changed(self, initial, data):
        try:
            return data.steps() != [plain(step) for step in initial or []]
        except ValidationError:
            return True
