"""Pages that belong to no model: the search box and the live map."""

import hashlib
import json
import time

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils.cache import get_conditional_response
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from backoffice import search as searching
from backoffice.livemap import answers, asking, page, vehicle
from tomp_operator import navigation

MOST = 100


def search(request):
    """What the search box shows while one types, in place of unfold's: nothing is kept, so nothing is out of date."""
    began = time.perf_counter()
    text = request.GET.get("s", "").strip()
    found = [*searching.find(request.user, text), *pages(request, text)] if len(text) >= searching.SHORTEST else []
    paginator = Paginator(found, MOST)
    context = {
        "page_obj": paginator,
        "results": paginator.page(1),
        "page_counter": 0,
        "execution_time": time.perf_counter() - began,
    }
    name = "command_results" if "extended" in request.GET else "search_results"
    return TemplateResponse(request, f"unfold/helpers/{name}.html", context, headers={"HX-Trigger": "search"})


def pages(request, text):
    """The pages of the sidebar with such a name."""
    for group in navigation.sidebar(request):
        for item in group["items"]:
            if text.lower() in str(item["title"]).lower():
                where = str(group["title"])
                yield {"title": str(item["title"]), "description": where, "link": item["link"], "icon": item["icon"]}


def live_map(request):
    """The page; what it shows it asks for by itself."""
    _check(request)
    context = {
        **admin.site.each_context(request),
        "title": _("Live map"),
        "configuration": page.configuration(),
        "percents": page.PERCENTS,
    }
    return TemplateResponse(request, "admin/map.html", context)


def moving(request):
    """Vehicles, alerts and rides in a box: ?box=south,north,west,east and filters (backoffice/livemap/asking.py)."""
    _check(request)
    return _answer(request, lambda: answers.moving(asking.question(request.GET), request.user))


def standing(request):
    """Stations and zones in a box."""
    _check(request)
    return _answer(request, lambda: answers.standing(asking.box(request.GET), request.user))


def one_vehicle(request, text):
    _check(request)
    asset = vehicle.find(text.replace("\x00", ""))
    if asset is None:
        raise Http404
    return JsonResponse(vehicle.told(asset, request.user))


def _check(request):
    if not request.user.has_perm("fleet.view_asset"):
        raise PermissionDenied


def _answer(request, ask):
    """What was asked for, or 304 where the caller has it; 400 with the reason for a question that makes no sense.

    Either way it says when that was so, on the operator's clocks: a browser may be elsewhere, and its clock wrong.
    """
    try:
        found = ask()
    except ValidationError as error:
        return JsonResponse({"detail": error.detail}, status=400)
    body = json.dumps(found, separators=(",", ":")).encode()
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    whole = HttpResponse(body, content_type="application/json", headers={"ETag": etag})
    response = get_conditional_response(request, etag=etag, response=whole) or whole
    response.headers["As-Of"] = date_format(localtime(), "TIME_FORMAT")
    return response
