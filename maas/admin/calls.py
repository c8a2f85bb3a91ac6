"""Back office: do the calls to a provider go out? On its page and in the list; staff pause, resume and test them."""

from django.contrib import messages
from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from maas import pausing, probing
from maas.models import Callback, CallbackState, MaasProvider
from tomp.admin import DASH, ConfirmForm, ReasonForm, StaffAdmin, attempt, back, label, link, moment, nowrap

LABELS = {"paused": "warning", "failing": "danger", "answers": "success"}


class CallsFilter(DropdownFilter):
    title = _("calls")
    parameter_name = "calls"

    def lookups(self, request, model_admin):
        return [("paused", _("paused")), ("failing", _("no answer"))]

    def queryset(self, request, queryset):
        conditions = {
            "paused": Q(calls_paused_at__isnull=False),
            "failing": Q(channel__failing_since__isnull=False),
        }
        return queryset.filter(conditions.get(self.value(), Q()))


def once(row, name, ask):
    """What a page shows of a row is asked for whenever the form is looked at, and read the first time."""
    read = row.__dict__.setdefault("_read_for_its_page", {})
    if name not in read:
        read[name] = ask()
    return read[name]


def calls_to(provider_id, state, count):
    address = reverse("admin:maas_callback_changelist")
    return link(f"{address}?provider__id__exact={provider_id}&state__exact={state}", str(count))


class CallsProvider(StaffAdmin):
    """How the calls to a provider go, and what staff do about it."""

    actions_detail: tuple = (
        {"title": _("Calls"), "icon": "outbound", "items": ["test_call", "pause_calls", "resume_calls"]},
    )

    def get_object(self, request, object_id, from_field=None):
        """Read once for a page that asks several times."""
        if request.method != "GET":
            return super().get_object(request, object_id, from_field)
        return once(request, object_id, lambda: super(CallsProvider, self).get_object(request, object_id, from_field))

    def get_actions_detail(self, request, object_id):
        """Pause, or resume: whichever is possible."""
        provider = self.get_object(request, object_id)
        is_paused = provider is not None and provider.calls_paused_at is not None
        hidden = "pause-calls" if is_paused else "resume-calls"
        return [action for action in super().get_actions_detail(request, object_id) if action.path != hidden]

    @display(description=_("calls"))
    def calls_tag(self, provider):
        """For the list: since when and why appears on hover."""
        return nowrap(*_calls_go(provider))

    @display(description=_("calls go"))
    def calls_label(self, provider):
        return format_html("{} {}", *_calls_go(provider))

    @display(description=_("owed calls"))
    def owed_calls(self, provider):
        owed = Callback.objects.owed().filter(provider=provider.pk)
        found = once(provider, "owed", lambda: owed.aggregate(count=Count("pk"), oldest=Min("created_at")))
        if not found["count"]:
            return _("none")
        waits = _("the oldest waits for %(time)s") % {"time": timesince(found["oldest"], timezone.now())}
        return format_html("{}, {}", calls_to(provider.pk, CallbackState.OWED, found["count"]), waits)

    @display(description=_("given up calls"))
    def given_up_calls(self, provider):
        given_up = Callback.objects.given_up().filter(provider=provider.pk)
        count = once(provider, "given_up", given_up.count)
        return calls_to(provider.pk, CallbackState.GIVEN_UP, count) if count else _("none")

    @action(
        description=_("Test call"),
        icon="network_ping",
        permissions=["change"],
        url_path="test-call",
        dialog={
            "title": _("Test call"),
            "description": _("One call of their /operator/ping, or else /operator/meta. It tells them nothing."),
            "form_class": ConfirmForm,
            "form_submit_text": _("Call them now"),
        },
    )
    def test_call(self, request, form, object_id):
        provider = self.existing(request, object_id)
        made = probing.probe(provider_id=provider.pk, now=timezone.now())
        (messages.error if made.trouble else messages.success)(request, str(made))
        remember(request, provider, f"Test call: {made.in_short}")
        self.log_change(request, provider, f"Test call: {made}")
        return back(request)

    @action(
        description=_("Pause the calls"),
        icon="pause",
        permissions=["change"],
        url_path="pause-calls",
        variant=ActionVariant.WARNING,
        dialog={
            "title": _("Pause the calls"),
            "description": _("Nothing is lost: what they are told meanwhile is owed, and goes out when you resume."),
            "form_class": ReasonForm,
            "form_submit_text": _("Pause"),
        },
    )
    def pause_calls(self, request, form, object_id):
        provider, why = self.existing(request, object_id), form.cleaned_data["reason"]
        if attempt(
            request,
            lambda: pausing.pause(provider_id=provider.pk, reason=why, now=timezone.now()),
            _("The calls to %(provider)s are paused.") % {"provider": provider},
        ):
            self.log_change(request, provider, f"Paused the calls: {why}")
        return back(request)

    @action(
        description=_("Resume the calls"),
        icon="play_arrow",
        permissions=["change"],
        url_path="resume-calls",
        variant=ActionVariant.SUCCESS,
        dialog={
            "title": _("Resume the calls"),
            "description": _("What is owed goes out at once, in its order."),
            "form_class": ConfirmForm,
            "form_submit_text": _("Resume"),
        },
    )
    def resume_calls(self, request, form, object_id):
        provider = self.existing(request, object_id)
        if attempt(
            request,
            lambda: pausing.resume(provider_id=provider.pk, now=timezone.now()),
            _("The calls to %(provider)s go out again.") % {"provider": provider},
        ):
            self.log_change(request, provider, "Resumed the calls")
        return back(request)


def _calls_go(provider):
    """(tag, details): paused, or without an answer, since when and why; else they are answered, as far as we know."""
    if provider.calls_paused_at is not None:
        told = {"at": moment(provider.calls_paused_at), "why": provider.calls_paused_because}
        return label("paused", _("paused"), LABELS), _("since %(at)s: %(why)s") % told
    channel = getattr(provider, "channel", None)
    if channel is not None and channel.failing_since is not None:
        return label("failing", _("no answer"), LABELS), _silence(channel)
    return (label("answers", _("in order"), LABELS), "") if provider.base_url else (DASH, "")


def _silence(channel):
    since = _("since %(at)s") % {"at": moment(channel.failing_since)}
    if channel.rests_until is None or channel.rests_until <= timezone.now():
        return since
    return _("%(since)s; rests until %(until)s") % {"since": since, "until": moment(channel.rests_until)}


def remember(request, provider, what):
    """The history of the provider tells that this was done, and by whom; nothing about it changed."""
    MaasProvider.history.bulk_history_create(
        [provider], update=True, default_user=request.user, default_change_reason=what[:100]
    )
