"""The page of the audit trail, and its export."""

from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.trail import questions, words
from fleet import information
from maas.models import MaasProvider
from tomp.serializers import moment_json
from tomp.tables import csv_file, xlsx_file

PER_PAGE = 50
LAST_PAGE = 200  # further back one filters, or exports
HEADER = ("at", "who", "provider", "what", "model", "object", "id", "field", "before", "after", "why")
FILES = {"csv": csv_file, "xlsx": xlsx_file}


def page(request):
    """Who changed what, newest first; what may not be viewed is not told."""
    _check(request)
    asked = questions.question(request.GET)
    number = _page(request.GET.get("page", ""))
    rows = questions.changes(request.user, asked, (number - 1) * PER_PAGE, PER_PAGE + 1)
    names = _names()
    filters = {name: value for name, value in request.GET.items() if name != "page" and value}
    context = {
        **admin.site.each_context(request),
        "title": _("Audit trail"),
        "changes": [words.told(row, names) for row in rows[:PER_PAGE]],
        "asked": asked,
        "models": [(name, questions.title_of(name)) for name in questions.models_of(request.user)],
        "by": {"": _("everybody"), "staff": _("colleagues"), "providers": _("providers"), "itself": _("by itself")},
        "providers": sorted(names.values()),
        "filters": urlencode(filters),
        "page": number,
        "has_more": len(rows) > PER_PAGE and number < LAST_PAGE,
    }
    return TemplateResponse(request, "admin/trail.html", context)


def export(request, kind):
    """The same rows, all of them: a line per field that changed."""
    _check(request)
    if kind not in FILES:
        raise Http404
    names = _names()
    rows = questions.all_changes(request.user, questions.question(request.GET))
    lines = (line for row in rows for line in _lines(words.told(row, names)))
    return FILES[kind](HEADER, lines, f"audit-trail-{information.local(timezone.now()).date()}")


def _lines(change):
    for field, before, after in change.differences or [("", "", "")]:
        yield (
            *(moment_json(change.at), change.actor, change.provider, change.what, change.model, change.object),
            *(change.object_id, field, before, after, change.why),
        )


def _names():
    return dict(MaasProvider.objects.values_list("pk", "maas_id"))


def _page(said):
    return min(max(int(said[:9]), 1), LAST_PAGE) if said.isascii() and said.isdigit() else 1


def _check(request):
    if not request.user.has_perm("backoffice.view_trail"):
        raise PermissionDenied
