"""What is typed to sign in."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.forms import AuthenticationForm
from unfold.widgets import BASE_INPUT_CLASSES

from backoffice.signin import throttle
from tomp.admin import moment
from tomp.callers import address_of


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
    minutes = max(1, -int((timezone.now() - until).total_seconds() // 60))
    told = {"minutes": minutes, "moment": moment(until)}
    return _("Too many attempts failed. Try again in %(minutes)s minutes (%(moment)s), or ask a colleague.") % told
