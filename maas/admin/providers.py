"""Back office: the MaaS providers, their contract terms and their credentials."""

from datetime import timedelta

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from maas import services
from maas.admin.calls import CallsFilter, CallsProvider, once
from maas.models import ApiKey, CallbackChannel, MaasProvider, OAuthClient
from tomp import versions
from tomp.admin import ConfirmForm, HistoryAdmin, ReadOnlyInline, Stacked, attempt, back, label, moment
from tomp.errors import UnsupportedVersion
from tomp.forms import SecretField, StaffForm, WordsField, key_of


class IssueKeyForm(BaseDialogForm):
    label = forms.CharField(
        label=_("What is it for?"),
        max_length=100,
        required=False,
        help_text=_("For example: production, staging, the name of a colleague."),
        widget=UnfoldAdminTextInputWidget({"autofocus": True}),
    )


class RevokeKeyForm(BaseDialogForm):
    key = forms.ModelChoiceField(label=_("API key"), queryset=ApiKey.objects.none(), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        provider = key_of(MaasProvider, self.object_id)
        self.fields["key"].queryset = ApiKey.objects.not_revoked(timezone.now()).filter(provider=provider)


class RotateKeyForm(RevokeKeyForm):
    """Those that nobody replaced yet."""

    hours = forms.IntegerField(
        label=_("The old key works for so many hours"),
        initial=24,
        min_value=0,
        max_value=24 * 90,
        widget=UnfoldAdminIntegerFieldWidget,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        provider = key_of(MaasProvider, self.object_id)
        self.fields["key"].queryset = ApiKey.objects.filter(provider=provider, revoked_at__isnull=True)


class SecretForm(BaseDialogForm):
    hours = forms.IntegerField(
        label=_("The old secret works for so many hours"),
        initial=24,
        min_value=0,
        max_value=24 * 90,
        help_text=_("0: at once it is worth nothing, and neither are the tokens it bought."),
        widget=UnfoldAdminIntegerFieldWidget,
    )


class ApiKeyInline(ReadOnlyInline):
    model = ApiKey
    fields = ("prefix", "label", "created", "made_by", "status")
    readonly_fields = fields
    hide_title = True

    @display(description=_("created"))
    def created(self, key):
        return moment(key.created_at)

    @display(description=_("status"))
    def status(self, key):
        if key.revoked_at is None:
            return label("valid", _("valid"), {"valid": "success"})
        if key.revoked_at > timezone.now():
            return label("ends", _("valid until %(at)s") % {"at": moment(key.revoked_at)}, {"ends": "warning"})
        return label("revoked", _("revoked %(at)s") % {"at": moment(key.revoked_at)}, {"revoked": "danger"})


class CallbackChannelForm(StaffForm):
    """Secrets are written, never shown; left empty, they stay as they are."""

    secret = SecretField(label=_("Secret"), help_text=_("The key, password, token or client secret."))
    signing_secret = SecretField(
        label=_("Signing secret"),
        help_text=_("Each call is signed with it (HMAC-SHA256); empty and none kept: unsigned."),
    )
    more_hosts = WordsField(
        label=_("More hosts"),
        required=False,
        help_text=_("Hosts a booking's callbackUrl may name beside that of the base URL, with commas."),
    )

    def clean(self):
        """What was left empty stays; a token was bought with what was kept before."""
        cleaned = super().clean() or self.cleaned_data
        for name in ("secret", "signing_secret"):
            cleaned[name] = cleaned.get(name) or getattr(self.instance, name)
        if self.has_changed():
            self.instance.token, self.instance.token_expires_at = "", None
        return cleaned


class CallbackChannelInline(Stacked):
    model = CallbackChannel
    form = CallbackChannelForm
    fields = (
        ("auth", "client_id", "secret"),
        ("key_header", "signing_secret"),
        ("token_url", "audience", "scope"),
        "more_hosts",
    )
    max_num = 1


class MaasProviderForm(StaffForm):
    """A version we do not speak would fail with the first call to them."""

    def clean_api_version(self):
        try:
            return versions.parse(self.cleaned_data["api_version"]).minor
        except UnsupportedVersion as refusal:
            raise ValidationError(refusal.reason) from refusal


@admin.register(MaasProvider)
class MaasProviderAdmin(CallsProvider, HistoryAdmin):
    """A secret is shown once, in the message after it was made."""

    form = MaasProviderForm
    list_display = (
        "__str__",
        "maas_id",
        "is_active",
        "is_sandbox",
        "calls_tag",
        "auto_commit",
        "api_version",
        "base_url",
    )
    list_filter = ("is_active", "is_sandbox", CallsFilter, "auto_commit", "api_version")
    list_select_related = ("channel",)
    search_fields = ("maas_id", "name", "base_url")
    readonly_fields = ("oauth2_client", "created_at", "calls_label", "owed_calls", "given_up_calls")
    inlines = (ApiKeyInline, CallbackChannelInline)
    actions_detail = (
        {
            "title": _("Credentials"),
            "icon": "key",
            "items": [
                "issue_api_key",
                "rotate_api_key",
                "revoke_api_key",
                "rotate_client_secret",
                "end_former_secret",
            ],
        },
        *CallsProvider.actions_detail,
    )
    fieldsets = (
        (None, {"fields": ("maas_id", "name", ("is_active", "is_sandbox"), "oauth2_client", "created_at")}),
        (_("Calls"), {"fields": ("calls_label", ("owed_calls", "given_up_calls"))}),
        (
            _("Booking"),
            {
                "fields": (
                    ("auto_commit", "atomic_set_in_use", "customers_need_approval"),
                    ("pending_minutes", "max_extensions", "max_open_bookings"),
                    ("max_bookings", "quota_period"),
                )
            },
        ),
        (
            _("During the ride"),
            {"fields": ("access_code_in", "location_required_on", "location_is_of_user")},
        ),
        (_("The end of a ride"), {"fields": (("bill_until", "release_asset_on"), "issue_stops_meter")}),
        (
            _("What is forgotten"),
            {
                "fields": (
                    ("unstarted", "lapse_warning_minutes"),
                    ("finish_after_minutes", "longest_ride_hours", "end_longest_ride"),
                )
            },
        ),
        (_("Fees"), {"fields": (("cancellation_fee", "free_cancellation_minutes", "no_show_fee"),)}),
        (_("How we call them"), {"fields": ("base_url", "api_version", "pascal_case_types", "evidence_condition")}),
    )

    def get_readonly_fields(self, request, obj=None):
        """The maas-id is what a provider signs in with; who goes live after the sandbox becomes another provider."""
        fields = super().get_readonly_fields(request, obj)
        return ("maas_id", "is_sandbox", *fields) if obj else fields

    def get_inlines(self, request, obj):
        return super().get_inlines(request, obj) if obj else ()

    def save_model(self, request, obj, form, change):
        """A new provider can book at once, as with create_maas_provider."""
        super().save_model(request, obj, form, change)
        if not change:
            self._show_new_key(request, obj)
            self._show_new_client_secret(request, obj)

    @action(
        description=_("Issue API key"),
        icon="key",
        permissions=["change"],
        url_path="issue-api-key",
        dialog={
            "title": _("Issue API key"),
            "description": _("The keys they have stay valid. The new one is shown once."),
            "form_class": IssueKeyForm,
            "form_submit_text": _("Issue"),
        },
    )
    def issue_api_key(self, request, form, object_id):
        self._show_new_key(request, self.existing(request, object_id), form.cleaned_data["label"])
        return back(request)

    @action(
        description=_("Replace API key"),
        icon="cached",
        permissions=["change"],
        url_path="rotate-api-key",
        dialog={
            "title": _("Replace API key"),
            "description": _("The new key is shown once. The old one works for a while, so that they can change over."),
            "form_class": RotateKeyForm,
            "form_submit_text": _("Replace"),
        },
    )
    def rotate_api_key(self, request, form, object_id):
        provider, old = self.existing(request, object_id), form.cleaned_data["key"]
        overlap = timedelta(hours=form.cleaned_data["hours"])
        made = []
        if attempt(
            request,
            lambda: made.extend(
                services.rotate_api_key(
                    key_id=old.pk, overlap=overlap, now=timezone.now(), actor=request.user.get_username()
                )
            ),
            _("API key %(key)s is replaced.") % {"key": old},
        ):
            key, secret = made
            self.log_change(request, provider, f"Replaced API key {old} by {key}")
            self._show_once(request, _("New API key, shown only this once:"), secret)
        return back(request)

    @action(
        description=_("Revoke API key"),
        icon="key_off",
        permissions=["change"],
        url_path="revoke-api-key",
        variant=ActionVariant.DANGER,
        dialog={
            "title": _("Revoke API key"),
            "description": _("Whoever uses it is locked out from now on."),
            "form_class": RevokeKeyForm,
            "form_submit_text": _("Revoke"),
        },
    )
    def revoke_api_key(self, request, form, object_id):
        key = services.revoke_api_key(key_id=form.cleaned_data["key"].pk, now=timezone.now())
        messages.success(request, _("API key %(key)s is revoked.") % {"key": key})
        self.log_change(request, key.provider, f"Revoked API key {key}")
        return back(request)

    @action(
        description=_("Replace client secret"),
        icon="lock_reset",
        permissions=["change"],
        url_path="rotate-client-secret",
        dialog={
            "title": _("Replace OAuth2 client secret"),
            "description": _("The new one is shown once. The old one works for a while, so that they can change over."),
            "form_class": SecretForm,
            "form_submit_text": _("Replace"),
        },
    )
    def rotate_client_secret(self, request, form, object_id):
        provider, hours, made = self.existing(request, object_id), form.cleaned_data["hours"], []
        if attempt(
            request,
            lambda: made.append(
                services.replace_client_secret(
                    provider_id=provider.pk, overlap=timedelta(hours=hours), now=timezone.now(),
                    actor=request.user.get_username(),
                )
            ),
            _("The client secret is replaced."),
        ):  # fmt: skip
            self.log_change(request, provider, f"Made a new OAuth2 client secret; the one before ends in {hours} h")
            self._show_once(request, _("New OAuth2 client secret, shown only this once:"), made[0])
        return back(request)

    @action(
        description=_("End former client secret"),
        icon="lock_clock",
        permissions=["change"],
        url_path="end-former-secret",
        variant=ActionVariant.DANGER,
        dialog={
            "title": _("End the former OAuth2 client secret"),
            "description": _("Only the new secret works from now on. Tokens have to be bought again."),
            "form_class": ConfirmForm,
            "form_submit_text": _("End it"),
        },
    )
    def end_former_secret(self, request, form, object_id):
        provider = self.existing(request, object_id)
        if attempt(
            request,
            lambda: services.end_former_secret(provider_id=provider.pk, now=timezone.now()),
            _("The former client secret is worth nothing any more."),
        ):
            self.log_change(request, provider, "Ended the former OAuth2 client secret")
        return back(request)

    @display(description=_("OAuth2 client id"))
    def oauth2_client(self, provider):
        client = once(provider, "client", OAuthClient.objects.filter(provider=provider.pk).first)
        return client.client_id if client else None

    def _show_new_key(self, request, provider, key_label=""):
        key, secret = services.issue_api_key(provider=provider, label=key_label, actor=request.user.get_username())
        self.log_change(request, provider, f"Issued API key {key}")
        self._show_once(request, _("New API key, shown only this once:"), secret)

    def _show_new_client_secret(self, request, provider):
        secret = services.rotate_client_secret(provider=provider, actor=request.user.get_username())
        self.log_change(request, provider, "Made a new OAuth2 client secret")
        self._show_once(request, _("New OAuth2 client secret, shown only this once:"), secret)

    def _show_once(self, request, text, secret):
        messages.success(
            request, format_html('{} <code style="font-family: monospace; user-select: all">{}</code>', text, secret)
        )
