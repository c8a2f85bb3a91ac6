"""Back office: the vehicles. Their state changes through fleet.services.change_service_state and nothing else."""

from django.contrib import admin, messages
from django.db.models import Q
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    AutocompleteSelectFilter,
    DropdownFilter,
    MultipleChoicesDropdownFilter,
    TextFilter,
)
from unfold.decorators import action, display

from fleet import services
from fleet.admin.bulk import BulkActions, TagsField
from fleet.admin.care import CareActions, DamageInline, MaintenanceInline
from fleet.admin.moves import ServiceMoves
from fleet.admin.offered import OfferedMixin
from fleet.admin.vehicle_form import AssetForm
from fleet.bulk import tags_of
from fleet.gateway import commands
from fleet.models import Asset, AssetPublicId, Reservation
from fleet.models.vehicles import AssetState
from tomp.admin import (
    DASH,
    ConfirmForm,
    HistoryAdmin,
    ReadOnlyAdmin,
    ReadOnlyInline,
    attempt,
    back,
    has_id,
    label,
    link,
    moment,
    short,
)
from tomp.forms import as_sentence
from tomp.reading import may_open

STATE_COLOURS = {
    AssetState.AVAILABLE: "success",
    AssetState.RESERVED: "info",
    AssetState.IN_USE: "info",
    AssetState.OUT_OF_SERVICE: "warning",
    AssetState.STORED: "",
    AssetState.MISSING: "danger",
    AssetState.RETIRED: "",
}
CHARGES = ("10", "20", "50")
WHERE_IT_IS = ("asset_type", "lat", "lon", "station", "station_slot")


class ChargeFilter(DropdownFilter):
    title = _("charge")
    parameter_name = "charge"

    def lookups(self, request, model_admin):
        below = [(percent, _("below %(percent)s %%") % {"percent": percent}) for percent in CHARGES]
        return [*below, ("unknown", _("unknown"))]

    def queryset(self, request, queryset):
        if self.value() == "unknown":
            return queryset.filter(state_of_charge__isnull=True)
        return queryset.filter(state_of_charge__lt=int(self.value())) if self.value() in CHARGES else queryset


class TagFilter(TextFilter):
    """Vehicles that have all of these tags, typed with commas."""

    title = _("tags")
    parameter_name = "tags"

    def queryset(self, request, queryset):
        wanted = tags_of(self.value() or "")
        return queryset.filter(tags__contains=wanted) if wanted else queryset


class SandboxFilter(DropdownFilter):
    """The fleet is what is real; who looks for a virtual vehicle asks for it."""

    title = _("sandbox")
    parameter_name = "sandbox"

    def lookups(self, request, model_admin):
        return [("virtual", _("virtual vehicles")), ("both", _("both"))]

    def queryset(self, request, queryset):
        return {"virtual": queryset.virtual(), "both": queryset}.get(self.value(), queryset.real())


class UsableFilter(DropdownFilter):
    title = _("use")
    parameter_name = "usable"

    def lookups(self, request, model_admin):
        return [("free", _("free to be rented")), ("yes", _("free or on a trip")), ("no", _("neither, and not stored"))]

    def queryset(self, request, queryset):
        if self.value() == "free":
            return queryset.free()
        return {"yes": queryset.usable, "no": queryset.unusable}.get(self.value(), lambda: queryset)()


class FormerPublicIds(ReadOnlyInline):
    model = AssetPublicId
    fields = ("public_id", "replaced")
    readonly_fields = ("replaced",)
    hide_title = True
    per_page = 10

    @display(description=_("replaced at"))
    def replaced(self, former):
        return moment(former.replaced_at)


class ReservationInline(ReadOnlyInline):
    model = Reservation
    fields = ("leg", "station", "since", "until")
    readonly_fields = fields
    hide_title = True

    @display(description=_("held for the leg"))
    def leg(self, reservation):
        return leg_link(reservation)

    @display(description=_("from"))
    def since(self, reservation):
        return moment(reservation.period.lower)

    @display(description=_("until"))
    def until(self, reservation):
        return moment(reservation.period.upper) if reservation.period.upper else _("the ride ends")


def leg_link(reservation):
    return link(reverse("admin:legs_leg_change", args=[reservation.leg_id]), short(reservation.leg_id))


