"""Back office: what staff decide about a booking, with the services the API uses."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from bookings import services
from bookings.dialogs import DecisionForm, button, deciding
from bookings.models import OPEN_STATES, WAITING_STATES, Booking, BookingState, Notification, Party
from legs.models import Leg
from maas.models import Callback
from payments.admin.charging import ChargesBooking
from tomp.admin import attempt, back
from tomp.forms import key_of

BOOKED = tuple(state for state in BookingState if state != BookingState.NEW)
POSSIBLE = {
    "confirm": (BookingState.CONDITIONAL_CONFIRMED,),
    "deny": (BookingState.CONDITIONAL_CONFIRMED,),
    "expire": (BookingState.PENDING,),
    "cancel": (*WAITING_STATES, BookingState.CONFIRMED),
    "no-show": (BookingState.CONFIRMED,),
    "notify": OPEN_STATES,
    "add-note": BOOKED,
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
        legs = Leg.objects.filter(booking=key_of(Booking, self.object_id)).order_by("sequence")
        legs = legs.select_related("asset_type", "asset")
        choices = [(str(leg.pk), f"{leg.sequence + 1}: {leg.asset_type} {leg.asset or ''}".strip()) for leg in legs]
        self.fields["leg_id"].choices = choices


class NoteForm(BaseDialogForm):
    text = forms.CharField(
        label=_("Note"), max_length=5000, widget=UnfoldAdminTextareaWidget({"rows": 4, "autofocus": True})
    )


class SendAgainForm(DecisionForm):
    """Which of the calls that were given up."""

    call = forms.TypedChoiceField(label=_("Call"), coerce=int, widget=UnfoldAdminSelectWidget)

    service = staticmethod(services.send_again)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        calls = Callback.objects.given_up().filter(booking_id=self.object_id).order_by("pk")
        self.fields["call"].choices = [(call.pk, f"{call.subject}: {call.outcome}") for call in calls]
        first = calls[0].pk if calls else None
        self.fields["call"].initial = self.request.GET.get("call", first)

    def chosen(self, answers):
        return {"callback_id": answers["call"]}


def _is_possible(path, booking):
    if path == "send-again":
        return Callback.objects.given_up().filter(booking_id=booking.pk).exists()
    is_early = path == "no-show" and booking.departs_at > timezone.now()
    return booking.state in POSSIBLE[path] and not is_early


class Decisions(ChargesBooking):
    """Buttons on the page of a booking; each asks why, and the reason stays in its story."""

    actions_detail = (
        "confirm",
        "deny",
        {"title": _("Tell"), "icon": "chat", "items": ["notify", "add_note", "send_again"]},
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

    def has_send_permission(self, request, obj=None):
        return request.user.has_perm("maas.change_callback")

    confirm = button(
        "confirm", _("Confirm"), _("The vehicle is theirs; the ride may begin."),
        deciding(services.confirm), _("The booking is confirmed."),
        icon="check", variant=ActionVariant.SUCCESS,
    )  # fmt: skip
    deny = button(
        "deny", _("Deny"), _("We cannot do it; what it held is free at once."),
        deciding(services.deny), _("The booking is rejected."),
        icon="block", variant=ActionVariant.DANGER,
    )  # fmt: skip
    expire = button(
        "expire", _("Expire"), _("Wait no longer for COMMIT: the booking lapses now; what it held is free at once."),
        deciding(services.expire, even_if_not_due=True), _("The booking is expired."),
        icon="timer_off",
    )  # fmt: skip
    cancel_as_operator = button(
        "cancel_as_operator", _("Cancel (as operator)"),
        _("The vehicle is free again at once. A ride that began cannot be cancelled."),
        deciding(services.cancel, asked_by=Party.TO), _("The booking is cancelled."),
        icon="cancel", variant=ActionVariant.DANGER, path="cancel",
    )  # fmt: skip
    report_no_show = button(
        "report_no_show", _("Nobody came"),
        _("The booking is cancelled and the vehicle free at once; the contract may say a fee."),
        deciding(services.report_no_show), _("The booking is cancelled."),
        icon="person_off", variant=ActionVariant.WARNING, path="no-show",
    )  # fmt: skip
    send_again = button(
        "send_again", _("Send a call again"), _("It is owed once more, after all others about this booking."),
        SendAgainForm, _("It will be sent again."),
        icon="refresh", permission="send",
    )  # fmt: skip

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
            lambda: services.notify(
                booking_id=booking.pk, asset=None, sent_by=Party.TO, now=timezone.now(), once=True, **message
            ),
            _("The message is kept with the booking."),
        ):
            self.log_change(request, booking, f"Sent a message: {message['type']} {message['comment']}".strip())
        return back(request)

    @action(
        description=_("Write a note"),
        icon="sticky_note_2",
        permissions=["operate"],
        url_path="add-note",
        dialog={
            "title": _("Write a note"),
            "description": _("For colleagues. It is never sent, and stays as it is."),
            "form_class": NoteForm,
            "form_submit_text": _("Keep"),
        },
    )
    def add_note(self, request, form, object_id):
        booking, actor = self.existing(request, object_id), request.user.get_username()
        if attempt(
            request,
            lambda: services.add_note(
                booking_id=booking.pk, text=form.cleaned_data["text"], actor=actor, now=timezone.now()
            ),
            _("The note is kept with the booking."),
        ):
            self.log_change(request, booking, "Wrote a note")
        return back(request)
