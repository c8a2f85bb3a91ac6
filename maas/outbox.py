"""What we owe the providers: written in the transaction of what it tells, delivered later (design rule 7)."""

from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from django.db import connection, transaction
from django.db.models import BigIntegerField, Exists, OuterRef
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from maas.models import Callback, CallbackChannel, CallbackKind, CallbackState
from tomp.errors import Invalid

log = structlog.get_logger(__name__)

DELIVER = "maas.tasks.deliver_callback"
# Advice may be about a booking whose id the provider is just being told in our answer.
AT_ONCE, AFTER_OUR_ANSWER = {"seconds": 0}, {"seconds": 2}
LOST_AFTER = timedelta(minutes=2)
ANSWERED = {  # who hears what became of a question: jobs, by name, because this app knows no legs
    CallbackKind.REPLACE_ASSET: "legs.tasks.hear_answer",
    CallbackKind.START_LEG: "legs.tasks.hear_answer",
}


def owe(*, provider, booking_id, path, body, version, now, callback_url="", method="POST", kind=""):
    """The call is owed from now on and will be made, in the order of those about this booking. Returns it.

    None when the provider has no address to call. `body` is frozen as it is now; `callback_url` is the booking's
    own address, if it came with one; `kind` says what is special about it (maas.models.CallbackKind).
    """
    base_url = callback_url or provider.base_url
    if not base_url:
        return None
    callback = Callback.objects.create(
        provider=provider,
        booking_id=booking_id,
        method=method,
        base_url=base_url,
        path=path,
        body=body,
        api_version=version,
        created_at=now,
        kind=kind,
    )
    defer(callback)
    # The id the provider is shown, in a line with that of the request or job it comes from.
    log.info("call_owed", callback=callback.pk, correlation_id=str(callback.correlation_id), path=path)
    return callback


def owe_about(booking, *, path, body, now, webhook="", **more):
    """As owe(), to the booking's provider and in its version; a webhook comes before the booking's own address."""
    return owe(
        provider=booking.provider,
        booking_id=booking.pk,
        path=path,
        body=body,
        version=booking.api_version,
        callback_url=webhook or booking.callback_url,
        now=now,
        **more,
    )


def defer(callback):
    """A job will deliver it. Jobs of one booking have one lock: they wait for each other, and for nobody else."""
    defer_all([callback])


def defer_all(callbacks):
    """As defer(), of many in one statement; those of a booking are made in this order."""
    if callbacks:
        app.job_manager.batch_defer_jobs([_job(callback) for callback in callbacks])


def _job(callback):
    wait = AFTER_OUR_ANSWER if callback.kind == CallbackKind.ADVICE else AT_ONCE
    lock = f"callbacks of {callback.booking_id}"
    return app.configure_task(DELIVER, lock=lock, schedule_in=wait).make_new_job(callback_id=callback.pk)


def hasten(*, provider_id, now):
    """What is owed to the provider is made now, unless an answer of its own put it off; the order stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE procrastinate_jobs SET scheduled_at = %(now)s
            WHERE status = 'todo' AND task_name = %(task)s AND scheduled_at > %(soon)s
              AND (args ->> 'callback_id')::bigint IN (
                SELECT id FROM maas_callback
                WHERE provider_id = %(provider)s AND state = 'OWED' AND next_attempt_at IS NULL
              )
            """,
            {"now": now, "soon": now + timedelta(**AFTER_OUR_ANSWER), "task": DELIVER, "provider": provider_id},
        )


def defer_lost(*, now):
    """Calls that are owed and have no job, because somebody meddled with the queue, have one. Returns how many."""
    jobs = ProcrastinateJob.objects.filter(task_name=DELIVER, status__in=("todo", "doing"))
    has_job = jobs.annotate(about=Cast(KT("args__callback_id"), BigIntegerField())).filter(about=OuterRef("pk"))
    settled = Callback.objects.filter(state=CallbackState.OWED, created_at__lt=now - LOST_AFTER)
    with transaction.atomic():
        lost = list(settled.exclude(Exists(has_job)).select_for_update(skip_locked=True).order_by("pk"))
        defer_all(lost)
    if lost:
        log.error("calls_without_a_job", callbacks=[callback.pk for callback in lost])
    return len(lost)


def pass_on(callback):
    """Whoever asked will hear what came of the question: an answer, or none."""
    if callback.kind in ANSWERED:
        app.configure_task(ANSWERED[callback.kind]).defer(callback_id=callback.pk)


def withdraw_advice(*, booking_id, leg_id):
    """Advice for the ride of this leg that was not given yet will not be given any more."""
    owed = Callback.objects.filter(booking_id=booking_id, state=CallbackState.OWED, kind=CallbackKind.ADVICE)
    for callback in owed.filter(body__legId=str(leg_id)):
        callback.give_up()
        callback.outcome = "The ride was over before."
        callback.save(update_fields=["state", "outcome"])


def check_address(provider, url, *, field, module):
    """Raises Invalid unless the host of this address is registered for the provider, so that nobody names another's.

    Registered are the host of its base URL and those of its callback channel. An empty address is none.
    """
    if not url:
        return
    channel = CallbackChannel.objects.filter(provider=provider).first()
    registered = {urlsplit(provider.base_url).hostname, *(channel.more_hosts if channel else ())}
    host = urlsplit(url).hostname
    if host not in registered:
        raise Invalid(f"Field: {field}, Reason: {host} is not registered as a host of yours.", module=module)
