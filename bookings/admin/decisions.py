"""Back office: what staff decide about a booking, with the services the API uses."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from bookings import services
from bookings.models import OPEN_STATES, WAITING_STATES, BookingState, Notification, Party
from legs.models import Leg
from payments.admin.charging import ChargesBooking
from tomp.admin import ReasonForm, attempt, back

BOOKED = tuple(state for state in BookingState if state != BookingState.NEW)
POSSIBLE = {
    "confirm": (BookingState.CONDITIONAL_CONFIRMED,),
    "deny": (BookingState.CONDITIONAL_CONFIRMED,),
    "expire": (BookingState.PENDING,),
    "cancel": (*WAITING_STATES, BookingState.CONFIRMED),
    "no-show": (BookingState.CONFIRMED,),
    "notify": OPEN_STATES,
    "claim-extra-costs": BOOKED,
    "refund": BOOKED,
}


class NotificationForm(BaseDialogForm):
    type = forms.ChoiceField(
        label=_("About"), choices=Notification.Type.choices, initial=Notification.Type.MESSAGE_TO_END_USER,
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip
    leg_id = forms.ChoiceField(label=_("Leg"), required=False, widget=UnfoldAdminSelectWidget)
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False, min_value=0, max_value=10**6, widget=UnfoldAdminIntegerFieldWidget,
        help_text=_("Until the vehicle arrives."),
    )  # fmt: skip
    comment = forms.CharField(
        label=_("Message"), required=False, max_length=5000, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        legs = Leg.objects.filter(booking=self.object_id).select_related("asset_type", "asset").order_by("sequence")
        choices = [(str(leg.pk), f"{leg.sequence + 1}: {leg.asset_type} {leg.asset or ''}".strip()) for leg in legs]
        self.fields["leg_id"].choices = choices


def _is_possible(path, booking):
    is_early = path == "no-show" and booking.departs_at > timezone.now()
    return booking.state in POSSIBLE[path] and not is_early


def _reason(title, description, submit):
    return {"title": title, "description": description, "form_class": ReasonForm, "form_submit_text": submit}


class Decisions(ChargesBooking):
    """Buttons on the page of a booking; each asks why, and the reason stays in its story."""

    actions_detail = (
        "confirm",
        "deny",
        "notify",
        {"title": _("Money"), "icon": "payments", "items": ["claim_extra_costs", "refund"]},
        "expire",
        "report_no_show",
        "cancel_as_operator",
    )

    def get_actions_detail(self, request, object_id):
        """No button for what would be refused anyway."""
        booking = self.get_object(request, object_id)
        actions = super().get_actions_detail(request, object_id)
        return [action for action in actions if booking and _is_possible(action.path, booking)]

    def has_operate_permission(self, request, obj=None):
        return request.user.has_perm("bookings.change_booking")

    @action(
        description=_("Confirm"),
        icon="check",
        permissions=["operate"],
        variant=ActionVariant.SUCCESS,
        url_path="confirm",
        dialog=_reason(_("Confirm this booking"), _("The vehicle is theirs; the ride may begin."), _("Confirm")),
    )
    def confirm(self, request, form, object_id):
        return self._decide(request, form, object_id, services.confirm, _("The booking is confirmed."))

    @action(
        description=_("Deny"),
        icon="block",
        permissions=["operate"],
        variant=ActionVariant.DANGER,
        url_path="deny",
        dialog=_reason(_("Deny this booking"), _("We cannot do it; what it held is free at once."), _("Deny")),
    )
    def deny(self, request, form, object_id):
        return self._decide(request, form, object_id, services.deny, _("The booking is rejected."))

    @action(
        description=_("Expire"),
        icon="timer_off",
        permissions=["operate"],
        url_path="expire",
        dialog=_reason(
            _("Wait no longer for COMMIT"), _("The booking lapses now; what it held is free at once."), _("Expire")
        ),
    )
    def expire(self, request, form, object_id):
        return self._decide(
            request, form, object_id, services.expire, _("The booking is expired."), even_if_not_due=True
        )

    @action(
        description=_("Cancel (as operator)"),
        icon="cancel",
        permissions=["operate"],
        variant=ActionVariant.DANGER,
        url_path="cancel",
        dialog=_reason(
            _("Cancel this booking"),
            _("The vehicle is free again at once. A ride that began cannot be cancelled."),
            _("Cancel the booking"),
        ),
    )
    def cancel_as_operator(self, request, form, object_id):
        return self._decide(
            request, form, object_id, services.cancel, _("The booking is cancelled."), asked_by=Party.TO
        )

    @action(
        description=_("Nobody came"),
        icon="person_off",
        permissions=["operate"],
        variant=ActionVariant.WARNING,
        url_path="no-show",
        dialog=_reason(
            _("Nobody came"),
            _("The booking is cancelled and the vehicle free at once; the contract may say a fee."),
            _("Cancel the booking"),
        ),
    )
    def report_no_show(self, request, form, object_id):
        return self._decide(request, form, object_id, services.report_no_show, _("The booking is cancelled."))

    @action(
        description=_("Send a message"),
        icon="chat",
        permissions=["operate"],
        url_path="notify",
        dialog={
            "title": _("Send a message"),
            "description": _("The provider reads it with the booking."),
            "form_class": NotificationForm,
            "form_submit_text": _("Send"),
        },
    )
    def notify(self, request, form, object_id):
        booking = self.existing(request, object_id)
        message = {name: form.cleaned_data[name] for name in ("type", "leg_id", "minutes", "comment")}
        if attempt(
            request,
            lambda: services.notify(booking_id=booking.pk, asset=None, sent_by=Party.TO, now=timezone.now(), **message),
            _("The message is kept with the booking."),
        ):
            self.log_change(request, booking, f"Sent a message: {message['type']} {message['comment']}".strip())
        return back(request)

    def _decide(self, request, form, object_id, service, done, **more):
        booking_id = self.existing(request, object_id).pk
        attempt(
            request,
            lambda: service(
                booking_id=booking_id,
                now=timezone.now(),
                actor=request.user.get_username(),
                reason=form.cleaned_data["reason"],
                **more,
            ),
            done,
        )
        return back(request)
