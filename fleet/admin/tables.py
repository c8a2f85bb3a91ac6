"""Back office: small tables as CSV, out and in again. Vehicles have an import of their own (imports.py)."""

import json

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export.admin import ImportExportMixin
from import_export.fields import Field
from import_export.formats.base_formats import CSV
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget, Widget
from unfold.contrib.import_export.forms import ExportForm, ImportForm

from fleet.models import AssetType, PricingPlan, Region, Station
from tomp import strict
from tomp.language import published
from tomp.words import grouped

MOST_ROWS = 5000  # the preview is one page


class TextWidget(Widget):
    """{"en": "Market", "nl": "Markt"}, or a text alone: then it is in the first language we publish in."""

    def clean(self, value, row=None, **kwargs):
        """Raises ValueError."""
        written = (value or "").strip()
        if not written.startswith("{"):
            return {published()[0]: written} if written else {}
        return strict.loads(written)

    def render(self, value, obj=None, **kwargs):
        return json.dumps(value, ensure_ascii=False) if value else ""


class SmallTable(ModelResource):
    """Rows by our own id; columns that are missing stay as they are, and every row is checked as a form would be."""

    @override("en")
    def export(self, *args, **kwargs):
        """52.09 is written so for every reader."""
        return super().export(*args, **kwargs)

    @override("en")
    def import_field(self, *args, **kwargs):
        """It is read so, too: 52.090 would be a whole number to a Dutch reader."""
        return super().import_field(*args, **kwargs)

    def before_import(self, dataset, **kwargs):
        if len(dataset) > MOST_ROWS:
            raise ValueError(_("At most %(rows)s rows: split the file.") % {"rows": grouped(MOST_ROWS)})


class Meta:
    """What the tables have in common."""

    skip_unchanged = True
    use_transactions = True
    clean_model_instances = True


class StationTable(SmallTable):
    name = Field("name", "name", TextWidget())
    region = Field("region", "region", ForeignKeyWidget(Region, "region_id"))

    class Meta(Meta):
        model = Station
        import_id_fields = ("station_id",)
        fields = (
            "station_id", "name", "lat", "lon", "region", "street_address", "city", "postal_code", "cross_street",
            "contact_phone", "capacity", "has_docks", "is_virtual", "is_charging", "parking_type", "is_installed",
            "is_renting", "is_returning",
        )  # fmt: skip
        export_order = fields


class AssetTypeTable(SmallTable):
    name = Field("name", "name", TextWidget())
    default_plan = Field("default_plan", "default_plan", ForeignKeyWidget(PricingPlan, "plan_id"))

    class Meta(Meta):
        model = AssetType
        import_id_fields = ("type_id",)
        fields = (
            "type_id", "name", "asset_class", "asset_subclass", "form_factor", "propulsion", "max_range_m",
            "default_plan", "booked_by", "return_rule", "hold_minutes", "min_charge_percent", "minimum_age", "licence",
        )  # fmt: skip
        export_order = fields


class PricingPlanTable(SmallTable):
    name = Field("name", "name", TextWidget())
    description = Field("description", "description", TextWidget())

    class Meta(Meta):
        model = PricingPlan
        import_id_fields = ("plan_id",)
        fields = (
            "plan_id", "name", "description", "url", "currency", "vat_rate", "vat_country", "pause_billed_as_use",
            "pro_rata",
        )  # fmt: skip
        export_order = fields


class TableAdmin(ImportExportMixin):
    """The buttons “Import” and “Export” above a list; a formula is text when it comes out."""

    import_form_class = ImportForm
    export_form_class = ExportForm
    formats = (CSV,)

    def get_import_formats(self):
        return list(self.formats)

    def get_export_formats(self):
        return list(self.formats)

    def process_import(self, request, **kwargs):
        """What was shown is imported once; who confirms it again is told so."""
        try:
            return super().process_import(request, **kwargs)
        except FileNotFoundError:
            messages.error(request, _("This preview was confirmed already, or is too old: choose the file once more."))
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_import")

    def has_import_permission(self, request):
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request):
        return self.has_view_permission(request)
