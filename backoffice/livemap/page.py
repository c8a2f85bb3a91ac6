"""What must the page of the map know before it asks? Names, colours, the base map, and where to begin."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from backoffice.ground import ground
from backoffice.livemap.asking import low_charge
from fleet.models import AssetType, Region, VehicleAlert
from fleet.models.vehicles import AssetState

REFRESH_SECONDS = 8
PERCENTS = (10, 20, 50)  # to choose from: vehicles with less charge
COLOURS = {
    AssetState.AVAILABLE: "#16a34a",
    AssetState.RESERVED: "#0ea5e9",
    AssetState.IN_USE: "#7c3aed",
    AssetState.OUT_OF_SERVICE: "#ea580c",
    AssetState.STORED: "#64748b",
    AssetState.MISSING: "#be123c",
    AssetState.RETIRED: "#94a3b8",
}


def configuration() -> dict[str, Any]:
    """All that the script is told; three statements at most."""
    return {
        "moving": reverse("live-map-moving"),
        "standing": reverse("live-map-standing"),
        "vehicle": reverse("live-map-vehicle", args=["_"]),
        "seconds": REFRESH_SECONDS,
        "states": [[state.value, str(state.label), COLOURS[state]] for state in AssetState],
        "types": [[kind.pk, str(kind)] for kind in AssetType.objects.only("type_id", "name")],
        "alerts": {value: str(label) for value, label in VehicleAlert.Kind.choices},
        "zones": {value: str(label) for value, label in Region.Kind.choices},
        "low": low_charge(),
        **ground(),
        "texts": _texts(),
    }


def _texts() -> dict[str, str]:
    return {
        "vehicles": _("{n} vehicles in view"),
        "squares": _("{n} vehicles in view: zoom in to see each"),
        "more": _("and {n} more; zoom in"),
        "updated": _("as of {time}"),
        "offline": _("The server does not answer; trying again."),
        "signedOut": _("You are signed out. Load the page again."),
        "unknown": _("No such vehicle, or nobody knows where it is."),
        "square": _("{n} vehicles: {trip} on a trip, {out} out of service, {low} nearly empty, {alerts} with an alert"),
        "station": _("{here} of {places} places taken"),
        "stationOpen": _("{here} vehicles"),
        "closed": _("closed"),
        "speed": _("at most {n} km/h"),
        "ride": _("ride"),
        "page": _("Open the page"),
    }
