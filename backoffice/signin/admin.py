"""Back office: how the sign-in of a colleague stands, and what helps who is locked out or lost the phone."""

from django.contrib import messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from backoffice.signin import second_step, throttle
from backoffice.signin.pages import remember
from tomp.admin import DASH, ConfirmForm, ReasonForm, StaffAdmin, back, label, moment


class SignInActions(StaffAdmin):
    """On the page of a user."""

    actions_detail = ("unlock", "remove_second_step")

    def has_help_to_sign_in_permission(self, request, object_id=None):
        """Whoever may change this very account: that of a superuser is closed to others."""
        return self.has_change_permission(request, self.get_object(request, object_id) if object_id else None)

    @display(description=_("sign-in"))
    def sign_in(self, user):
        if user.pk is None:
            return DASH
        until = throttle.locked_until(user.get_username(), now=timezone.now())
        if until is None:
            return label("open", _("open"), {"open": "success"})
        return label("locked", _("locked until %(moment)s") % {"moment": moment(until)}, {"locked": "danger"})

    @display(description=_("second step"), boolean=True)
    def second_step(self, user):
        return user.totpdevice_set.filter(confirmed=True).exists()

    @action(
        description=_("Unlock the sign-in"),
        icon="lock_open",
        permissions=["help_to_sign_in"],
        url_path="unlock",
        dialog={
            "title": _("Unlock the sign-in"),
            "description": _("Wrong passwords of before count no more; the next attempt is looked at."),
            "form_class": ConfirmForm,
            "form_submit_text": _("Unlock"),
        },
    )
    def unlock(self, request, form, object_id):
        user = self.existing(request, object_id)
        throttle.unlock(user.get_username())
        remember(request.user, user, "Unlocked the sign-in")
        messages.success(request, _("%(user)s can sign in again.") % {"user": user})
        return back(request)

    @action(
        description=_("Remove the second step"),
        icon="phonelink_erase",
        permissions=["help_to_sign_in"],
        url_path="remove-second-step",
        dialog={
            "title": _("Remove the second step"),
            "description": _("For who lost the phone and the recovery codes. Be sure who is asking."),
            "form_class": ReasonForm,
            "form_submit_text": _("Remove"),
        },
    )
    def remove_second_step(self, request, form, object_id):
        user = self.existing(request, object_id)
        if second_step.forget(user):
            remember(request.user, user, f"Removed the second step of the sign-in: {form.cleaned_data['reason']}")
            messages.success(request, _("For %(user)s the password is enough now.") % {"user": user})
        else:
            messages.warning(request, _("%(user)s has no second step.") % {"user": user})
        return back(request)
