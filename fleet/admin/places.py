"""Back office: the operator itself, its regions and its stations."""

import json
from collections.abc import Sequence
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget

from fleet import shapes, zoning
from fleet.admin.steps import StepsField
from fleet.admin.tables import StationTable, TableAdmin
from fleet.models import Region, Station, System
from fleet.polygons import check_polygon, wound
from tomp.admin import HistoryAdmin, label
from tomp.forms import JSONFormField, StaffForm, WordsField
from tomp.language import TAG
from tomp.words import grouped

REGION_COLOURS = {
    Region.Kind.OPERATING: "success",
    Region.Kind.NO_ACCESS: "danger",
    Region.Kind.NO_PARKING: "danger",
    Region.Kind.PARKING: "info",
    Region.Kind.DISCOUNT: "info",
    Region.Kind.SPEEDLIMIT: "warning",
}


class SystemForm(StaffForm):
    """Typing errors here would be felt in every answer, so time zone and languages are checked."""

    languages = WordsField(help_text=_("BCP 47 tags with commas, the default first: en, nl."))
    planning_steps = StepsField("planning", label=_("While planning"), help_text=_("Shown with every result."))
    booking_steps = StepsField("booking", label=_("While booking"), help_text=_("Shown in that state of a booking."))
    timezone = forms.ChoiceField(
        choices=[(name, name) for name in sorted(available_timezones())], widget=UnfoldAdminSelectWidget
    )

    def clean_languages(self):
        languages = self.cleaned_data["languages"]
        for tag in languages:
            if not TAG.match(tag):
                raise ValidationError(_("“%(tag)s” is not a language tag.") % {"tag": tag})
        return languages


@admin.register(System)
class SystemAdmin(HistoryAdmin):
    """There is one row, and it is never deleted."""

    form = SystemForm
    list_display = ("__str__", "system_id", "timezone", "email", "phone_number")
    fieldsets = (
        (None, {"fields": ("system_id", "name", "short_name", "operator", "product_type", "start_date")}),
        (_("Language and time"), {"fields": ("languages", "timezone")}),
        (_("Contact"), {"fields": ("phone_number", "email", "feed_contact_email", "url", "purchase_url")}),
        (_("What travellers are shown"), {"fields": ("planning_steps", "booking_steps")}),
        (
            _("Terms and apps"),
            {
                "fields": (
                    "terms",
                    ("terms_url", "terms_updated_on"),
                    ("privacy_url", "privacy_updated_on"),
                    "license_url",
                    "rental_apps",
                )
            },
        ),
        (_("What MaaS providers must say"), {"fields": ("availability_needs", "must_be_addressed")}),
    )

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not System.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False


class AreaField(JSONFormField):
    """An area typed or pasted: GeoJSON of any kind, or WKT. Several polygons become one MultiPolygon."""

    def __init__(self, **kwargs):
        super().__init__(required=False, **kwargs)

    def to_python(self, value):
        if value in self.empty_values:
            return None
        return value if isinstance(value, dict) else shapes.as_geojson(shapes.polygons(value))


class RegionForm(StaffForm):
    """Reads an area that was drawn, typed or sent as a file, and refuses what is none.

    A region is one polygon: of several the first is this region's, `further` are the others. `remarks` are what the
    colleague should know of the area before it is saved.
    """

    area = AreaField(label=_("Area"), help_text=_("GeoJSON or WKT, longitude before latitude, rings closed."))
    area_file = forms.FileField(
        label=_("or a file"),
        required=False,
        widget=UnfoldAdminFileFieldWidget({"accept": ".json,.geojson,.wkt,.txt,application/geo+json"}),
        help_text=_("GeoJSON or WKT; it replaces the area above."),
    )
    further: Sequence = ()
    remarks: Sequence = ()

    def clean_area_file(self):
        file = self.cleaned_data["area_file"]
        if file is None:
            return None
        if file.size > shapes.LONGEST:
            raise ValidationError(_("At most %(most)s characters are read.") % {"most": grouped(shapes.LONGEST)})
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValidationError(_("This file is no text in UTF-8.")) from error
        return shapes.as_geojson(shapes.polygons(text))

    def clean(self):
        cleaned = super().clean() or self.cleaned_data
        drawn = cleaned.get("area_file") or cleaned.get("area")
        if cleaned.get("area_file"):
            self.changed_data.append("area")
        if drawn is None:
            if not self.has_error("area") and not self.has_error("area_file"):
                self.add_error("area", _("Draw the area."))
            return cleaned
        self.remarks = zoning.remarks(self.sketch(drawn))
        errors = [remark.text for remark in self.remarks if remark.is_error]
        if errors:
            self.add_error("area", errors)
            return cleaned
        first, *self.further = [wound(part) for part in shapes.parts(drawn)]
        return {**cleaned, "area": first}

    def sketch(self, drawn):
        """The region as this form describes it."""
        cleaned = self.cleaned_data
        return zoning.Sketch(
            parts=shapes.parts(drawn),
            kind=cleaned.get("kind") or Region.Kind.OPERATING,
            max_speed_kmh=cleaned.get("max_speed_kmh"),
            asset_types=frozenset(kind.pk for kind in cleaned.get("asset_types") or ()),
            starts_at=cleaned.get("starts_at"),
            ends_at=cleaned.get("ends_at"),
            region_id=self.instance.pk,
        )

    def drawn(self):
        """All the polygons of the valid form as one text."""
        parts = [self.cleaned_data["area"], *self.further]
        return json.dumps(shapes.as_geojson([part["coordinates"] for part in parts]))

    def add_error(self, field, error):
        """One reason per field: the model repeats what was found here."""
        if field is None and hasattr(error, "error_dict") and self.has_error("area"):
            error.error_dict.pop("area", None)
        super().add_error(field, error)


