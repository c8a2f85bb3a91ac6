"""Back office: staff take vehicles out of and into service, one or many, always with the service's consent."""

from dataclasses import dataclass

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.mixins import ActionModelAdminMixin

from fleet.models.vehicles import TRIP_STATES
from tomp.admin import ConfirmForm, ReasonForm, attempt, back
from tomp.errors import NothingToDo, TompError
from tomp.words import grouped

SHOWN = 20


@dataclass(frozen=True)
class Move:
    """A transition of Asset that staff may ask for; `name` is what fleet.services calls it."""

    name: str
    title: Promise
    icon: str
    variant: ActionVariant = ActionVariant.DEFAULT
    form_class: type[BaseDialogForm] = ReasonForm


PUT_IN_SERVICE = Move(
    "put_in_service", _("Put in service"), "check_circle", ActionVariant.SUCCESS, form_class=ConfirmForm
)
TAKE_OUT_OF_SERVICE = Move("take_out_of_service", _("Take out of service"), "build", ActionVariant.WARNING)
STORE = Move("store", _("Store"), "warehouse")
REPORT_MISSING = Move("report_missing", _("Report missing"), "location_off", ActionVariant.DANGER)
RETIRE = Move("retire", _("Retire"), "delete_forever", ActionVariant.DANGER)
MOVES = (PUT_IN_SERVICE, TAKE_OUT_OF_SERVICE, STORE, REPORT_MISSING, RETIRE)


def for_one(move):
    """The button on the page of a vehicle."""

    def act(self, request, form, object_id):
        asset_id = self.existing(request, object_id).pk
        attempt(
            request,
            lambda: self.move(asset_id, move.name, form.cleaned_data.get("reason", "")),
            lambda asset: _("%(asset)s: %(state)s.") % {"asset": asset, "state": asset.get_state_display()},
        )
        return back(request)

    act.__name__ = move.name
    return action(
        act,
        description=move.title,
        icon=move.icon,
        variant=move.variant,
        permissions=["change"],
        url_path=move.name.replace("_", "-"),
        dialog={
            "title": move.title,
            "description": _("A vehicle on a trip stays as it is: its trip is ended first."),
            "form_class": move.form_class,
            "form_submit_text": move.title,
        },
    )


def for_many(move):
    """The action of the list: asks first, showing which vehicles will not move, then moves the others."""

    @admin.action(description=move.title, permissions=["change"])
    def act(self, request, queryset):
        is_answer = "_form_submitted" in request.POST
        form = move.form_class(request=request, data=request.POST if is_answer else None)
        if not form.is_valid():
            return self.ask_about(request, queryset, move, form)
        return self.move_all(request, queryset, move, form.cleaned_data.get("reason", ""))

    act.__name__ = f"{move.name}_all"
    return act


class ServiceMoves(ActionModelAdminMixin):
    """The actions on vehicles; `move(asset_id, move, reason)` calls the service and raises TompError."""

    actions = tuple(f"{move.name}_all" for move in MOVES)
    actions_detail: tuple = ({"title": _("Service"), "icon": "build", "items": [move.name for move in MOVES]},)

    put_in_service = for_one(PUT_IN_SERVICE)
    take_out_of_service = for_one(TAKE_OUT_OF_SERVICE)
    store = for_one(STORE)
    report_missing = for_one(REPORT_MISSING)
    retire = for_one(RETIRE)
    put_in_service_all = for_many(PUT_IN_SERVICE)
    take_out_of_service_all = for_many(TAKE_OUT_OF_SERVICE)
    store_all = for_many(STORE)
    report_missing_all = for_many(REPORT_MISSING)
    retire_all = for_many(RETIRE)

    def ask_about(self, request, queryset, move, form):
        """What will happen to which vehicles, before it happens."""
        moving = queryset.exclude(state__in=TRIP_STATES)
        refused = queryset.filter(state__in=TRIP_STATES)
        context = {
            **self.admin_site.each_context(request),
            "title": move.title,
            "opts": self.opts,
            "media": self.media,
            "form": form,
            "move": move,
            "action": f"{move.name}_all",
            "select_across": request.POST.get("select_across", "0"),
            "selected": request.POST.getlist(ACTION_CHECKBOX_NAME),
            "moving": {"count": moving.count(), "first": moving[:SHOWN]},
            "refused": {"count": refused.count(), "first": refused[:SHOWN]},
        }
        return TemplateResponse(request, "admin/fleet/asset/move.html", context)

    def move_all(self, request, queryset, move, reason):
        """Each vehicle by itself: one that is on a trip does not hold back the others."""
        moved, there, refusals = 0, 0, []
        for asset_id in list(queryset.values_list("pk", flat=True)):
            try:
                self.move(asset_id, move.name, reason)
                moved += 1
            except NothingToDo:
                there += 1
            except TompError as refusal:
                refusals.append(refusal.reason)
        if moved:
            text = ngettext("%(move)s: %(n)s vehicle.", "%(move)s: %(n)s vehicles.", moved)
            messages.success(request, text % {"move": move.title, "n": grouped(moved)})
        if there:
            text = ngettext("%(n)s vehicle was so already.", "%(n)s vehicles were so already.", there)
            messages.info(request, text % {"n": grouped(there)})
        for detail in refusals[:SHOWN]:
            messages.error(request, detail)
        if len(refusals) > SHOWN:
            messages.error(request, _("… and %(n)s more were refused.") % {"n": grouped(len(refusals) - SHOWN)})
