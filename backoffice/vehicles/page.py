"""Back office: the page of a vehicle with its story, and the way to the live map."""

from typing import Any

from django.contrib import admin
from django.urls import reverse

from backoffice.ground import ground, media
from backoffice.vehicles.story import outcome, story
from fleet.models import Asset

VehicleOfItsApp: Any = type(admin.site._registry[Asset])
admin.site.unregister(Asset)


@admin.register(Asset)
class VehicleWithStory(VehicleOfItsApp):
    """The page of a vehicle as its own app has it, with its trips, its ways and its commands."""

    change_form_outer_before_template = "admin/fleet/asset/whereabouts.html"
    change_form_outer_after_template = "admin/fleet/asset/story.html"

    @property
    def media(self):
        return super().media + media("whereabouts")

    def get_queryset(self, request):
        """With what the page says of its offer and place."""
        return super().get_queryset(request).select_related("asset_type__default_plan", "station")

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and obj.pk:
            told = story(obj, request.user)
            context |= {
                "story": told,
                "told": {**ground(), **told.drawn(obj)},
                "commands": [(command, outcome(command)) for command in told.commands or ()],
                "live_map": f"{reverse('live-map')}?vehicle={obj.pk}",
                "all_trips": f"{reverse('admin:legs_leg_changelist')}?asset__id__exact={obj.pk}",
            }
        return super().render_change_form(request, context, add, change, form_url, obj)
