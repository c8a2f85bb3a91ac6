"""Back office: fleet lists and feeds come in, are looked at first, and can be taken back."""

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import Media
from django.http import Http404, HttpResponseNotAllowed, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from fleet.admin.import_forms import MappingForm, PlansForm, UploadForm, explanations
from fleet.admin.import_pages import STATE_COLOURS, is_to_undo, page_of, shown_tab, tabs
from fleet.importing.batches import asking, watching
from fleet.importing.errors import NotNow, UnusableInput
from fleet.importing.sheets.service import failed_lines
from fleet.importing.sheets.template import DELIMITER, template_lines, template_rows
from fleet.models import ImportBatch, ImportRow
from fleet.models.imports import ImportState, can_be
from tomp.admin import DASH, DayRangeFilter, ReadOnlyAdmin, label, moment
from tomp.sentences import told
from tomp.tables import xlsx_file
from tomp.words import each_in, grouped

PAGE = Media(css={"all": ("fleet/imports.css",)}, js=("fleet/imports.js",))
FORM_BYTES = 1024 * 1024  # what a form has beside its file
STEPS = {
    "compare": lambda batch_id, now: asking.compare(batch_id=batch_id, now=now),
    "apply": lambda batch_id, now: asking.apply(batch_id=batch_id, now=now),
    "undo": lambda batch_id, now: asking.undo(batch_id=batch_id, now=now),
    "abandon": lambda batch_id, now: asking.abandon(batch_id=batch_id),
}


def may_import(request):
    """Whoever may change vehicles may change many of them."""
    return request.user.has_perm("fleet.change_asset")


