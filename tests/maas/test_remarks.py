"""What is remarkable about the calls of a provider …"""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from fleet import information
from maas import remarks, services, tasks
from maas.models import Remark
from maas.peculiar import meant_header, meant_member
from tests.client import MpClient, refused
from tests.concurrency.races import at_once
from tests.factories import MaasProviderFactory
from tests.fleet_factories import AssetFactory, DeviceGroupFactory, RegionFactory, SystemFactory
from tests.journey import HERE, NOW, at, given_leg, minutes, nothing_changes
from tomp.versions import LATEST

TODAY = NOW.date()
UNKNOWN = "/legs/5d2f7c3a-8f0e-4a5c-9a55-1f6d1f7f0001"


def counted(**about):
    """What is in the database, but how many calls there were."""
    found = Remark.objects.filter(**about).exclude(kind="CALL").order_by("kind", "operation", "subject")
    return [(row.kind, row.operation, row.status, row.code, row.subject, row.count) for row in found]


def written(provider=None):
    """The same, with what this process had still kept."""
    remarks.write(remarks.tally.pending)
    remarks.tally.forget()
    return counted(**({"provider": provider} if provider else {}))


@pytest.fixture
def scooter():
    RegionFactory()
    return AssetFactory()


# is remembered


def test_a_refusal_is_counted_with_its_operation_code_and_field(mp):
    refused(mp.event(UNKNOWN[6:], "FINISH"), 404, 4204)
    refused(mp.event(UNKNOWN[6:], "FINISH"), 404, 4204)
    refused(mp.post("/planning/offers", {}), 400, 2001)

    assert written(mp.provider) == [
        ("REFUSAL", "POST /legs/{id}/events FINISH", 404, 4204, "", 2),
        ("REFUSAL", "POST /planning/offers", 400, 2001, "from", 1),
    ]
    assert set(Remark.objects.values_list("day", "last_at")) == {(TODAY, NOW)}


def test_a_refusal_is_written_at_once_and_its_repetition_later(mp):
    refused(mp.get(UNKNOWN), 404, 4204)
    refused(mp.get(UNKNOWN), 404, 4204)

    assert counted() == [("REFUSAL", "GET /legs/{id}", 404, 4204, "", 1)]
    assert written() == [("REFUSAL", "GET /legs/{id}", 404, 4204, "", 2)]


def test_repetitions_are_written_by_the_first_call_after_a_while(mp, monkeypatch):
    for _time in range(3):
        mp.get(UNKNOWN)
    monkeypatch.setattr(remarks.tally, "written_at", remarks.tally.written_at - remarks.WRITTEN_EVERY)

    mp.get("/bookings")

    assert counted() == [("REFUSAL", "GET /legs/{id}", 404, 4204, "", 3)]
    assert Remark.objects.get(kind="CALL").count == 4


def test_an_event_that_is_none_of_the_protocol_is_not_kept(mp):
    refused(mp.event(UNKNOWN[6:], "Jane Doe"), 404, 4204)

    assert written() == [("REFUSAL", "POST /legs/{id}/events", 404, 4204, "", 1)]


def test_the_version_asked_for_is_kept_and_whose_it_was(mp):
    refused(mp.get("/bookings", headers={"Api-Version": "2.0.0"}), 400, 7008)
    refused(mp.get("/bookings", headers={"Api-Version": "Jane"}), 400, 7008)

    assert written(mp.provider) == [("REFUSAL", "", 400, 7008, "", 1), ("REFUSAL", "", 400, 7008, "2.0.0", 1)]


def test_an_address_we_do_not_serve_is_kept_without_what_is_unknown_in_it(mp):
    refused(mp.get("/customers/jane@example.org/rides", check=False), 404, 7204)

    assert written(mp.provider) == [("REFUSAL", "GET /customers/…/…", 404, 7204, "", 1)]


def test_headers_that_are_missing_are_counted_where_they_are_declared(mp):
    for name in ("Accept-Language", "Api", "Api-Version"):
        mp.get("/bookings", headers={name: None}, check=False)
        mp.get("/operator/ping", headers={name: None}, check=False)

    assert written(mp.provider) == [
        ("MISSING_HEADER", "", 0, 0, "Accept-Language", 1),
        ("MISSING_HEADER", "", 0, 0, "Api", 1),
        ("MISSING_HEADER", "", 0, 0, "Api-Version", 1),
    ]


def test_a_missing_maas_id_is_a_refusal_and_nothing_else(mp):
    refused(mp.get("/bookings", headers={"maas-id": None}), 400, 7001)

    assert written() == [("REFUSAL", "GET /bookings", 400, 7001, "maas-id", 1)]


