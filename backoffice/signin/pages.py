"""The pages of signing in: the first step with its refusals, the second one, and where that is set up."""

import math
from urllib.parse import quote

import django_otp
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from backoffice.signin import second_step
from backoffice.signin.forms import CodeForm, too_often
from tomp import qr


def sign_in(request):
    """The admin's page; who tried too often is answered 429, with when to come back."""
    response = admin.site.login(request)
    until = getattr(request, "locked_until", None)
    if until is not None:
        response.status_code = 429
        response["Retry-After"] = str(max(1, math.ceil((until - timezone.now()).total_seconds())))
    return response


@never_cache
def second(request):
    """Asks for a code; the right one opens the back office in this session, under another key."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device = _checked(form, lambda code: second_step.verify(request.user, code))
        if device is not None:
            _let_in(request, device)
            return redirect(_next(request))
    context = {**admin.site.each_context(request), "title": _("Second step"), "form": form, "next": _next(request)}
    return TemplateResponse(request, "admin/signin/second_step.html", context)


@never_cache
def set_up(request):
    """Sets the second step up; where it is, makes new recovery codes or removes it, after one more code."""
    user = request.user
    form = CodeForm(request.POST or None)
    context = {**admin.site.each_context(request), "title": _("Second step of the sign-in"), "form": form}
    if request.method == "POST" and form.is_valid():
        if not user.has_second_step:
            device = _checked(form, lambda code: second_step.confirm(user, code))
            if device is not None:
                _let_in(request, device)
                return _codes(request, context, "Set up the second step of the sign-in")
        elif _checked(form, lambda code: second_step.verify(user, code)) is not None:
            return _change(request, context)
    if user.has_second_step:
        context |= {"is_on": True, "left": second_step.recovery_codes_left(user)}
        context["is_required"] = settings.TOMP_SECOND_STEP_REQUIRED
    else:
        device = second_step.begin(user)
        drawn = quote(qr.drawing(device.config_url))
        context |= {"qr": f"data:image/svg+xml,{drawn}", "secret": _secret(device)}
    return TemplateResponse(request, "admin/signin/set_up.html", context)


def _change(request, context):
    if "remove" in request.POST and not settings.TOMP_SECOND_STEP_REQUIRED:
        second_step.forget(request.user)
        remember(request.user, request.user, "Removed the second step of the sign-in")
        messages.success(request, _("From now on the password is enough."))
        return redirect("admin:index")
    return _codes(request, context, "Made new recovery codes")


def _codes(request, context, what):
    """The new recovery codes, shown this once."""
    codes = second_step.new_recovery_codes(request.user)
    remember(request.user, request.user, what)
    return TemplateResponse(request, "admin/signin/set_up.html", {**context, "codes": codes})


def _checked(form, check):
    """The device of the code; the form says why there is none."""
    try:
        device = check(form.cleaned_data["code"])
    except second_step.TryLater as refusal:
        form.add_error("code", too_often(refusal.until))
        return None
    if device is None:
        form.add_error("code", _("This is not the code. Is the clock of the phone right?"))
    return device


def _let_in(request, device):
    request.session.cycle_key()
    django_otp.login(request, device)


def _next(request):
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=False)
    return wanted if is_ours else reverse("admin:index")


def _secret(device):
    """What is typed where no QR code can be read, in groups of four."""
    secret = device.config_url.partition("secret=")[2].partition("&")[0].rstrip("=").replace("%3D", "")
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def remember(actor, user, what):
    """The story of the account tells who did what to its sign-in."""
    about = User.objects.filter(pk=user.pk)
    LogEntry.objects.log_actions(actor.pk, about, CHANGE, change_message=what, single_object=True)
