"""A decision of staff: a dialog that asks why and says what would happen; then the service that was shown does it.

One kind of dialog for all of them, on the page of a booking and of a leg, in a window over the page or, without
JavaScript, as a page of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from unfold.decorators import action
from unfold.enums import ActionVariant

from bookings.effects import foresee
from tomp.admin import ReasonForm, attempt, back

LOOK = "_look"  # only what would happen is asked for
OURS = ("_form_submitted", "reason", "seen")


class DecisionForm(ReasonForm):
    """Why, and what else the service wants to know. Whoever submits it has seen this effect, or sees it first.

    `seen` is the effect that was shown. Where it would be another one by now, because somebody typed something else
    or somebody was faster, that is shown instead of done.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    service: ClassVar[Callable]
    about: ClassVar[str] = "booking_id"
    fixed: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = timezone.now()
        if self.asked:
            self.fields["reason"].widget.attrs.pop("autofocus", None)  # one begins above it

    @property
    def booking_id(self):
        return self.object_id

    def chosen(self, answers):
        """Keywords of the service, from what was typed in the fields of this form."""
        return answers

    def decide(self, answers, reason):
        """What the service returns. It is the same call that is foreseen and then made."""
        return type(self).service(
            **{self.about: self.object_id}, **self.fixed, **self.chosen(answers), now=self.now,
            actor=self.request.user.get_username(), reason=reason,
        )  # fmt: skip

    def carry_out(self):
        return self.decide(self._answers, self.cleaned_data["reason"])

    @cached_property
    def effect(self):
        """What would happen; None as long as the fields do not say."""
        if self._answers is None:
            return None
        reason = self.cleaned_data.get("reason") if self.is_bound else None  # one that is refused is not tried out
        call = partial(self.decide, self._answers, reason or "-")
        return foresee(call, booking_id=self.booking_id, now=self.now)

    @cached_property
    def _answers(self):
        """What the fields say: as they were typed, or as they are when the dialog opens."""
        names = [name for name in self.fields if name not in OURS]
        if not self.is_bound:
            return self._initial_answers(names)
        if self.errors.keys() - set(OURS):
            return None
        return {name: self.cleaned_data[name] for name in names}

    def _initial_answers(self, names):
        try:
            return {
                name: self.fields[name].clean(self.get_initial_for_field(self.fields[name], name)) for name in names
            }
        except ValidationError:
            return None

    @property
    def asked(self):
        """The fields besides the reason; typing in them shows another effect."""
        return [self[name] for name in self.fields if name not in OURS]

    @property
    def is_another_effect(self):
        """Whether something else would happen than what was shown to whoever submitted it."""
        return self.is_bound and LOOK not in self.data and not self.errors and not self._was_seen()

    def is_valid(self):
        return LOOK not in self.data and super().is_valid() and self._was_seen()

    def _was_seen(self):
        return "seen" not in self.data or (not self.effect.refusal and self.data["seen"] == self.effect.digest)


def deciding(service, *, form=DecisionForm, **fixed):
    """The form of a decision that is the call of this service with these keywords."""
    return type(form)(form.__name__, (form,), {"service": staticmethod(service), "fixed": fixed})


@dataclass(frozen=True)
class Decision:
    """One button: what it is called, what is said in its dialog, and whose permission it needs."""

    name: str
    title: Promise
    explained: Promise
    form_class: type[DecisionForm]
    done: Promise | Callable
    icon: str
    variant: ActionVariant = ActionVariant.DEFAULT
    permission: str = "operate"
    path: str = ""


def button(name, title, explained, form_class, done, **more):
    """An action of an admin page that is called `name` there: asks in the dialog, then does what it showed."""
    decision = Decision(name, title, explained, form_class, done, **more)

    def act(self, request, object_id):
        subject = self.existing(request, object_id)
        form = decision.form_class(request=request, object_id=subject.pk, data=request.POST or None)
        if not form.is_valid():
            return _ask(self, request, decision, form, subject)
        attempt(request, form.carry_out, decision.done)
        return back(request)

    act.__name__ = decision.name
    made = action(
        act,
        description=decision.title,
        icon=decision.icon,
        variant=decision.variant,
        permissions=[decision.permission],
        url_path=decision.path or decision.name.replace("_", "-"),
    )
    made.dialog = {"title": decision.title}  # so that unfold opens it in a window
    return made


def _ask(site, request, decision, form, subject):
    is_window = bool(request.headers.get("HX-Request"))
    page = {} if is_window else {**site.admin_site.each_context(request), "opts": site.opts, "original": subject}
    context = {**page, "decision": decision, "form": form, "title": decision.title, "look": LOOK}
    name = "window" if is_window else "page"
    return TemplateResponse(request, f"admin/decision/{name}.html", context)
