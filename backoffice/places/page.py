"""Back office: regions and stations on the map; a change that has consequences shows them before it is saved."""

from copy import copy
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import action, display

from backoffice.ground import ground
from backoffice.places import drawing
from backoffice.places.effects import Look, Where, compared
from fleet import geo, zoning
from fleet.admin.places import RegionForm, StationForm
from fleet.models import Region, Station
from tomp.admin import StaffAdmin
from tomp.forms import StaffForm

SEEN, EDIT = "_seen", "_edit"
METRES_AROUND = 1_000


class ShownFirst(Exception):
    """What was about to be saved has consequences that nobody has seen; it ends the transaction."""

    def __init__(self, effects, remarks, hidden):
        super().__init__()
        self.effects, self.remarks, self.hidden = effects, remarks, hidden


class EditedOn(StaffForm):
    """A form that can be sent back by the page of consequences: nothing is saved, all that was typed is kept."""

    def clean(self):
        cleaned = super().clean()
        if EDIT in self.data:
            self.add_error(None, _("Nothing is saved yet."))
        return cleaned


class RegionFormOnMap(EditedOn, RegionForm):
    pass


class StationFormOnMap(EditedOn, StationForm):
    pass


class WithConsequences(StaffAdmin):
    """Saves as ever, inside its transaction looks at what became different, and takes it back unless that was seen."""

    decisive: frozenset[str] = frozenset()  # fields that can change what is offered, or where rides end

    @property
    def media(self):
        return super().media + drawing.MEDIA

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ShownFirst as shown:
            return self.consequences(request, shown, self.get_object(request, object_id) if object_id else None)

    def save_model(self, request, obj, form, change):
        if self.decisive & set(form.changed_data) and SEEN not in request.POST:
            stored = self.model.objects.get(pk=obj.pk) if change else None
            where = self.where(obj, stored, getattr(form, "further", ()))
            request.before = Look.take(where, timezone.now())
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if hasattr(request, "before"):
            now = timezone.now()
            found, remarks = compared(request.before, request.before.again(now), now), self.remarks(form)
            if found or remarks:
                raise ShownFirst(found, remarks, self.hidden(request, form))

    def hidden(self, request, form):
        """[(name, value)] of all that was typed."""
        skipped = {"csrfmiddlewaretoken", EDIT}
        return [(name, value) for name in request.POST if name not in skipped for value in request.POST.getlist(name)]

    def remarks(self, form):
        return []

    def consequences(self, request, shown, original):
        """The page that tells of them: save, or go on editing."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        context = {
            **self.admin_site.each_context(request),
            "title": _("What changes"),
            "opts": self.opts,
            "original": original,
            "effects": shown.effects,
            "remarks": shown.remarks,
            "hidden": shown.hidden,
            "cancel": reverse(f"admin:{name}_change", args=[original.pk]) if original else None,
            "is_put_back": not shown.hidden,
        }
        return TemplateResponse(request, "admin/fleet/consequences.html", context)


RegionOfItsApp: Any = type(admin.site._registry[Region])
admin.site.unregister(Region)


@admin.register(Region)
class RegionOnMap(WithConsequences, RegionOfItsApp):
    form = RegionFormOnMap
    decisive = frozenset({"area", "area_file", "kind", "asset_types", "max_speed_kmh", "starts_at", "ends_at"})
    actions_detail = ("former",)

    def get_readonly_fields(self, request, obj=None):
        return (*super().get_readonly_fields(request, obj), "on_the_map")

    def get_fieldsets(self, request, obj=None):
        """The map comes right after what the region is; a new one has no points yet to count."""
        first, *others, (title, area) = super().get_fieldsets(request, obj)
        fields = tuple(field for field in area["fields"] if obj or field not in (("points", "box"), "source_id"))
        return [first, (title, {**area, "fields": ("on_the_map", *fields)}), *others]

    @display(description=_("on the map"))
    def on_the_map(self, region):
        return drawing.map_of({**ground(), "area": "area", "sketch": reverse("admin:fleet_region_sketch")}, region)

    def where(self, region, stored, further):
        """Both shapes; the whole fleet where the first operating area is drawn or the last one given up."""
        kinds = {region.kind, stored.kind if stored else region.kind}
        others = Region.objects.filter(kind=Region.Kind.OPERATING).exclude(pk=region.pk)
        if Region.Kind.OPERATING in kinds and not others.exists():
            return Where(None)
        region.set_box()
        boxes = [_box(part) for part in further]
        boxes += [geo.Box(r.south, r.north, r.west, r.east) for r in (region, stored) if r]
        return Where(geo.around(boxes), regions=(region.pk,) if region.pk else ())

    def remarks(self, form):
        found = list(form.remarks)
        if form.further:
            text = _("A region is one area: the others become %(ids)s, without price rules and hours of their own.")
            found.append(zoning.Remark(text % {"ids": ", ".join(form.further_ids)}))
        return found

    def further_ids(self, region_id, count):
        """“centre.2”, “centre.3”, …, as an import names them; those that are taken are left out."""
        taken = set(Region.objects.filter(region_id__startswith=f"{region_id}.").values_list("region_id", flat=True))
        numbered = (f"{region_id}.{number}" for number in range(2, 2 + count + len(taken)))
        return [each for each in numbered if each not in taken][:count]

    def save_model(self, request, obj, form, change):
        """What was written in bulk has no history yet: its shape is remembered before it goes."""
        if change and "area" in form.changed_data and not obj.history.exists():
            Region.history.bulk_history_create([Region.objects.get(pk=obj.pk)])
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        if form.further:
            self.save_further(request, form)
        super().save_related(request, form, formsets, change)

    def save_further(self, request, form):
        """The other polygons as regions like this one."""
        if not self.has_add_permission(request):
            raise PermissionDenied(_("You may not add regions: draw one area only."))
        one = form.instance
        form.further_ids = self.further_ids(one.region_id, len(form.further))
        same = ("name", "kind", "max_speed_kmh", "starts_at", "ends_at")
        for region_id, area in zip(form.further_ids, form.further, strict=True):
            region = Region(region_id=region_id, area=area, **{name: getattr(one, name) for name in same})
            region.save()
            region.asset_types.set(form.cleaned_data["asset_types"])
            self.log_addition(request, region, [{"added": {}}])

    def hidden(self, request, form):
        """The area as it was read: a file cannot be sent again."""
        typed = [(name, value) for name, value in super().hidden(request, form) if name != "area"]
        return [*typed, ("area", form.drawn())]

    def get_urls(self):
        sketch = path("sketch/", self.admin_site.admin_view(require_POST(self.sketch)), name="fleet_region_sketch")
        put_back = path(
            "<int:region_id>/former/<int:history_id>/",
            self.admin_site.admin_view(self.put_back),
            name="fleet_region_put_back",
        )
        return [sketch, put_back, *super().get_urls()]

    def sketch(self, request):
        """What the server makes of a shape that is being drawn, and thinks of it."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        return JsonResponse(drawing.told(request.POST))

    @action(description=_("Former shapes"), icon="history", permissions=["view"], url_path="former")
    def former(self, request, object_id):
        """Each area it had, the newest first, to look at and to put back."""
        region = self.existing(request, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Former shapes: %(region)s") % {"region": region},
            "opts": self.opts,
            "original": region,
            "shapes": drawing.former(region),
            "may_change": self.has_change_permission(request, region),
            "told": {**ground(), "now": region.area["coordinates"]},
        }
        return TemplateResponse(request, "admin/fleet/region/former.html", context)

    def put_back(self, request, region_id, history_id):
        """A former area is the area again, after its consequences were seen."""
        region = self.existing(request, str(region_id))
        if not self.has_change_permission(request, region):
            raise PermissionDenied
        version = region.history.filter(history_id=history_id).first()
        if version is None:
            raise Http404
        if request.method != "POST":
            found = self.if_put_back(region, version.area)
            return self.consequences(request, ShownFirst(found, [], []), region)
        with transaction.atomic():
            region.area = version.area
            region._history_user = request.user
            region.save(update_fields=["area", *self.also_saved])
            self.log_change(request, region, f"Put back the area of {version.history_date:%Y-%m-%d %H:%M}")
        messages.success(request, _("%(region)s has its former shape again.") % {"region": region})
        return redirect("admin:fleet_region_change", region_id)

    def if_put_back(self, region, area):
        """What would be different."""
        now, former = timezone.now(), copy(region)
        former.area = area
        before = Look.take(self.where(former, region, ()), now)
        return compared(before, before.with_area(area, region_id=region.pk), now)