def test_a_header_that_resembles_one_of_the_protocol_is_counted(mp):
    mp.get("/bookings", headers={"MaasId": "mp", "X-Forwarded-For": "10.0.0.1", "traceparent": "00-1-2-01"})

    assert written() == [("ODD_HEADER", "", 0, 0, "Maasid → maas-id", 1)]


def test_an_old_name_is_counted(mp, scooter):
    leg = given_leg(mp.provider, scooter)
    mp.get(f"/executions/{leg.id}")
    mp.post("/plannings", at(HERE))

    assert written() == [
        ("OLD_NAME", "GET /executions/{id}", 0, 0, "", 1),
        ("OLD_NAME", "POST /plannings", 0, 0, "", 1),
    ]


def test_a_member_that_resembles_one_of_the_protocol_is_counted(mp, scooter):
    mp.offers(**at(HERE), useAsset=["1"], departure_time="2026-06-01T12:00:00Z", favouriteColour="blue")

    assert written() == [
        ("ODD_MEMBER", "POST /planning/offers", 0, 0, "departure_time → departureTime", 1),
        ("ODD_MEMBER", "POST /planning/offers", 0, 0, "useAsset → useAssets", 1),
    ]


def test_what_is_as_it_should_be_is_no_more_than_a_call(mp, scooter):
    mp.get("/bookings")
    mp.offers(**at(HERE))

    assert written() == []
    assert [(row.kind, row.count) for row in Remark.objects.all()] == [("CALL", 2)]


def test_a_day_is_one_of_the_operators_calendar(mp, clock):
    SystemFactory(timezone="Europe/Amsterdam")
    information.forget()
    clock.move_to(datetime(2026, 6, 1, 22, 30, tzinfo=UTC))

    mp.get(UNKNOWN)

    assert Remark.objects.get(kind="REFUSAL").day == date(2026, 6, 2)


# is not remembered


def test_calls_of_nobody_we_know_are_not_counted(mp):
    refused(mp.get("/bookings", headers={"X-API-Key": "wrong"}), 401, 7002)
    refused(mp.get("/bookings", headers={"X-API-Key": None}), 401, 7001)
    refused(mp.get("/bookings", headers={"X-API-Key": "wrong", "Api-Version": "9"}), 400, 7008)
    refused(mp.get("/nothing", headers={"X-API-Key": "wrong"}, check=False), 404, 7204)

    assert written() == []
    assert not Remark.objects.exists()


def test_vehicles_that_report_are_no_providers(mp, client):
    DeviceGroupFactory(pk=mp.provider.pk, secret="of-the-group")
    answer = client.post("/telemetry/", {}, "application/json", headers={"X-API-Key": "of-the-group", "MaasId": "1"})

    assert answer.status_code == 400
    assert written() == []


def test_an_answer_given_again_is_counted_once(mp):
    for _time in range(2):
        mp.post("/planning/offers", {}, **{"Idempotency-Key": "one"})

    assert written() == [("REFUSAL", "POST /planning/offers", 400, 2001, "from", 1)]


def test_another_providers_calls_are_its_own(mp, other_mp):
    mp.get(UNKNOWN)
    other_mp.get(UNKNOWN)
    other_mp.get(UNKNOWN)

    assert [row[-1] for row in written(mp.provider)] == [1]
    assert [row[-1] for row in counted(provider=other_mp.provider)] == [2]


def test_one_who_makes_up_new_mistakes_all_day_fills_no_table(mp, monkeypatch):
    monkeypatch.setattr(remarks, "MOST_KEYS", 4)
    for number in range(10):
        mp.get("/bookings", headers={"Api-Version": f"9.{number}"})

    assert len(written()) == 3
    assert Remark.objects.get(kind="CALL").count == 10


# costs nothing to speak of


def test_a_good_call_costs_no_statement(mp, django_assert_num_queries):
    with django_assert_num_queries(2 * 3):  # credentials, what lapsed, the list
        mp.get("/bookings")
        mp.get("/bookings")


def test_a_header_missing_in_every_call_is_one_statement_once(mp, django_assert_num_queries):
    mp.get("/bookings", headers={"Api": None}, check=False)

    with django_assert_num_queries(2 * 3):
        mp.get("/bookings", headers={"Api": None}, check=False)
        mp.get("/bookings", headers={"Api": None}, check=False)


def test_a_counter_that_fails_changes_no_answer(mp, scooter, monkeypatch):
    def fail(counted):
        raise OSError("the disk is full")

    monkeypatch.setattr(remarks, "write", fail)
    with nothing_changes():
        refused(mp.get(UNKNOWN), 404, 4204)
    assert mp.get("/bookings", headers={"MaasId": "mp"}).status_code == 200
    assert not Remark.objects.exists()