@admin.register(Region)
class RegionAdmin(HistoryAdmin):
    """The operating area and the zones in it."""

    form: type[StaffForm] = RegionForm
    also_saved = ("south", "north", "west", "east")
    list_display = ("__str__", "region_id", "kind_label", "max_speed_kmh", "points", "starts_at", "ends_at")
    list_filter = (("kind", ChoicesDropdownFilter), ("asset_types", AutocompleteSelectFilter))
    search_fields = ("region_id", "name", "source_id")
    autocomplete_fields = ("asset_types",)
    readonly_fields = ("points", "box", "source_id")
    fieldsets = (
        (None, {"fields": ("region_id", "name", "kind", "max_speed_kmh", "asset_types")}),
        (_("In force"), {"fields": (("starts_at", "ends_at"),)}),
        (_("Area"), {"fields": ("area", "area_file", ("points", "box"), "source_id")}),
    )

    @display(description=_("kind"), ordering="kind")
    def kind_label(self, region):
        return label(region.kind, region.get_kind_display(), REGION_COLOURS)

    @display(description=_("points"))
    def points(self, region):
        return sum(len(ring) for ring in region.area["coordinates"]) if region.area else None

    @display(description=_("box (south, west – north, east)"))
    def box(self, region):
        if region.south is None:
            return None
        return f"{region.south:.5f}, {region.west:.5f} – {region.north:.5f}, {region.east:.5f}"


class StationForm(StaffForm):
    """Refuses a place that is none; the area, if it has one, is a MultiPolygon."""

    area = AreaField(
        label=_("Area"), help_text=_("GeoJSON or WKT: who stops in it is at the station; empty = near its place.")
    )

    def clean_area(self):
        area = self.cleaned_data["area"]
        if area is None:
            return None
        parts = shapes.parts(area)
        for part in parts:
            check_polygon(part)
        return {"type": "MultiPolygon", "coordinates": [wound(part)["coordinates"] for part in parts]}


@admin.register(Station)
class StationAdmin(TableAdmin, HistoryAdmin):
    """Where vehicles stand, and how many do."""

    form: type[StaffForm] = StationForm
    resource_classes = (StationTable,)

    list_display = (
        "__str__",
        "station_id",
        "region",
        "capacity",
        "vehicles",
        "has_docks",
        "is_renting",
        "is_returning",
    )
    list_filter = (
        ("region", AutocompleteSelectFilter),
        "is_renting",
        "is_returning",
        "is_installed",
        "has_docks",
        "is_virtual",
        "is_charging",
    )
    list_select_related = ("region",)
    search_fields = ("station_id", "name", "street_address", "city", "source_id")
    autocomplete_fields = ("region",)
    readonly_fields = ("vehicles", "source_id")
    fieldsets = (
        (None, {"fields": ("station_id", "name", "region", "vehicles", "source_id")}),
        (_("Service"), {"fields": (("is_installed", "is_renting", "is_returning"),)}),
        (
            _("Place"),
            {"fields": (("lat", "lon"), "street_address", ("postal_code", "city"), "cross_street", "contact_phone")},
        ),
        (
            _("Equipment"),
            {"fields": (("capacity", "parking_type"), ("has_docks", "is_virtual", "is_charging"), "area")},
        ),
    )

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(vehicle_count=Count("assets"))

    @display(description=_("vehicles here"), ordering="vehicle_count")
    def vehicles(self, station):
        return getattr(station, "vehicle_count", 0)
