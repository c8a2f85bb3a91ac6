"""All parts of the page of a provider that this colleague may see."""

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.formats import date_format

from backoffice.dashboard.needs import address
from backoffice.providers.credentials import credentials
from backoffice.providers.figures import figures, months
from backoffice.providers.terms import contract
from maas.admin.callbacks import STATE_COLOURS
from maas.models import Callback, MaasProvider
from tomp.admin import label, link, moment

LATEST = 10


def told(provider: MaasProvider, user: User, now: datetime) -> dict[str, Any]:
    """What templates/admin/maas/maasprovider/overview.html shows; eight statements, however much there is."""
    return {
        "contract": contract(provider),
        "history": reverse("admin:maas_maasprovider_history", args=[provider.pk]),
        "months": [date_format(month.first, "YEAR_MONTH_FORMAT") for month in months(now)],
        "figures": figures(provider, user, now),
        "deliveries": _deliveries(provider) if user.has_perm("maas.view_callback") else None,
        "log": address("maas_callback", provider__id__exact=provider.pk),
        "credentials": credentials(provider, now) if user.has_perm("maas.view_apikey") else None,
    }


def _deliveries(provider: MaasProvider) -> list[dict[str, Any]]:
    return [
        {
            "link": link(reverse("admin:maas_callback_change", args=[call.pk]), call.subject),
            "call": call,
            "created": moment(call.created_at),
            "state": label(call.state, call.get_state_display(), STATE_COLOURS),
        }
        for call in Callback.objects.filter(provider=provider).order_by("-pk")[:LATEST]
    ]
