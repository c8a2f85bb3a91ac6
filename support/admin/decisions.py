"""Back office: what colleagues do about a request for support. It is asked of services, never done here."""

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action
from unfold.enums import ActionVariant

from support import services
from support.admin.forms import (
    MOST,
    AnswerForm,
    AssignForm,
    CloseForm,
    MergeForm,
    MergeSelectedForm,
    NoteForm,
    ReopenForm,
    in_short,
)
from support.models import SupportRequest
from tomp.admin import ConfirmForm, StaffAdmin, attempt, back
from tomp.errors import TompError

NOT_FOR = {
    "merged": {"answer", "close", "reopen", "take", "assign", "merge"},
    "closed": {"answer", "close", "take", "assign", "merge"},
    "open": {"reopen"},
}


class Decisions(StaffAdmin):
    """The buttons of a request, and the action of the list."""

    actions_row: tuple = ("take", "answer")
    actions: tuple = ("merge_selected",)
    actions_detail: tuple = (
        "answer",
        "take",
        "close",
        "reopen",
        {"title": _("More"), "icon": "more_horiz", "items": ["merge", "assign", "write_note"]},
    )

    def has_answer_permission(self, request, obj=None):
        return request.user.has_perm("support.change_supportrequest")

    def get_actions_detail(self, request, object_id):
        """What can be done about it as it stands."""
        asked = self.get_object(request, object_id)
        if asked is None:
            return []
        hidden = set(NOT_FOR["merged" if asked.merged_into_id else "open" if asked.waits else "closed"])
        if asked.assigned_to == request.user.get_username():
            hidden.add("take")
        if not services.alike(asked).exists():
            hidden.add("merge")
        return [each for each in super().get_actions_detail(request, object_id) if each.path not in hidden]

    @action(
        description=_("Answer"),
        icon="reply",
        permissions=["answer"],
        dialog={
            "title": _("Answer"),
            "description": _("The provider reads it when it asks how the request stands."),
            "form_class": AnswerForm,
            "form_submit_text": _("Answer"),
        },
    )
    def answer(self, request, form, object_id):
        asked = self.existing(request, object_id)
        said = {name: form.cleaned_data[name] for name in ("status", "comment", "resolution_minutes")}
        actor = request.user.get_username()
        if attempt(
            request,
            lambda: services.answer(request_id=asked.pk, now=timezone.now(), actor=actor, **said),
            lambda answer: _("Answered: %(status)s.") % {"status": answer.get_status_display()},
        ):
            self.log_change(request, asked, f"Answered: {said['status']}")
        return back(request)

    @action(
        description=_("Close"),
        icon="task_alt",
        permissions=["answer"],
        url_path="close",
        variant=ActionVariant.SUCCESS,
        dialog={
            "title": _("Close"),
            "description": _("Nothing is left to do. The provider reads what you write."),
            "form_class": CloseForm,
            "form_submit_text": _("Close"),
        },
    )
    def close(self, request, form, object_id):
        asked, actor = self.existing(request, object_id), request.user.get_username()
        result, comment = form.cleaned_data["result"], form.cleaned_data["comment"]
        if attempt(
            request,
            lambda: services.close(
                request_id=asked.pk, result=result, comment=comment, now=timezone.now(), actor=actor
            ),
            _("Closed: %(result)s.") % {"result": SupportRequest.Result(result).label},
        ):
            self.log_change(request, asked, f"Closed: {result}")
        return back(request)

    @action(
        description=_("Reopen"),
        icon="undo",
        permissions=["answer"],
        url_path="reopen",
        dialog={
            "title": _("Reopen"),
            "description": _("Somebody looks after it again. The provider reads why."),
            "form_class": ReopenForm,
            "form_submit_text": _("Reopen"),
        },
    )
    def reopen(self, request, form, object_id):
        asked, actor = self.existing(request, object_id), request.user.get_username()
        comment = form.cleaned_data["comment"]
        if attempt(
            request,
            lambda: services.reopen(request_id=asked.pk, comment=comment, now=timezone.now(), actor=actor),
            _("It is open again."),
        ):
            self.log_change(request, asked, "Reopened")
        return back(request)

    @action(
        description=_("Merge"),
        icon="merge",
        permissions=["answer"],
        url_path="merge",
        dialog={
            "title": _("Merge repeated reports"),
            "description": _("Of the open requests about this trip or vehicle. It cannot be undone."),
            "form_class": MergeForm,
            "form_submit_text": _("Merge"),
        },
    )
    def merge(self, request, form, object_id):
        self.existing(request, object_id)
        _merge(self, request, form.cleaned_data)
        return back(request)

    @admin.action(description=_("Merge repeated reports …"), permissions=["answer"])
    def merge_selected(self, request, queryset):
        """Asks first which of them stays, of those the others can be merged into."""
        asked = list(queryset.order_by("created_at", "pk")[: MOST + 1])
        if not 1 < len(asked) <= MOST:
            messages.error(request, _("Select two requests at least, and %(n)d at the most.") % {"n": MOST})
            return None
        try:
            stay = services.that_may_stay(asked)
        except TompError as refusal:
            messages.error(request, refusal.reason)
            return None
        submitted = request.POST if "_form_submitted" in request.POST else None
        form = MergeSelectedForm(request=request, data=submitted, stay=stay)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": _("Merge repeated reports"),
                "form": form,
                "selected": [(each.pk, in_short(each)) for each in asked],
                "opts": self.opts,
                "media": self.media,
                "action_checkbox": ACTION_CHECKBOX_NAME,
            }
            return TemplateResponse(request, "admin/support/supportrequest/merge.html", context)
        _merge(self, request, {**form.cleaned_data, "repeated": asked})
        return None

    @action(
        description=_("Take it"),
        icon="front_hand",
        permissions=["answer"],
        url_path="take",
        dialog={"title": _("I look after it"), "form_class": ConfirmForm, "form_submit_text": _("Take it")},
    )
    def take(self, request, form, object_id):
        return self._assign(request, object_id, request.user.get_username())

    @action(
        description=_("Assign"),
        icon="person_add",
        permissions=["answer"],
        url_path="assign",
        dialog={"title": _("Assign"), "form_class": AssignForm, "form_submit_text": _("Assign")},
    )
    def assign(self, request, form, object_id):
        return self._assign(request, object_id, form.cleaned_data["to"])

    def _assign(self, request, object_id, to):
        asked, actor = self.existing(request, object_id), request.user.get_username()
        if attempt(
            request,
            lambda: services.assign(request_id=asked.pk, to=to, actor=actor, now=timezone.now()),
            lambda asked: _("It is with %(whom)s now.") % {"whom": asked.assigned_to or _("nobody")},
        ):
            self.log_change(request, asked, f"Assigned to {to or 'nobody'}")
        return back(request)

    @action(
        description=_("Note"),
        icon="sticky_note_2",
        permissions=["answer"],
        url_path="note",
        dialog={
            "title": _("Internal note"),
            "description": _("Colleagues read it; the provider never does."),
            "form_class": NoteForm,
            "form_submit_text": _("Write"),
        },
    )
    def write_note(self, request, form, object_id):
        asked, actor = self.existing(request, object_id), request.user.get_username()
        text = form.cleaned_data["text"]
        if attempt(
            request,
            lambda: services.note(request_id=asked.pk, text=text, actor=actor, now=timezone.now()),
            _("Noted."),
        ):
            self.log_change(request, asked, "Wrote a note")
        return back(request)


def _merge(site, request, chosen):
    """What was chosen in a form is done, told and recorded, or refused."""
    kept, repeated = chosen["kept"], [asked.pk for asked in chosen["repeated"]]
    if attempt(
        request,
        lambda: services.merge(
            kept_id=kept.pk,
            repeated_ids=repeated,
            comment=chosen["comment"],
            now=timezone.now(),
            actor=request.user.get_username(),
        ),
        lambda done: _merged(*done),
    ):
        merged = SupportRequest.objects.filter(pk__in=repeated).exclude(pk=kept.pk).order_by("pk")
        site.log_change(request, kept, "Merged into this: " + ", ".join(f"#{asked.pk}" for asked in merged))
        told = f"Merged into #{kept.pk}"
        LogEntry.objects.log_actions(request.user.pk, merged, CHANGE, told, single_object=False)


def _merged(kept, repeated):
    text = ngettext(
        "%(n)d request was merged into #%(kept)s.", "%(n)d requests were merged into #%(kept)s.", len(repeated)
    )
    return text % {"n": len(repeated), "kept": kept.pk}
