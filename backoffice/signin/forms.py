"""What is typed to sign in."""

import math

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.forms import AuthenticationForm
from unfold.widgets import BASE_INPUT_CLASSES

from backoffice.signin import throttle
from tomp.admin import moment
from tomp.callers import address_of

SOON_S = 60  # whoever typed a wrong code waits a few seconds, and asks no colleague


class SignInForm(AuthenticationForm):
    """Name and password; after too many wrong ones it tells when to try again, here and in `request.locked_until`."""

    def clean(self):
        username = self.cleaned_data.get("username")
        if username is None or not self.cleaned_data.get("password"):
            return self.cleaned_data
        made = throttle.attempt(username, address_of(self.request))
        try:
            throttle.begin(made, now=timezone.now())
        except throttle.LockedOut as refusal:
            self.request.locked_until = refusal.until
            raise ValidationError(too_often(refusal.until), code="locked_out") from None
        cleaned = super().clean()
        throttle.succeeded(made)
        return cleaned


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=30,
        widget=forms.TextInput(
            {
                "class": " ".join(BASE_INPUT_CLASSES),
                "autocomplete": "one-time-code",
                "autofocus": True,
                "spellcheck": "false",
            }
        ),
    )


def too_often(until):
    """When it makes sense to try again, in the words of a refusal."""
    seconds = max(1, math.ceil((until - timezone.now()).total_seconds()))
    if seconds < SOON_S:
        return ngettext("Try again in %(n)s second.", "Try again in %(n)s seconds.", seconds) % {"n": seconds}
    minutes = math.ceil(seconds / 60)
    said = ngettext(
        "Too many attempts failed. Try again in %(minutes)s minute (%(moment)s), or ask a colleague.",
        "Too many attempts failed. Try again in %(minutes)s minutes (%(moment)s), or ask a colleague.",
        minutes,
    )
    return said % {"minutes": minutes, "moment": moment(until)}
