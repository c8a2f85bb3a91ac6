"""Back office: damages with their photos, and maintenance; each on a page of its own and listed with its vehicle."""

from django import forms
from django.contrib import admin, messages
from django.http import FileResponse, Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldBooleanSwitchWidget

from fleet import care
from fleet.models import Damage, DamagePhoto, Maintenance
from fleet.models.care import image_type
from tomp.admin import (
    DASH,
    ConfirmForm,
    DayRangeFilter,
    HistoryAdmin,
    Inline,
    ReadOnlyInline,
    StaffAdmin,
    attempt,
    back,
    label,
    link,
    moment,
)
from tomp.forms import StaffForm

SEVERITY_COLOURS = {"UNSAFE": "danger", "SERIOUS": "warning", "LIGHT": "info", "UNKNOWN": "warning"}


class DamageForm(StaffForm):
    takes_out_of_service = forms.BooleanField(
        label=_("Take the vehicle out of service"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("A vehicle on a trip leaves service when its trip ends. An unsafe one always does."),
    )


class NewPhotoInline(Inline):
    """Photos are added with the damage, by whoever may write it; none is replaced or deleted."""

    model = DamagePhoto
    fields = ("file",)
    verbose_name = _("new photo")
    verbose_name_plural = _("new photos")
    hide_title = True
    can_delete = False

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "file":
            kwargs["widget"] = UnfoldAdminFileFieldWidget({"accept": "image/jpeg,image/png"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_queryset(self, request):
        return super().get_queryset(request).none()

    def has_add_permission(self, request, obj=None):
        return request.user.has_perm("fleet.change_damage" if obj else "fleet.add_damage")


class PhotoInline(ReadOnlyInline):
    model = DamagePhoto
    fields = ("shown",)
    readonly_fields = fields
    hide_title = True

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("fleet.view_damage") or request.user.has_perm("fleet.change_damage")

    @display(description=_("photo"))
    def shown(self, photo):
        address = photo_address(photo)
        return format_html('<a href="{}"><img src="{}" alt="" style="max-height: 12rem"></a>', address, address)


def photo_address(photo):
    return reverse("admin:fleet_damage_photo", args=[photo.damage_id, photo.pk])


class DamageInline(ReadOnlyInline):
    model = Damage
    fields = ("what", "severity_label", "reported", "repaired")
    readonly_fields = fields
    hide_title = True
    per_page = 10

    @display(description=_("damage"))
    def what(self, damage):
        return link(reverse("admin:fleet_damage_change", args=[damage.pk]), str(damage))

    @display(description=_("severity"))
    def severity_label(self, damage):
        return label(damage.severity, damage.get_severity_display(), SEVERITY_COLOURS)

    @display(description=_("reported"))
    def reported(self, damage):
        return f"{moment(damage.reported_at)} {damage.reported_by}"

    @display(description=_("repaired"))
    def repaired(self, damage):
        return f"{moment(damage.repaired_at)} {damage.repaired_by}"


class MaintenanceInline(ReadOnlyInline):
    model = Maintenance
    fields = ("what", "place", "since", "until", "done_by")
    readonly_fields = fields
    hide_title = True
    per_page = 10

    @display(description=_("motive"))
    def what(self, maintenance):
        return link(reverse("admin:fleet_maintenance_change", args=[maintenance.pk]), maintenance.motive)

    @display(description=_("from"))
    def since(self, maintenance):
        return moment(maintenance.starts_at)

    @display(description=_("until"))
    def until(self, maintenance):
        return moment(maintenance.ends_at)


class CareActions(StaffAdmin):
    """Two buttons on the page of a vehicle, which open the form of a new record of it."""

    @action(description=_("Report damage"), icon="car_crash", permissions=["report_damage"], url_path="report-damage")
    def report_damage(self, request, object_id):
        return redirect(f"{reverse('admin:fleet_damage_add')}?asset={self.existing(request, object_id).pk}")

    @action(description=_("Add maintenance"), icon="build", permissions=["add_maintenance"], url_path="maintain")
    def maintain(self, request, object_id):
        return redirect(f"{reverse('admin:fleet_maintenance_add')}?asset={self.existing(request, object_id).pk}")

    def has_report_damage_permission(self, request, object_id=None):
        return request.user.has_perm("fleet.add_damage")

    def has_add_maintenance_permission(self, request, object_id=None):
        return request.user.has_perm("fleet.add_maintenance")


class KeptAdmin(HistoryAdmin):
    """What was written stays: it is changed with history, and never deleted."""

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Damage)
class DamageAdmin(KeptAdmin):
    form = DamageForm
    list_display = ("__str__", "asset", "severity_label", "reported_at", "reported_by", "repaired_at")
    list_filter = (
        ("severity", ChoicesDropdownFilter),
        ("repaired_at", DayRangeFilter),
        ("asset", AutocompleteSelectFilter),
    )
    list_select_related = ("asset",)
    search_fields = ("description", "asset__vehicle_number", "reported_by")
    autocomplete_fields = ("asset",)
    actions_detail = ("repair",)
    readonly_fields = ("support_request", "links", "repaired_at", "repaired_by")
    fieldsets = (
        (None, {"fields": ("asset", ("part", "severity"), "description", "takes_out_of_service")}),
        (_("Reported"), {"fields": (("reported_at", "reported_by"), ("support_request", "links"))}),
        (_("Repaired"), {"fields": (("repaired_at", "repaired_by"),)}),
    )
    severity_label = DamageInline.severity_label

    def get_inlines(self, request, obj):
        return (NewPhotoInline, PhotoInline) if obj else (NewPhotoInline,)

    def get_fieldsets(self, request, obj=None):
        if obj is not None:
            return super().get_fieldsets(request, obj)
        return [self.fieldsets[0], (_("Reported"), {"fields": (("reported_at", "reported_by"),)})]

    def get_readonly_fields(self, request, obj=None):
        return (*self.readonly_fields, "asset") if obj else ()

    def get_changeform_initial_data(self, request):
        initial = {"reported_at": timezone.now(), "reported_by": request.user.get_username()}
        return initial | super().get_changeform_initial_data(request)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        is_unsafe = obj.severity == Damage.Severity.UNSAFE and (not change or "severity" in form.changed_data)
        if form.cleaned_data.get("takes_out_of_service") or is_unsafe:
            asset = care.take_out_of_service(damage=obj)
            later, now = _("%(asset)s leaves service when its trip ends."), _("%(asset)s: %(state)s.")
            text = later if asset.out_after_trip else now
            messages.success(request, text % {"asset": asset, "state": asset.get_state_display()})

    @display(description=_("support request"))
    def support_request(self, damage):
        if damage.request_id is None:
            return DASH
        return link(reverse("admin:support_supportrequest_change", args=[damage.request_id]), f"#{damage.request_id}")

    @display(description=_("photos kept elsewhere"))
    def links(self, damage):
        return format_html_join("", "<div>{}</div>", [(link(str(url), str(url)),) for url in damage.pictures]) or DASH

    @action(
        description=_("Repaired"),
        icon="check_circle",
        permissions=["change"],
        url_path="repaired",
        dialog={
            "title": _("Repaired"),
            "description": _("The vehicle is put in service on its own page; its support request is answered there."),
            "form_class": ConfirmForm,
            "form_submit_text": _("Repaired"),
        },
    )
    def repair(self, request, form, object_id):
        damage = self.existing(request, object_id)
        attempt(
            request,
            lambda: care.repair(damage_id=damage.pk, actor=request.user.get_username(), now=timezone.now()),
            _("Repaired."),
        )
        return back(request)

    def get_urls(self):
        photo = path(
            "<int:damage_id>/photo/<int:photo_id>/", self.admin_site.admin_view(self.photo), name="fleet_damage_photo"
        )
        return [photo, *super().get_urls()]

    def photo(self, request, damage_id, photo_id):
        """The file itself, to those who may see the damage."""
        found = DamagePhoto.objects.filter(damage=damage_id, pk=photo_id).first()
        if found is None or not self.has_view_permission(request):
            raise Http404
        try:
            file = found.file.open()
        except FileNotFoundError:  # a host that does not see the folder of all, or a backup without it
            raise Http404 from None
        media_type = image_type(file)
        if media_type is None:
            raise Http404
        return FileResponse(file, content_type=media_type, headers={"X-Content-Type-Options": "nosniff"})


@admin.register(Maintenance)
class MaintenanceAdmin(KeptAdmin):
    list_display = ("motive", "asset", "place", "starts_at", "ends_at", "cost", "done_by")
    list_filter = (("starts_at", DayRangeFilter), ("asset", AutocompleteSelectFilter))
    list_select_related = ("asset",)
    search_fields = ("motive", "place", "done", "done_by", "asset__vehicle_number")
    autocomplete_fields = ("asset",)
    fields = ("asset", "motive", "place", ("starts_at", "ends_at"), "done", ("cost", "done_by"))

    def get_readonly_fields(self, request, obj=None):
        return ("asset",) if obj else ()

    def get_changeform_initial_data(self, request):
        initial = {"starts_at": timezone.now(), "done_by": request.user.get_username()}
        return initial | super().get_changeform_initial_data(request)
