"""Back office: what staff decide about a leg, with the services the API uses."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action
from unfold.enums import ActionVariant

from bookings.dialogs import button, deciding
from bookings.models import Booking
from fleet.admin.wording import fare_lines, money
from legs import asking
from legs.admin.forms import EndForm, LegForm, PauseForm, ReassignForm, ReleaseForm, ResumeForm, TimesForm
from legs.events import RULES, RULES_FOR_US
from legs.models import Leg
from legs.overriding import RESUMABLE
from maas.models import CallbackKind
from tomp.admin import DASH, ConfirmForm, ReadOnlyAdmin, back, moment

ASKED = (Booking.State.CONFIRMED, Booking.State.STARTED)


def _can_change_times(leg):
    return leg.booking.state in ASKED and RULES["TIME_EXTEND"].allows(leg.state)


def _can_pause(leg):
    return leg.state in RULES_FOR_US["PAUSE"].moves and not leg.is_given_back


def _can_resume(leg):
    return leg.state in RESUMABLE and not leg.is_given_back


def _can_release(leg):
    return leg.booking.state in ASKED and (leg.is_waiting or leg.is_running)


def _has_photos_to_review(leg):
    return any(photo.reviewed_at is None for photo in leg.evidence.all())


POSSIBLE: dict[str, Callable[[Leg], bool]] = {
    "replace-asset": partial(asking.is_possible, CallbackKind.REPLACE_ASSET),
    "start-leg": partial(asking.is_possible, CallbackKind.START_LEG),
    "reassign": lambda leg: leg.is_waiting and leg.booking.state in ASKED,
    "change-times": _can_change_times,
    "pause": _can_pause,
    "resume": _can_resume,
    "end-ride": lambda leg: leg.is_running,
    "release": _can_release,
    "review-photos": _has_photos_to_review,
}


def _told_times(leg):
    times = {"departs": moment(leg.departs_at), "ends": moment(leg.arrives_at) if leg.arrives_at else DASH}
    price = fare_lines(leg.price(timezone.now()))
    return _("Planned now: %(departs)s – %(ends)s, %(price)s expected.") % {**times, "price": price}


def _told_end(leg):
    booking = Booking.objects.get(pk=leg.booking_id)
    return _("The ride is over. The booking costs %(price)s.") % {"price": money(booking.price, booking.currency)}


def _told_vehicle(leg):
    return _("The leg has the vehicle %(vehicle)s now.") % {"vehicle": leg.asset}


class DecidesLeg(ReadOnlyAdmin):
    """Buttons on the page of a leg, and on that of its booking; each asks why, and the reason stays in its story."""

    actions_detail = (
        "review_photos", "change_times", "start_leg",
        {"title": _("Vehicle"), "icon": "electric_scooter", "items": ["reassign", "replace_asset", "release"]},
        "resume", "pause", "end_ride",
    )  # fmt: skip

    class Media:
        css: ClassVar = {"all": ("backoffice/trip.css",)}

    def get_actions_detail(self, request, object_id):
        """No button for what would be refused anyway."""
        leg = self.get_object(request, object_id)
        return [] if leg is None else self.possible_actions(request, leg)

    def possible_actions(self, request, leg):
        """What may be done about the leg now, and by this member of staff."""
        actions = super().get_actions_detail(request, leg.pk)
        return [action for action in actions if POSSIBLE[action.path](leg)]

    def buttons(self, request, leg):
        """The same for a page that shows the leg: each with its title, icon and address."""
        names = {action.action_name: action for action in self.possible_actions(request, leg)}
        return [
            {"title": each.description, "icon": each.icon, "variant": each.variant.value,
             "address": reverse(f"{self.admin_site.name}:{name}", args=[leg.pk])}
            for name, each in names.items()
        ]  # fmt: skip

    def has_operate_permission(self, request, obj=None):
        return request.user.has_perm("bookings.change_booking")

    def has_free_permission(self, request, obj=None):
        """To free a vehicle for nothing waives what the ride cost."""
        return self.has_operate_permission(request) and request.user.has_perm("payments.add_journalentry")

    change_times = button(
        "change_times", _("Extend or postpone"),
        _("Later or longer, if nobody else was promised the vehicle. The provider gets the changed leg."),
        TimesForm, _told_times, icon="schedule",
    )  # fmt: skip
    pause = button(
        "pause", _("Pause"), _("The traveller keeps it, and pays what a pause costs. A lock we work closes."),
        PauseForm, _("The ride is paused."), icon="pause",
    )  # fmt: skip
    resume = button(
        "resume", _("Resume"), _("The ride goes on, and so does the meter. A lock we work is opened."),
        ResumeForm, _("The ride goes on."), icon="play_arrow",
    )  # fmt: skip
    end_ride = button(
        "end_ride", _("End the ride"),
        _("What differs from the fare is an entry of its own in the journal. The provider reads your reason."),
        EndForm, _told_end, icon="stop_circle", variant=ActionVariant.WARNING,
    )  # fmt: skip
    release = button(
        "release", _("Release the vehicle"),
        _("The vehicle is free at once: what did not begin is called off, a ride ends and costs nothing."),
        ReleaseForm, _("The vehicle is free."), icon="lock_open", variant=ActionVariant.DANGER, permission="free",
    )  # fmt: skip
    reassign = button(
        "reassign", _("Assign another vehicle"),
        _("Without asking the provider, who is told. The former vehicle is free at once."),
        ReassignForm, _told_vehicle, icon="swap_horiz",
    )  # fmt: skip
    start_leg = button(
        "start_leg", _("Begin the ride"), _("The provider is asked first. If it agrees, the ride begins at once."),
        deciding(partial(asking.ask, CallbackKind.START_LEG), form=LegForm), _("The provider is asked."),
        icon="play_arrow",
    )  # fmt: skip
    replace_asset = button(
        "replace_asset", _("Ask to replace the vehicle"),
        _("The provider is asked first. If it agrees, the ride has another free vehicle of this type."),
        deciding(partial(asking.ask, CallbackKind.REPLACE_ASSET), form=LegForm), _("The provider is asked."),
        icon="contact_support",
    )  # fmt: skip

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
        leg = self.existing(request, object_id)
        count = leg.evidence.review(by=request.user.get_username(), at=timezone.now())
        said = ngettext("%(n)s photo looked at.", "%(n)s photos looked at.", count) % {"n": count}
        (messages.success if count else messages.warning)(request, said)
        if count:
            self.log_change(request, leg, f"Looked at the photos: {count}")
        return back(request)
