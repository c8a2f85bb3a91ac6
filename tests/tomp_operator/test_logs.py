"""A line of the log …"""

import io
import json
import logging
import sys
import uuid

import pytest
import structlog
from django.db import IntegrityError
from django.test import Client
from procrastinate.contrib.django import app

from legs.models import LegEvent
from maas import delivery
from maas.models import CallbackChannel
from tests.client import MpClient
from tests.factories import CallbackFactory, MaasProviderFactory
from tests.fleet_factories import AssetFactory
from tests.journey import HERE, NOW, at, mp_client, pause_plan
from tests.trip_factories import CustomerFactory
from tests.worker import work_off
from tomp.jobs import do_each
from tomp_operator import logs

# Whom the log must not know.
PERSON = {
    "firstName": "Xanthippe",
    "lastName": "Quagmire-Zwart",
    "email": "xanthippe@private.example",
    "phones": [{"preferred": True, "kind": "MOBILE", "type": "PRIVATE", "number": "+31-6-55512345"}],
    "birthDate": "1971-03-09",
    "address": {"streetAddress": "Geheimstraat 77", "areaReference": "Nergenshuizen", "country": "NL"},
}
CALLERS_NAME_FOR_HER = "xq-0815@their-own-system"
DOOR = "https://pictures.example.org/xanthippe-at-home.jpg"
OUR_SECRET, SIGNING_SECRET = "secret-we-show-them", "secret-we-sign-with"


