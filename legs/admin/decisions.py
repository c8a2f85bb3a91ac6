"""Back office: what staff decide about a leg, with the services the API uses."""

from collections.abc import Callable
from functools import partial

from django import forms
from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from bookings.models import Booking
from fleet.admin.wording import fare_lines
from legs import asking, services
from legs.events import RULES
from legs.models import Leg
from maas.models import CallbackKind
from tomp.admin import DASH, ConfirmForm, ReadOnlyAdmin, ReasonForm, attempt, back, moment
from tomp.forms import MomentInput

ASKED = (Booking.State.CONFIRMED, Booking.State.STARTED)


class TimesForm(ReasonForm):
    """The planned times; what is left as it was does not change."""

    field_order = ("departs_at", "arrives_at", "reason")

    departs_at = forms.DateTimeField(label=_("Departure"), widget=MomentInput())
    arrives_at = forms.DateTimeField(label=_("Planned end"), required=False, widget=MomentInput())

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        leg = Leg.objects.get(pk=self.object_id)
        self.fields["departs_at"].initial, self.fields["arrives_at"].initial = leg.departs_at, leg.arrives_at
        if not leg.is_waiting:
            del self.fields["departs_at"]

    def chosen(self, name, planned):
        """What was typed, or the planned time to the microsecond."""
        return self.cleaned_data[name] if name in self.changed_data else planned


def _question(title, description):
    return {
        "title": title,
        "description": description,
        "form_class": ReasonForm,
        "form_submit_text": _("Ask the provider"),
    }


def _can_change_times(leg):
    return leg.booking.state in ASKED and RULES["TIME_EXTEND"].allows(leg.state)


def _has_photos_to_review(leg):
    return leg.evidence.to_review().exists()


POSSIBLE: dict[str, Callable[[Leg], bool]] = {
    "replace-asset": partial(asking.is_possible, CallbackKind.REPLACE_ASSET),
    "start-leg": partial(asking.is_possible, CallbackKind.START_LEG),
    "change-times": _can_change_times,
    "review-photos": _has_photos_to_review,
}


class DecidesLeg(ReadOnlyAdmin):
    """Buttons on the page of a leg; each asks why, and the reason stays in its story."""

    actions_detail = ("review_photos", "change_times", "start_leg", "replace_asset")

    def get_actions_detail(self, request, object_id):
        """No button for what would be refused anyway."""
        leg = self.get_object(request, object_id)
        actions = super().get_actions_detail(request, object_id)
        return [action for action in actions if leg is not None and POSSIBLE[action.path](leg)]

    def has_operate_permission(self, request, obj=None):
        return request.user.has_perm("bookings.change_booking")

    @action(
        description=_("Change the times"),
        icon="schedule",
        permissions=["operate"],
        url_path="change-times",
        dialog={
            "title": _("Change the times"),
            "description": _(
                "Later or longer, if nobody else was promised the vehicle. The provider gets the changed leg."
            ),
            "form_class": TimesForm,
            "form_submit_text": _("Change"),
        },
    )
    def change_times(self, request, form, object_id):
        leg = self.existing(request, object_id)
        attempt(
            request,
            lambda: services.change_times(
                leg_id=leg.pk,
                departs_at=form.chosen("departs_at", leg.departs_at),
                arrives_at=form.chosen("arrives_at", leg.arrives_at),
                now=timezone.now(),
                actor=request.user.get_username(),
                reason=form.cleaned_data["reason"],
            ),
            _told_times,
        )
        return back(request)

    @action(
        description=_("Begin the ride"),
        icon="play_arrow",
        permissions=["operate"],
        url_path="start-leg",
        dialog=_question(_("Begin the ride"), _("The provider is asked first. If it agrees, the ride begins at once.")),
    )
    def start_leg(self, request, form, object_id):
        return self._ask(request, form, object_id, CallbackKind.START_LEG)

    @action(
        description=_("Replace the vehicle"),
        icon="swap_horiz",
        permissions=["operate"],
        url_path="replace-asset",
        dialog=_question(
            _("Replace the vehicle"),
            _("The provider is asked first. If it agrees, the ride has another free vehicle of this type."),
        ),
    )
    def replace_asset(self, request, form, object_id):
        return self._ask(request, form, object_id, CallbackKind.REPLACE_ASSET)

    @action(
        description=_("Photos are fine"),
        icon="photo_camera",
        permissions=["operate"],
        url_path="review-photos",
        dialog={
            "title": _("Photos are fine"),
            "description": _("You looked at the photos of this ride; they wait for nobody any more."),
            "form_class": ConfirmForm,
            "form_submit_text": _("Looked at"),
        },
    )
    def review_photos(self, request, form, object_id):
        photos = self.existing(request, object_id).evidence
        count = photos.review(by=request.user.get_username(), at=timezone.now())
        messages.success(request, ngettext("%(n)s photo looked at.", "%(n)s photos looked at.", count) % {"n": count})
        return back(request)

    def _ask(self, request, form, object_id, kind):
        leg, actor = self.existing(request, object_id), request.user.get_username()
        question = partial(asking.ask, kind, leg_id=leg.pk, actor=actor, reason=form.cleaned_data["reason"])
        attempt(request, lambda: question(now=timezone.now()), _("The provider is asked."))
        return back(request)


def _told_times(leg):
    times = {"departs": moment(leg.departs_at), "ends": moment(leg.arrives_at) if leg.arrives_at else DASH}
    price = fare_lines(leg.price(timezone.now()))
    return _("Planned now: %(departs)s – %(ends)s, %(price)s expected.") % {**times, "price": price}
