"""The page behind a vehicle's deep link: what it is, and the apps that rent it. Nothing about anybody."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views import View

from fleet import groups, information
from fleet.models import Asset, AssetPublicId
from gbfs.editions import V2_3, Edition
from gbfs.feeds.system import rental_apps
from gbfs.standing import STANDING, is_fit
from tomp.language import in_language, preferred
from tomp.public import only_read

PLATFORMS = {"android": "Android", "ios": "iOS"}


@only_read
class VehiclePage(View):
    """404 for what was never a vehicle, 410 for one that has another id since: which one nobody learns."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, *, public_id: UUID) -> HttpResponse:
        asset = _shown(public_id)
        names_in = preferred(request.headers.get("Accept-Language"), information.languages())
        status = 200 if asset else 410
        page = render(request, "vehicle.html", _context(asset, names_in), status=status)
        page.headers["Cache-Control"] = "no-store"
        return page


def _shown(public_id: UUID) -> Asset | None:
    """The vehicle the public knows by this id; None if it had the id once. Raises Http404 for all others."""
    real = Asset.objects.real().filter(groups.open_to(None, path="asset_type"))
    asset = real.filter(public_id=public_id).select_related("asset_type", "station").first()
    if asset is None and not AssetPublicId.objects.filter(public_id=public_id, asset__in=real).exists():
        raise Http404
    return asset


def _context(asset: Asset | None, language: str) -> dict[str, Any]:
    """Names are in one of the operator's languages; our own words are in the reader's, if it is one of ours."""
    system = information.system()
    texts = Edition(V2_3, (language,))
    context = {
        "language": get_language(),
        "system": texts.text(system.name, system.system_id),
        "url": system.url,
        "apps": [{"name": PLATFORMS[platform], **uris} for platform, uris in (rental_apps(system) or {}).items()],
        "is_gone": asset is None,
    }
    if asset is None:
        return context
    may_be_had = asset.lat is not None and is_fit(asset, asset.asset_type.min_charge_percent)
    return context | {
        "type": in_language(asset.asset_type.name, language) or asset.asset_type.type_id,
        "station": in_language(asset.station.name, language) if asset.station and asset.state in STANDING else "",
        "is_free": may_be_had,
        "charge": asset.state_of_charge if asset.state in STANDING else None,
    }
