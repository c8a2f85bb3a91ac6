"""Pages that belong to no model: the search box."""

import time

from django.core.paginator import Paginator
from django.template.response import TemplateResponse

from backoffice import search as searching
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
