"""An outage of a provider, hours of it in no time: what is owed arrives in order, and delays nobody else."""

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from maas import delivery
from maas.delivery import NotYet
from maas.models import Callback
from tests.factories import CallbackFactory, MaasProviderFactory
from tests.receiver import Receiver
from tomp import egress

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
STEPS = ("CONFIRM", "PREPARE", "FINISH")


def owe(url, bookings):
    """Three calls about each booking of a new provider, told one booking after the other."""
    provider, ids = MaasProviderFactory(), [uuid.uuid4() for _ in range(bookings)]
    for step in STEPS:
        for booking_id in ids:
            CallbackFactory(provider=provider, base_url=url, booking_id=booking_id, body={"operation": step})
    return ids


def work(change_at=None, change=None):
    """Everything that is owed is done, in the order and at the moments at which workers do it; when each was over.

    Of a booking the first call that is owed has its turn, and no other (the lock of the job). `change` is called once
    at the moment `change_at`.
    """
    due, over = dict.fromkeys(Callback.objects.values_list("pk", flat=True), NOW), {}
    booking_of = dict(Callback.objects.values_list("pk", "booking_id"))
    while due:
        heads = {booking_of[pk]: pk for pk in sorted(due, reverse=True)}.values()
        pk = min(heads, key=lambda head: (due[head], head))
        now = max(due[pk], *(over.get(other, NOW) for other in over if booking_of[other] == booking_of[pk]), NOW)
        if change is not None and now >= change_at:
            change()
            change = None
        try:
            delivery.deliver(callback_id=pk, now=now)
            over[pk] = now
            del due[pk]
        except NotYet as later:
            due[pk] = later.at
    return over


def told(receiver):
    """{booking: the operations it was told of, in order}, the same call again left out."""
    calls = {sent.headers["x-correlation-id"]: sent for sent in receiver.received}
    found = {}
    for sent in calls.values():
        booking_id = uuid.UUID(sent.path.split("/")[2])
        found[booking_id] = (*found.get(booking_id, ()), sent.json["operation"])
    return found


def hangs(receiver, monkeypatch):
    """It takes the calls and says nothing; we wait for a fifth of a second."""
    monkeypatch.setattr(egress, "ANSWER_SECONDS", 0.2)
    handler, back = receiver.server.RequestHandlerClass, threading.Event()
    usual = handler.send_response

    def send_response(self, *args):
        back.wait(2)
        usual(self, *args)

    monkeypatch.setattr(handler, "send_response", send_response)
    return back.set


def fails(receiver, answers):
    receiver.answers.extend(answers * 1000)
    return receiver.answers.clear


TROUBLE = {
    "fails": [(500, {}, b"")],
    "is overloaded": [(503, {"Retry-After": "300"}, b""), (429, {"Retry-After": "60"}, b"")],
}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_all_arrives_in_order_after_an_hour_of_errors(receiver, trouble):
    ids = owe(receiver.url, bookings=4)

    over = work(NOW + HOUR, fails(receiver, TROUBLE[trouble]))

    assert told(receiver) == dict.fromkeys(ids, STEPS)
    assert set(Callback.objects.values_list("state", flat=True)) == {"DELIVERED"}
    assert min(over.values()) >= NOW + HOUR
    assert max(over.values()) <= NOW + 3 * HOUR


def test_all_arrives_in_order_when_it_hung(receiver, monkeypatch):
    ids = owe(receiver.url, bookings=3)

    over = work(NOW + timedelta(minutes=2), hangs(receiver, monkeypatch))

    assert told(receiver) == dict.fromkeys(ids, STEPS)
    assert set(Callback.objects.values_list("state", flat=True)) == {"DELIVERED"}
    assert max(over.values()) <= NOW + timedelta(minutes=15)


def test_all_arrives_in_order_after_an_hour_without_anybody_and_others_wait_for_nothing(receiver):
    gone = Receiver()
    gone.server.server_close()
    ids, others = owe(gone.url, bookings=5), owe(receiver.url, bookings=5)

    def comes_back():
        Callback.objects.filter(base_url=gone.url).update(base_url=receiver.url)

    over = work(NOW + HOUR, comes_back)

    assert told(receiver) == dict.fromkeys([*others, *ids], STEPS)
    moments = {pk: Callback.objects.get(pk=pk).booking_id in others for pk in over}
    assert {over[pk] for pk, is_other in moments.items() if is_other} == {NOW}
    assert min(over[pk] for pk, is_other in moments.items() if not is_other) >= NOW + HOUR


@pytest.mark.parametrize("status", [404, 410])
def test_a_booking_it_does_not_know_any_more_is_given_up_call_by_call(receiver, status):
    unknown, known = owe(receiver.url, bookings=2)
    receiver.answer(status)

    work()

    assert told(receiver) == {unknown: STEPS, known: STEPS}
    states = Callback.objects.filter(booking_id=unknown).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["GIVEN_UP", "DELIVERED", "DELIVERED"]
    assert len(receiver.received) == 6
