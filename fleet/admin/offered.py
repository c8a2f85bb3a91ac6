"""Back office: is this vehicle offered now, and why not? In the words of fleet.offering."""

from django import forms
from django.contrib import messages
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget

from fleet import offering
from maas.models import MaasProvider
from tomp.admin import StaffAdmin, back, label, link, moment, short


class ProviderForm(BaseDialogForm):
    provider = forms.ModelChoiceField(
        label=_("Provider"), queryset=MaasProvider.objects.order_by("maas_id"), widget=UnfoldAdminSelectWidget
    )


class OfferedMixin(StaffAdmin):
    """A field that says whether the vehicle is offered to anybody, and a button that asks for one provider."""

    @display(description=_("offered now"))
    def offered(self, asset):
        """Templates ask for the text of a field several times; the rules are read once."""
        if not hasattr(asset, "offered_in_words"):
            asset.offered_in_words = self._offered_in_words(asset)
        return asset.offered_in_words

    def _offered_in_words(self, asset):
        found = offering.reasons(asset, now=timezone.now())
        if not found:
            return label("yes", _("yes, to everybody"), {"yes": "success"})
        lines = ((_told(reason),) for reason in found)
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", lines))

    @action(
        description=_("Offered to …?"),
        icon="help",
        permissions=["ask_for_provider"],
        url_path="offered-to",
        dialog={
            "title": _("Is it offered to this provider?"),
            "description": _("As the provider would be answered now."),
            "form_class": ProviderForm,
            "form_submit_text": _("Ask"),
        },
    )
    def offered_to(self, request, form, object_id):
        asset, provider = self.existing(request, object_id), form.cleaned_data["provider"]
        found = offering.reasons(asset, provider=provider, now=timezone.now())
        if found:
            messages.warning(request, _not_offered(asset, provider, found))
        else:
            messages.success(request, _("%(asset)s is offered now to %(provider)s.") % _names(asset, provider))
        return back(request)

    def has_ask_for_provider_permission(self, request, object_id=None):
        return self.has_view_permission(request) and request.user.has_perm("maas.view_maasprovider")


def _names(asset, provider):
    return {"asset": asset, "provider": provider}


def _not_offered(asset, provider, found):
    first = _("%(asset)s is not offered now to %(provider)s:") % _names(asset, provider)
    return format_html("{} {}", first, format_html_join(" ", "{}", ((_told(reason),) for reason in found)))


def _told(reason):
    """The reason, since when, which trip, and what to do."""
    since = _(" Since %(moment)s.") % {"moment": moment(reason.since)} if reason.since else ""
    trip: SafeString = mark_safe("")
    if reason.leg_id:
        trip = format_html(
            " {} {}.", _("Trip"), link(reverse("admin:legs_leg_change", args=[reason.leg_id]), short(reason.leg_id))
        )
    return format_html("<strong>{}</strong>{}{} {}", reason.text, since, trip, reason.advice)