def bounded(site, view):
    """The view without its form, and `too_large` set, when more is sent than it takes: nothing of it is read."""

    @csrf_exempt  # the form would be read to find the token; admin_view asks for it all the same
    def checked(request, *args, **kwargs):
        sent = request.META.get("CONTENT_LENGTH") or "0"
        most = settings.TOMP_IMPORT_MAX_MB * asking.MB + FORM_BYTES
        request.too_large = sent.isdigit() and int(sent) > most
        if request.too_large:
            request.method = "GET"
        return site.admin_view(view)(request, *args, **kwargs)

    return checked


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    """The imports there were, and the way to the next one."""

    list_display = ("source", "kind", "state_label", "rows", "created", "imported_by")
    list_filter = (("state", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter), ("created_at", DayRangeFilter))
    list_select_related = ("imported_by",)
    search_fields = ("source", "sha256")
    search_help_text = _("File, address or SHA-256")
    actions_list = ("start",)

    def get_queryset(self, request):
        return super().get_queryset(request).defer("header", "sample", "notes", "things")

    @display(description=_("state"), ordering="state")
    def state_label(self, batch):
        return label(batch.state, batch.get_state_display(), STATE_COLOURS)

    @display(description=_("vehicles"))
    def rows(self, batch):
        told = [("new", _("new")), ("changed", _("changed")), ("wrong", _("wrong"))]
        return (
            " · ".join(f"{grouped(batch.counts[name])} {word}" for name, word in told if batch.counts.get(name)) or DASH
        )

    @display(description=_("when"), ordering="created_at")
    def created(self, batch):
        return moment(batch.created_at)

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) or request.user.has_perm("fleet.view_asset")

    def has_start_permission(self, request, obj=None):
        return may_import(request)

    @action(description=_("Import"), icon="upload_file", permissions=["start"], url_path="start")
    def start(self, request):
        return redirect("admin:fleet_importbatch_upload")

    def get_urls(self):
        def named(route, view, name):
            return path(route, view, name=f"fleet_importbatch_{name}")

        site = self.admin_site
        return [
            named("upload/", bounded(site, self.upload), "upload"),
            named("template/", site.admin_view(self.template), "template"),
            named("template/xlsx/", site.admin_view(self.template_xlsx), "template_xlsx"),
            named("<int:pk>/mapping/", site.admin_view(self.mapping), "mapping"),
            named("<int:pk>/plans/", site.admin_view(self.plans), "plans"),
            named("<int:pk>/progress/", site.admin_view(self.progress), "progress"),
            named("<int:pk>/failed/", site.admin_view(self.failed), "failed"),
            named("<int:pk>/step/<str:step>/", site.admin_view(self.step), "step"),
            *super().get_urls(),
        ]

    def upload(self, request):
        """A file or an address becomes a batch, or is refused in one line."""
        if not may_import(request):
            raise PermissionDenied
        if request.too_large:
            refusal = asking.too_large(gettext("The file")).told()
            return self._page(request, "upload", _("Import"), form=UploadForm(), refusal=refusal, status=413)
        is_sent = request.method == "POST"
        form = UploadForm(request.POST, request.FILES) if is_sent else UploadForm()
        if is_sent and form.is_valid():
            try:
                batch = self._begin(request, form.cleaned_data)
                self.log_addition(request, batch, [{"added": {}}])
                where = "change" if batch.kind == batch.Kind.FEED else "mapping"
                return redirect(f"admin:fleet_importbatch_{where}", batch.pk)
            except UnusableInput as refusal:
                form.add_error(None, refusal.told())
        return self._page(request, "upload", _("Import"), form=form)

    def _begin(self, request, said):
        who = {"user": request.user, "now": timezone.now(), "options": {"replace_system": said["replace_system"]}}
        if said["address"]:
            return asking.begin_address(address=said["address"], **who)
        return asking.begin_file(name=said["file"].name, content=said["file"].read(), **who)

    def template(self, request):
        """The list to fill in."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return _csv(template_lines(), "fleet-list")

    def template_xlsx(self, request):
        """The same as a spreadsheet, whose cells are texts: no IMEI is shortened."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        header, *comments = template_rows()
        return xlsx_file(header, comments, "fleet-list")

    def mapping(self, request, pk):
        """What the columns mean; then the rows are compared."""
        batch = self._batch(request, pk, changes=True)
        if batch.kind != batch.Kind.LIST or not can_be(batch, "compare"):
            return redirect("admin:fleet_importbatch_change", batch.pk)
        form = MappingForm(batch, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            try:
                asking.compare(
                    batch_id=batch.pk,
                    mapping=said["mapping"],
                    options={**batch.options, "default_type": said["default_type"]},
                    keep_as=said["keep_as"].strip(),
                    now=timezone.now(),
                )
                self.log_change(request, batch, "Said what the columns mean.")
                return redirect("admin:fleet_importbatch_change", batch.pk)
            except (UnusableInput, NotNow) as refusal:
                form.add_error(None, refusal.told())
        kept = asking.kept_mapping(batch.header)
        return self._page(
            request, "mapping", batch.source, batch=batch, form=form, kept=kept, explanations=explanations()
        )

    def plans(self, request, pk):
        """What types cost that a feed leaves without a plan; then it is compared again."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        batch = self._batch(request, pk, changes=True)
        form = PlansForm(batch, request.POST)
        if form.is_valid():
            try:
                options = {**batch.options, "plans": form.chosen}
                asking.compare(batch_id=batch.pk, options=options, now=timezone.now())
                self.log_change(request, batch, "Chose pricing plans.")
            except (UnusableInput, NotNow) as refusal:
                messages.error(request, refusal.told())
        else:
            messages.error(request, _("Choose one of the pricing plans that there are."))
        return redirect("admin:fleet_importbatch_change", batch.pk)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """The import as it is: to be mapped, at work, to be looked at, or the report."""
        batch = self.get_object(request, object_id)
        if batch is None:
            if not self.has_view_permission(request):
                raise PermissionDenied
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, batch):
            raise PermissionDenied
        if batch.state == ImportState.UPLOADED and may_import(request):
            return redirect("admin:fleet_importbatch_mapping", batch.pk)
        tab = shown_tab(batch, request.GET.get("rows"))
        can = {step: may_import(request) and can_be(batch, step) for step in STEPS}
        return self._page(
            request,
            "batch",
            batch.source,
            batch=batch,
            object=batch,
            state=self.state_label(batch),
            can=can,
            waiting=batch.counts.get("new", 0) + batch.counts.get("changed", 0),
            has_news=any(new or changed for _kind, new, changed, *_others in batch.things),
            is_to_undo=is_to_undo(batch),
            plans=PlansForm(batch) if can["compare"] and batch.unpriced else None,
            tab=tab,
            what=_("Place, type or plan") if tab.startswith("places") else _("Vehicle"),
            tabs_list=[] if batch.is_at_work else tabs(batch, tab),
            page=None if batch.is_at_work else page_of(batch, tab, request.GET.get("p")),
            progress=watching.progress(batch_id=batch.pk, now=timezone.now()),
        )

    def progress(self, request, pk):
        """For the script of the page."""
        self._batch(request, pk)
        return JsonResponse(watching.progress(batch_id=pk, now=timezone.now()))

    def failed(self, request, pk):
        """The wrong rows with the reason, to be mended and imported again."""
        batch = self._batch(request, pk)
        wrong = ImportRow.objects.filter(batch=batch, kind=ImportRow.Kind.WRONG).order_by("number")
        rows = ((row.cells or [row.vehicle], list(map(told, row.errors))) for row in wrong.iterator(chunk_size=1000))
        lines = failed_lines(batch.header or ["vehicle"], rows, DELIMITER)
        return _csv(each_in(get_language(), lines), f"failed-{batch.pk}")

    def step(self, request, pk, step):
        """Staff ask for the next step."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        batch = self._batch(request, pk, changes=True)
        if step not in STEPS:
            raise Http404
        try:
            STEPS[step](batch.pk, timezone.now())
            self.log_change(request, batch, f"Asked to {step}.")
        except (UnusableInput, NotNow) as refusal:
            messages.error(request, refusal.told())
        return redirect("admin:fleet_importbatch_change", batch.pk)

    def _batch(self, request, pk, *, changes=False):
        """Raises PermissionDenied, Http404."""
        if not (may_import(request) if changes else self.has_view_permission(request)):
            raise PermissionDenied
        return self.existing(request, str(pk))

    def _page(self, request, name, title, *, status=200, **context):
        shown = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "media": PAGE,
            "may_import": may_import(request),
            "limits": {"mb": settings.TOMP_IMPORT_MAX_MB, "rows": grouped(settings.TOMP_IMPORT_MAX_ROWS)},
            "has_view_permission": True,
            **context,
        }
        return TemplateResponse(request, f"admin/fleet/importbatch/{name}.html", shown, status=status)


def _csv(lines, name):
    def encoded():
        yield "\ufeff"
        yield from lines

    response = StreamingHttpResponse(encoded(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
