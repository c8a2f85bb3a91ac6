"""What we tell a provider about a leg by calling it (TOMP POST {mp}/legs/{id}/events, …/progress)."""

from datetime import timedelta

from django.db.models import Q

from legs.serializers import leg_asset_json, leg_json, progress_json
from maas import outbox
from maas.models import Callback, CallbackKind, CallbackState
from tomp import language, versions
from tomp.dialect import Dialect
from tomp.serializers import moment_json, without_nulls

BETWEEN_PROGRESS = timedelta(seconds=30)


def event(leg, event, *, at, comment, now):
    """The provider will hear of an event that it did not send itself."""
    _owe(leg, "events", _event_json(leg, event, at, comment), now)


def echo(leg, event, *, at, webhook, now):
    """Whoever subscribed to the booking will hear of a step that it would not be told of, and what it led to.

    `webhook` is where the subscription goes, "" for where the provider is called anyway.
    """
    comment = f"Leg {leg.state}, booking {leg.booking.state}."
    _owe(leg, "events", _event_json(leg, event, at, comment), now, webhook)


def progress(leg, *, webhook, now):
    """Whoever subscribed to the booking will hear where the vehicle is, unless it was told less than 30 seconds ago.

    Neither while what was told last is still under way: a provider that is down is not sent the whole ride afterwards.
    """
    told = Callback.objects.filter(booking_id=leg.booking_id, path=_path(leg, "progress"))
    if told.filter(Q(created_at__gt=now - BETWEEN_PROGRESS) | Q(state=CallbackState.OWED)).exists():
        return
    version = versions.parse(leg.booking.api_version)
    _owe(leg, "progress", progress_json(leg, now, location_only=False, version=version), now, webhook)


def changed(leg, *, now):
    """The provider will have the leg as we changed it (TOMP PUT {mp}/legs/{id})."""
    terms = leg.booking.provider
    dialect = Dialect(
        version=versions.parse(leg.booking.api_version),
        language=language.published()[0],
        pascal_case=terms.pascal_case_types,
        evidence_condition=terms.evidence_condition,
    )
    _owe(leg, "", leg_json(leg, dialect), now, method="PUT")


def question(leg, kind, *, now):
    """The provider will be asked whether we may; what it says is passed on (maas.outbox.ANSWERED).

    Returns the call, or None when the provider has no address. Source: TOMP POST {mp}/legs/{id}/confirmation.
    """
    body = without_nulls(type=kind, assetTypeId=leg.asset_type.type_id if kind == CallbackKind.REPLACE_ASSET else None)
    return _owe(leg, "confirmation", body, now, kind=kind)


def _event_json(leg, event, at, comment):
    return without_nulls(time=moment_json(at), event=event, comment=comment or None, asset=leg_asset_json(leg))


def _path(leg, what):
    return f"legs/{leg.pk}/{what}".rstrip("/")


def _owe(leg, what, body, now, webhook="", **more):
    return outbox.owe_about(leg.booking, path=_path(leg, what), body=body, now=now, webhook=webhook, **more)