class Lines(logging.Handler):
    """The lines as an installation writes them, all levels."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.written = io.StringIO()
        self.setFormatter(
            logs.Line(
                foreign_pre_chain=logs.steps_of_others(),
                processors=[
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *logs.rendering(as_json=True),
                ],
            )
        )

    def emit(self, record):
        self.written.write(self.format(record) + "\n")

    @property
    def text(self):
        return self.written.getvalue()

    def of(self, event):
        lines = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in lines if line["event"] == event]


@pytest.fixture
def lines():
    handler = Lines()
    loggers = [logging.getLogger(), logging.getLogger("procrastinate")]
    levels = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield handler
    loggers[0].removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    structlog.contextvars.clear_contextvars()


def ride_of(mp, asset):
    """She books, rides, complains and pays, with everything about her in every message that may have it."""
    answer = mp.one_stop(**at(HERE), useAssets=[str(asset.public_id)], customer={"id": CALLERS_NAME_FOR_HER, **PERSON})
    booking = answer.json()["id"]
    mp.operation(booking, "COMMIT")
    mp.event(booking, "SET_IN_USE")
    mp.event(booking, "NO_SUCH_EVENT", comment=PERSON["email"])
    mp.event(booking, "FINISH", url=[DOOR])
    mp.event(booking, "FINISH", url=[DOOR], check=False)
    mp.post("/support", {"id": booking, "supportType": "OTHER", "contactInformation": PERSON["email"]}, check=False)
    mp.post(
        f"/bookings/{booking}/notifications",
        {"type": "MESSAGE_TO_END_USER", "comment": PERSON["lastName"]},
        check=False,
    )
    mp.get(f"/customers/{CALLERS_NAME_FOR_HER}", check=False)
    mp.get("/bookings", **{"customer-id": CALLERS_NAME_FOR_HER}, check=False)
    return booking


def forbidden(mp, lines):
    """What must not be in the lines, and is."""
    person = [PERSON[name] for name in ("firstName", "lastName", "email", "birthDate")]
    person += [PERSON["phones"][0]["number"], PERSON["address"]["streetAddress"], CALLERS_NAME_FOR_HER, DOOR]
    secrets = [mp.headers["X-API-Key"], OUR_SECRET, SIGNING_SECRET]
    return [each for each in (*person, *secrets) if each.lower() in lines.text.lower()]


def test_tells_nothing_about_a_person_and_no_secret(transactional_db, lines, clock, receiver):
    provider = MaasProviderFactory(maas_id="talkative", base_url=f"{receiver.url}/mp")
    CallbackChannel.objects.create(provider=provider, auth="BEARER", secret=OUR_SECRET, signing_secret=SIGNING_SECRET)
    mp = MpClient(provider)
    asset = AssetFactory(asset_type__default_plan=pause_plan())
    booking = ride_of(mp, asset)
    work_off()  # what is owed by now
    receiver.answers.append((400, {}, f"We know no {PERSON['firstName']} {PERSON['lastName']}".encode()))
    callback = CallbackFactory(
        provider=provider, booking_id=booking, base_url=receiver.url, body={"comment": PERSON["lastName"]}
    )
    delivery.deliver(callback_id=callback.pk, now=NOW)
    work_off()

    assert LegEvent.objects.filter(leg=booking, event="FINISH").exists()
    assert PERSON["lastName"] in str(receiver.received[-1].body)
    assert len(lines.of("request_finished")) == 10
    assert len(lines.of("callback_given_up")) == 1
    assert forbidden(mp, lines) == []


def test_of_a_request_says_who_asked_about_which_booking(lines, mp):
    asset = AssetFactory()
    booking = mp.one_stop(**at(HERE), useAssets=[str(asset.public_id)]).json()["id"]
    mp.operation(booking, "COMMIT")

    made, committed = lines.of("request_finished")
    assert (committed["maas_id"], committed["booking_id"]) == ("mp", booking)
    assert committed["request"] == f"POST /tomp/bookings/{booking}/events"
    assert made["maas_id"] == "mp"
    assert made["request_id"] != committed["request_id"]


def test_says_who_of_the_staff_opened_a_page_and_that_none_made_a_call(lines, mp, admin_client, admin_user):
    """A browser that is signed in to the back office sends its cookie along with whatever it asks."""
    admin_client.get("/admin/")
    answer = admin_client.get("/tomp/bookings", headers=mp.headers)

    page, call = lines.of("request_finished")
    assert (page["request"], page["user_id"]) == ("GET /admin/", admin_user.pk)
    assert (call["request"], call["maas_id"]) == ("GET /tomp/bookings", mp.provider.maas_id)
    assert "user_id" not in call
    assert "Cookie" not in answer["Vary"]


def test_of_a_leg_says_which_booking_it_is_of(lines, mp):
    booking = mp.one_stop(**at(HERE), useAssets=[str(AssetFactory().public_id)]).json()["id"]
    mp.operation(booking, "COMMIT")
    mp.event(booking, "SET_IN_USE")

    line = lines.of("request_finished")[-1]
    assert (line["leg_id"], line["booking_id"]) == (booking, booking)


def test_of_a_refusal_has_the_name_the_caller_has_for_it(lines, mp):
    error = mp.get(f"/bookings/{uuid.UUID(int=1)}").json()

    (line,) = lines.of("request_finished")
    assert (line["instance"], line["errorcode"], line["code"]) == (error["instance"], 3204, 404)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("abc-123:4.5_6", "abc-123:4.5_6"), ("her name is Xanthippe", None), ("x" * 65, None), ("a\nb", None)],
)
def test_takes_over_a_correlation_id_and_nothing_longer_or_odder(lines, db, sent, kept):
    Client().get("/tomp/operator/ping", headers={"X-Correlation-ID": sent})

    (line,) = lines.of("request_finished")
    assert line.get("correlation_id") == kept


def test_of_a_call_ties_it_to_the_request_it_comes_from(lines, clock, receiver):
    mp = mp_client(maas_id="mp", base_url=f"{receiver.url}/mp", auto_commit=True)
    callback = CallbackFactory(provider=mp.provider, base_url=receiver.url)

    delivery.deliver(callback_id=callback.pk, now=NOW)

    (line,) = lines.of("callback_delivered")
    assert (line["maas_id"], line["booking_id"]) == ("mp", str(callback.booking_id))
    assert line["correlation_id"] == receiver.received[0].headers["x-correlation-id"]


def test_of_a_job_names_the_job_and_not_what_it_was_given(transactional_db, lines, monkeypatch):
    def broken(**about):
        raise RuntimeError("Out of order.")

    monkeypatch.setattr("legs.vehicles.vehicle_told", broken)
    place = [{"asset": 1, "happenings": [{"at": NOW.isoformat(), "lat": 52.090123}]}]
    job = app.configure_task("legs.tasks.follow_vehicles").defer(vehicles=place)

    work_off()

    line = lines.of("vehicle_not_followed")[0]  # it is tried again after five seconds, which a slow machine may take
    assert (line["job_id"], line["task"]) == (job, "legs.tasks.follow_vehicles")
    assert lines.of("job_error_retry")[0]["job_id"] == job
    assert "52.090123" not in lines.text


def test_of_one_of_many_is_about_that_one(lines):
    def do(each):
        structlog.contextvars.bind_contextvars(booking_id=each)
        if each == "b":
            raise RuntimeError("Out of order.")

    do_each(["a", "b", "c"], do, failure="not_done")

    assert [(line["id"], line["booking_id"]) for line in lines.of("not_done")] == [("b", "b")]
    assert structlog.contextvars.get_contextvars() == {}


def test_of_an_error_of_the_database_leaves_out_the_row(lines, db):
    customer = CustomerFactory(external_id=CALLERS_NAME_FOR_HER)
    try:
        CustomerFactory(provider=customer.provider, external_id=CALLERS_NAME_FOR_HER)
    except IntegrityError:
        structlog.get_logger("test").exception("not_saved")

    (line,) = lines.of("not_saved")
    assert "duplicate key value violates unique constraint" in line["exception"][0]["exc_value"]
    assert CALLERS_NAME_FOR_HER not in lines.text


def test_leaves_the_row_out_at_home_too():
    said = 'duplicate key value violates unique constraint "c"\nDETAIL:  Key (email)=(x@y) already exists.'
    text = io.StringIO()
    try:
        raise IntegrityError(said)
    except IntegrityError:
        logs._plain(text, sys.exc_info())

    assert "IntegrityError: duplicate key value" in text.getvalue()
    assert "x@y" not in text.getvalue()