def _box(part):
    ring = part["coordinates"][0]
    return geo.Box(
        min(lat for _lon, lat in ring), max(lat for _lon, lat in ring),
        min(lon for lon, _lat in ring), max(lon for lon, _lat in ring),
    )  # fmt: skip


StationOfItsApp: Any = type(admin.site._registry[Station])
admin.site.unregister(Station)


@admin.register(Station)
class StationOnMap(WithConsequences, StationOfItsApp):
    form = StationFormOnMap
    decisive = frozenset({"lat", "lon", "region", "is_installed", "is_renting", "is_returning", "area", "capacity"})

    def get_readonly_fields(self, request, obj=None):
        return (*super().get_readonly_fields(request, obj), "on_the_map")

    def get_fieldsets(self, request, obj=None):
        return [
            (title, {**part, "fields": ("on_the_map", *part["fields"])} if ("lat", "lon") in part["fields"] else part)
            for title, part in super().get_fieldsets(request, obj)
        ]

    @display(description=_("on the map"))
    def on_the_map(self, station):
        told = {**ground(), "area": "area", "pin": ["lat", "lon"], "sketch": reverse("admin:fleet_region_sketch")}
        return drawing.map_of(told, station)

    def where(self, station, stored, further):
        places = [(each.lat, each.lon) for each in (station, stored) if each]
        boxes = [geo.box_around(lat, lon, METRES_AROUND) for lat, lon in places]
        return Where(geo.around(boxes), stations=(station.pk,) if station.pk else ())

    def remarks(self, form):
        """Places there are too few of, and vehicles that stay where the station was."""
        station = form.instance
        return drawing.about_the_vehicles(station) if {"capacity", "lat", "lon"} & set(form.changed_data) else []
