"""Back office: what staff type to import a fleet list or a feed."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from fleet.importing.names import named
from fleet.importing.sheets.columns import ALIASES
from fleet.importing.sheets.template import EXPLAINED
from fleet.models import AssetType, ImportRow, PricingPlan

IGNORED = _("– not imported –")


class UploadForm(forms.Form):
    """A file, or the address of a feed."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text=_("A fleet list (CSV or XLSX), or a GBFS feed as a ZIP file of its JSON files."),
    )
    address = forms.CharField(
        label=_("or the address of a GBFS feed"),
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget({"placeholder": "https://example.org/gbfs/gbfs.json", "inputmode": "url"}),
        help_text=_("Its gbfs.json, GBFS 2.0 to 3.1. What it names is fetched once, and kept as it was."),
    )
    replace_system = forms.BooleanField(
        label=_("A feed replaces the operator's name, hours and calendar"), required=False, widget=UnfoldBooleanWidget
    )

    def clean(self):
        cleaned = super().clean() or {}
        if not self.errors and bool(cleaned.get("file")) == bool(cleaned.get("address")):
            raise ValidationError(_("Choose a file, or type an address: one of them."))
        return cleaned


class MappingForm(forms.Form):
    """For each column of the file what it means to us."""

    keep_as = forms.CharField(
        label=_("Keep these columns under the name"),
        required=False,
        max_length=80,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("The next file with the same headers is read in the same way."),
    )

    def __init__(self, batch, data=None):
        super().__init__(data)
        self.batch = batch
        types = AssetType.objects.values_list("type_id", flat=True)
        self.fields["default_type"] = forms.ChoiceField(
            label=_("Type of new vehicles that name none"),
            required=False,
            choices=[("", _("– none –")), *((name, name) for name in types)],
            initial=batch.options.get("default_type", ""),
            widget=UnfoldAdminSelectWidget,
        )
        meanings = {place: column for column, place in batch.mapping.items()}
        for place, header in enumerate(batch.header):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=header or _("(without a header)"),
                required=False,
                choices=[("", IGNORED), *((column, named(column).told()) for column in ALIASES)],
                initial=meanings.get(place, ""),
                widget=UnfoldAdminSelectWidget({"data-explains": f"explanation-{place}"}),
            )

    def columns(self):
        """What the page shows of each column: its field, and what stands in its first rows."""
        for place, _header in enumerate(self.batch.header):
            samples = [row[place] for row in self.batch.sample if row[place]]
            yield {"field": self[f"column-{place}"], "samples": samples[:3], "id": f"explanation-{place}"}

    def clean(self):
        """Our columns by place; each of ours stands in one column of the file."""
        cleaned = super().clean() or {}
        seen: dict[str, int] = {}
        for place in range(len(self.batch.header)):
            column = cleaned.get(f"column-{place}")
            if column and column in seen:
                self.add_error(
                    f"column-{place}",
                    _("“%(other)s” is %(column)s already.")
                    % {"other": self.batch.header[seen[column]], "column": named(column).told()},
                )
            elif column:
                seen[column] = place
        cleaned["mapping"] = seen
        return cleaned


class PlansForm(forms.Form):
    """For each type that a feed leaves without a pricing plan one of the feed's, or of ours."""

    def __init__(self, batch, data=None):
        super().__init__(data)
        self.batch = batch
        plans = set(PricingPlan.objects.values_list("plan_id", flat=True))
        plans |= set(ImportRow.objects.filter(batch=batch, thing="pricing plans").values_list("vehicle", flat=True))
        for place, type_id in enumerate(batch.unpriced):
            self.fields[f"plan-{place}"] = forms.ChoiceField(
                label=type_id,
                required=False,
                choices=[("", _("– none –")), *((plan, plan) for plan in sorted(plans))],
                initial=batch.options.get("plans", {}).get(type_id, ""),
                widget=UnfoldAdminSelectWidget,
            )

    @property
    def chosen(self):
        """Plan by type, of those that have one now."""
        said = (self.cleaned_data[f"plan-{place}"] for place in range(len(self.batch.unpriced)))
        return {type_id: plan for type_id, plan in zip(self.batch.unpriced, said, strict=True) if plan}


def explanations():
    """What our columns mean, for the script of the page."""
    return {column: gettext(text) for column, (text, _example) in EXPLAINED.items()}