@admin.register(Asset)
class AssetAdmin(OfferedMixin, BulkActions, CareActions, ServiceMoves, HistoryAdmin):
    """Find a vehicle by anything printed on it or published about it."""

    form = AssetForm
    list_display = (
        "vehicle_number", "asset_type", "state_label", "state_reason", "station", "charge",
        "vehicle_code", "license_plate", "reported",
    )  # fmt: skip
    list_filter = (
        ("state", MultipleChoicesDropdownFilter),
        ("asset_type", AutocompleteSelectFilter),
        ("station", AutocompleteSelectFilter),
        ChargeFilter,
        UsableFilter,
        TagFilter,
        SandboxFilter,
    )
    list_select_related = ("asset_type", "station")
    search_fields = (
        "vehicle_number",
        "vehicle_code",
        "license_plate",
        "name",
        "serial_number",
        "imei",
        "mac",
        "nfc_id",
    )
    search_help_text = _("Number, code, plate, name, serial number, IMEI, MAC, NFC tag, public id (also a former one)")
    actions = (*ServiceMoves.actions, *BulkActions.actions)
    actions_list = ("import_vehicles",)
    actions_detail = (*ServiceMoves.actions_detail, "locate", "offered_to", "report_damage", "maintain")
    history_list_display = ("service",)
    autocomplete_fields = ("asset_type", "station", "home_station", "pricing_plan")
    readonly_fields = (
        "state_label", "state_reason", "offered", "public_id", "trips", "lock_state", "reported_at", "source_id",
        "damages", "script",
    )  # fmt: skip
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "vehicle_number",
                    "asset_type",
                    ("state_label", "state_reason"),
                    "offered",
                    ("public_id", "trips"),
                )
            },
        ),
        (
            _("Place and condition"),
            {
                "fields": (
                    ("lat", "lon"),
                    ("station", "station_slot"),
                    "home_station",
                    ("state_of_charge", "range_m", "odometer_m"),
                    ("lock_state", "reported_at"),
                    "damages",
                )
            },
        ),
        (
            _("What is printed on it"),
            {"fields": (("vehicle_code", "license_plate", "name"), ("mac", "nfc_id", "imei", "serial_number"))},
        ),
        (_("Price and notes"), {"fields": ("pricing_plan", "tags", "notes", "source_id", "script")}),
    )

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "tags":
            return TagsField(required=False, help_text=db_field.help_text)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if form.remark:
            messages.warning(request, as_sentence(form.remark))

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return (*fields, *WHERE_IT_IS) if obj and obj.is_on_a_trip else fields

    def get_inlines(self, request, obj):
        if obj is None:
            return ()
        held = (ReservationInline,) if obj.is_on_a_trip else ()
        return (*held, DamageInline, MaintenanceInline, FormerPublicIds)

    def get_fieldsets(self, request, obj=None):
        """A new vehicle has no state and no public id to show yet."""
        first, *others = super().get_fieldsets(request, obj)
        return [first, *others] if obj else [(None, {"fields": ("vehicle_number", "asset_type")}), *others]

    def get_search_results(self, request, queryset, search_term):
        former = AssetPublicId.objects.filter(has_id("public_id", search_term)).values_list("asset", flat=True)
        by_id = queryset.filter(has_id("public_id", search_term) | Q(pk__in=list(former)))
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return found | by_id, may_repeat

    @display(description=_("state"), ordering="state")
    def state_label(self, asset):
        return label(asset.state, asset.get_state_display(), STATE_COLOURS)

    @display(description=_("charge"), ordering="state_of_charge")
    def charge(self, asset):
        return DASH if asset.state_of_charge is None else f"{asset.state_of_charge} %"

    @display(description=_("reported"), ordering="reported_at")
    def reported(self, asset):
        return moment(asset.reported_at)

    @display(description=_("trips"))
    def trips(self, asset):
        address = f"{reverse('admin:legs_leg_changelist')}?asset__id__exact={asset.pk}"
        return link(address, _("All trips")) if may_open(address) else DASH

    @action(description=_("Import"), icon="upload_file", permissions=["change"], url_path="import")
    def import_vehicles(self, request):
        return redirect("admin:fleet_importbatch_upload")

    @action(
        description=_("Locate"),
        icon="my_location",
        permissions=["change"],
        url_path="locate",
        dialog={
            "title": _("Locate"),
            "description": _("The vehicle is told to make itself known."),
            "form_class": ConfirmForm,
            "form_submit_text": _("Locate"),
        },
    )
    def locate(self, request, form, object_id):
        asset_id = self.existing(request, object_id).pk
        attempt(
            request,
            lambda: commands.locate(asset_id=asset_id, now=timezone.now()),
            lambda asset: _("%(asset)s was told to make itself known.") % {"asset": asset},
        )
        return back(request)

    def get_actions_detail(self, request, object_id):
        """Only what has a gateway can be told something."""
        shown, told = super().get_actions_detail(request, object_id), commands.gateways()
        asset = self.get_object(request, object_id) if told else None
        if asset is not None and asset.asset_type_id in told and not asset.is_virtual:
            return shown
        return [each for each in shown if getattr(each, "path", None) != "locate"]

    def service(self, record):
        """A column of the history."""
        return (
            f"{record.get_state_display()} ({record.state_reason})"
            if record.state_reason
            else record.get_state_display()
        )

    def move(self, asset_id, move, reason):
        return services.change_service_state(asset_id=asset_id, move=move, reason=reason, now=timezone.now())


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    """What is held right now: a vehicle, or one of a type."""

    list_display = ("leg", "asset_type", "asset", "station", "since", "until")
    list_filter = (("asset_type", AutocompleteSelectFilter), ("station", AutocompleteSelectFilter))
    list_select_related = ("asset_type", "asset", "station")
    search_fields = ("asset__vehicle_number",)
    search_help_text = _("Vehicle number or leg id")
    fields = list_display
    readonly_fields = list_display
    leg = ReservationInline.leg
    since = ReservationInline.since
    until = ReservationInline.until

    def get_search_results(self, request, queryset, search_term):
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return found | queryset.filter(has_id("leg_id", search_term)), may_repeat