def test_a_provider_that_is_gone_is_left_out(db):
    provider = MaasProviderFactory()
    about = (TODAY, "REFUSAL", "GET /bookings", 400, 3002, "")

    remarks.write({(provider.pk, *about): (3, NOW), (provider.pk + 1, *about): (5, NOW)})

    assert [(row.provider, row.count) for row in Remark.objects.all()] == [(provider, 3)]


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_nothing_is_lost_when_many_count_at_once():
    client = MpClient(MaasProviderFactory(), LATEST.full)
    other = MpClient(MaasProviderFactory(), LATEST.full)
    mistakes = [{"MaasId": "1"}, {"Api": None}, {"Version": "1"}]

    def call(number):
        for step in range(5):
            headers = mistakes[(number + step) % 3]
            (client if number % 2 else other).get(UNKNOWN, headers=headers, check=False)

    at_once(lambda number=number: call(number) for number in range(8))

    refusals = [row for row in written() if row[0] == "REFUSAL"]
    assert [row[-1] for row in refusals] == [20, 20]
    assert sorted(Remark.objects.filter(kind="CALL").values_list("count", flat=True)) == [20, 20]
    assert sum(Remark.objects.exclude(kind__in=("CALL", "REFUSAL")).values_list("count", flat=True)) == 40


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_processes_that_write_the_same_rows_wait_for_each_other():
    provider = MaasProviderFactory()
    keys = [(provider.pk, TODAY, "REFUSAL", f"GET /{number}", 400, 1, "") for number in range(30)]

    def write(ordered):
        for _time in range(10):
            remarks.write(dict.fromkeys(ordered, (1, NOW)))
        connection.close()

    at_once([lambda: write(keys), lambda: write(keys[::-1]), lambda: write(keys[::2] + keys[1::2])])

    assert set(Remark.objects.values_list("count", flat=True)) == {30}


# is forgotten


def test_is_forgotten_with_the_days_the_settings_say(clock, settings):
    settings.TOMP_RETENTION_DAYS = 30
    provider = MaasProviderFactory()
    for age in (30, 31):
        day = TODAY - timedelta(days=age)
        remarks.write({(provider.pk, day, "REFUSAL", "GET /bookings", 400, 3002, ""): (1, NOW)})

    tasks.forget_expired(timestamp=0)

    assert [row.day for row in Remark.objects.all()] == [TODAY - timedelta(days=30)]
    assert services.forget_remarks(before=TODAY) == 1


# which names are remarkable


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("maasid", "maas-id"), ("maas_id", "maas-id"), ("x-maas-id", "maas-id"), ("mass-id", "maas-id"),
        ("version", "Api-Version"), ("apiversion", "Api-Version"), ("api_version", "Api-Version"),
        ("tomp-version", "Api-Version"), ("adressed-to", "addressed-to"), ("accept-langauge", "Accept-Language"),
        ("apikey", "X-API-Key"), ("language", "Accept-Language"), ("idempotence-key", "Idempotency-Key"),
    ],
)  # fmt: skip
def test_a_misspelt_or_foreign_header_means_another(name, meant):
    assert meant_header(name) == meant


@pytest.mark.parametrize(
    "name",
    [
        "maas-id", "api", "api-version", "addressed-to", "accept-language", "x-api-key", "idempotency-key",
        "notification-url", "accept", "accept-encoding", "accept-charset", "content-language", "content-type",
        "content-length", "host", "user-agent", "authorization", "cookie", "connection", "cache-control", "pragma",
        "origin", "referer", "via", "forwarded", "expect", "te", "date", "from", "range", "upgrade-insecure-requests",
        "sec-fetch-mode", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-real-ip", "x-request-id",
        "x-correlation-id", "traceparent", "tracestate", "baggage", "x-b3-traceid", "x-amzn-trace-id", "cf-ray",
        "cf-connecting-ip", "x-cloud-trace-context", "x-datadog-trace-id", "x-envoy-attempt-count", "app-version",
        "x-app-version", "client-version", "x-client-id", "x-tenant-id",
    ],
)  # fmt: skip
def test_headers_of_others_are_fine(name):
    assert meant_header(name) is None


def test_a_member_means_the_one_it_resembles():
    known = frozenset(("useAssets", "useAssetTypes", "departureTime", "nrOfTravelers"))

    assert meant_member("use-assets", known) == "useAssets"
    assert meant_member("departuretime", known) == "departureTime"
    assert meant_member("nrOfTravellers", known) == "nrOfTravelers"
    assert meant_member("previousLegInfo", known) is None
    assert meant_member("x" * 10_000, known) is None


def test_the_clock_of_a_call_is_the_one_of_its_last(mp, clock):
    mp.get(UNKNOWN)
    clock.move_to(NOW + minutes(3))
    mp.get(UNKNOWN)

    written()

    assert Remark.objects.get(kind="REFUSAL").last_at == timezone.now() == NOW + minutes(3)
