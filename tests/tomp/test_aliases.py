"""An operation by its old name …"""

from pathlib import Path

import pytest
from django.conf import settings

from bookings.models import Booking
from fleet.models import Asset
from legs.models import LegEvent
from tests.client import refused
from tests.fleet_factories import AssetFactory, RegionFactory
from tests.journey import HERE, NEARBY, at, given_booking, given_leg, located, nothing_changes
from tomp.alias_documentation import TAG
from tomp.aliases import OLD_NAMES, in_present_names, old_name_of
from tomp.document import document
from tomp.versions import VERSIONS

DOCUMENTED = (Path(settings.BASE_DIR) / "docs" / "old-names.md").read_text()
NOON = "2026-06-01T12:00:00Z"


def one_stop(asset):
    return {**at(HERE), "useAssets": [str(asset.public_id)]}


# Which names


@pytest.mark.parametrize(
    ("old", "present"),
    [
        ("/booking", "/bookings"),
        ("/booking/1/events", "/bookings/1/events"),
        ("/executions/1/available-assets", "/legs/1/available-assets"),
        ("/executions/1", "/legs/1"),
        ("/operators/available-assets", "/operator/available-assets"),
        ("/planning-options", "/plannings"),
        ("/plannings", "/plannings"),
    ],
)
def test_has_a_present_name(old, present):
    assert old_name_of(old).present_path(old) == present


@pytest.mark.parametrize("path", ["/bookings", "/bookings/1", "/bookingsx", "/legs/1", "/operator/ping", "/", ""])
def test_is_not_what_merely_looks_like_one(path):
    assert old_name_of(path) is None


@pytest.mark.parametrize("name", OLD_NAMES, ids=lambda name: name.path)
def test_stands_in_the_documentation(name):
    for word in (name.path, name.present, *name.members, *name.parameters):
        assert f"`{word}`" in DOCUMENTED


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"operation": "PAUSE"}, {"event": "PAUSE"}),
        ({"operation": "PAUSE", "event": "FINISH"}, {"event": "FINISH"}),
        ({"operation": "PAUSE", "event": None}, {"event": "PAUSE"}),
        ({"operation": None}, {}),
        ({"asset": {"place": {"name": "Dom"}}}, {"asset": {"overriddenProperties": {"location": {"name": "Dom"}}}}),
        ({"asset": {"place": {}, "overriddenProperties": 3}}, {"asset": {"overriddenProperties": 3}}),
        ({"asset": "place"}, {"asset": "place"}),
        (["operation"], ["operation"]),
        ("operation", "operation"),
        (None, None),
    ],
    ids=str,
)
def test_reads_old_members_where_they_are_and_survives_where_they_are_not(sent, read):
    names = {"operation": "event", "asset.place": "asset.overriddenProperties.location"}

    assert in_present_names(sent, names) == read


def test_leaves_what_was_sent_alone():
    sent = {"asset": {"place": {"name": "Dom"}}}

    in_present_names(sent, {"asset.place": "asset.overriddenProperties.location"})

    assert sent == {"asset": {"place": {"name": "Dom"}}}


# The same answer


@pytest.mark.parametrize(
    ("old", "present"),
    [
        ("/booking", "/bookings"),
        ("/booking/{id}", "/bookings/{id}"),
        ("/booking/{id}/notifications", "/bookings/{id}/notifications"),
        ("/executions/{id}", "/legs/{id}"),
        ("/executions/{id}/progress", "/legs/{id}/progress"),
        ("/executions/{id}/available-assets", "/legs/{id}/available-assets"),
        ("/operators/available-assets", "/operator/available-assets"),
        ("/operators/information", "/operator/information"),
        ("/operators/meta", "/operator/meta"),
        ("/operators/ping", "/operator/ping"),
        ("/booking/unknown", "/bookings/unknown"),
    ],
)
def test_answers_as_by_its_present_name(mp, old, present):
    leg_id = str(given_leg(mp.provider, state="IN_USE").pk)

    by_old, by_present = (mp.get(path.replace("{id}", leg_id)) for path in (old, present))

    assert by_old.status_code == by_present.status_code
    bodies = [answer.json() if answer.content else None for answer in (by_old, by_present)]
    for body in bodies:
        if isinstance(body, dict):
            body.pop("instance", None)  # each refusal has a name of its own
    assert bodies[0] == bodies[1]
    headers = [
        {name: value for name, value in answer.items() if name != "Deprecation"} for answer in (by_old, by_present)
    ]
    assert headers[0] == headers[1]


def test_says_that_the_name_is_deprecated(mp):
    assert mp.get("/booking").headers["Deprecation"] == "@1793491200"
    assert mp.get("/booking/unknown").headers["Deprecation"] == "@1793491200"
    assert mp.post("/plannings", at(HERE)).headers["Deprecation"] == "@1793491200"
    assert "Deprecation" not in mp.get("/bookings").headers
    assert "Deprecation" not in mp.post("/planning/offers", at(HERE)).headers


def test_may_end_in_a_slash(mp):
    assert mp.get("/booking/").json() == []


def test_books_what_is_found_by_the_present_name(mp):
    booked = mp.post("/booking/one-stop", one_stop(AssetFactory()))

    assert booked.status_code == 201
    assert booked.headers["Expires"] == "Mon, 01 Jun 2026 12:15:00 GMT"
    booking_id = booked.json()["id"]
    assert mp.get(f"/bookings/{booking_id}").json() == mp.get(f"/booking/{booking_id}").json()
    assert mp.get(f"/executions/{booking_id}").json() == mp.get(f"/legs/{booking_id}").json()


def test_finds_what_was_booked_by_the_present_name(mp):
    booking_id = mp.one_stop(**one_stop(AssetFactory())).json()["id"]

    committed = mp.post(f"/booking/{booking_id}/events", {"operation": "COMMIT"})

    assert committed.status_code == 200
    assert committed.json()["state"] == Booking.objects.get().state == "CONFIRMED"


def test_refuses_as_by_the_present_name(mp, other_mp):
    booking = given_booking(other_mp.provider)

    with nothing_changes():
        refused(mp.get(f"/booking/{booking.pk}"), 404, 3204)
        refused(mp.post("/booking", {}), 400, 3001)
        refused(mp.call("GET", "/booking", headers={"X-API-Key": None}), 401, 7001)
        refused(mp.call("DELETE", "/booking"), 405, 3004)
        refused(mp.get("/executions/1/nothing"), 404, 7204)


def test_is_done_once_whichever_name_the_retry_uses(mp):
    request, key = one_stop(AssetFactory()), {"Idempotency-Key": "same"}

    first = mp.post("/booking/one-stop", request, **key)
    again = mp.post("/bookings/one-stop", request, **key)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert Booking.objects.count() == 1


# Members by their old names


@pytest.mark.parametrize("path", ["/plannings", "/planning-options"])
@pytest.mark.parametrize("member", ["assetIds", "use-asset", "useAssets"])
def test_plans_with_assets_by_either_name(mp, path, member):
    RegionFactory()
    AssetFactory()
    wanted = AssetFactory()

    answer = mp.post(path, {**at(HERE), member: [str(wanted.public_id)]})

    assert answer.status_code == 201
    [option] = answer.json()["options"]
    assert option["legs"][0]["asset"]["id"] == str(wanted.public_id)


def test_plans_at_a_time_by_the_old_names(mp):
    AssetFactory()

    answer = mp.post(
        "/planning-options", {**at(HERE), "startTime": "2026-06-01T12:10:00Z", "endTime": "2026-06-01T12:40:00Z"}
    )

    [option] = answer.json()["options"]
    assert (option["departureTime"], option["arrivalTime"]) == ("2026-06-01T12:10:00Z", "2026-06-01T12:40:00Z")


@pytest.mark.parametrize("parameter", ["provide-ids", "booking-intent"])
def test_offers_when_asked_for_ids(mp, parameter):
    AssetFactory()

    answer = mp.call("POST", "/planning-options", at(HERE), query={parameter: "true"})

    [option] = answer.json()["options"]
    assert option["id"] == str(Booking.objects.get().pk)


@pytest.mark.parametrize("member", ["operation", "event"])
def test_reports_an_event_by_either_name(mp, member):
    leg = given_leg(mp.provider, state="IN_USE")

    answer = mp.post(f"/executions/{leg.pk}/events", {member: "PAUSE", "time": NOON})

    assert answer.status_code == 200
    assert answer.json()["state"] == "PAUSED"


def test_is_the_same_event_as_by_the_present_name(mp):
    leg = given_leg(mp.provider, state="IN_USE")
    before = LegEvent.objects.count()

    mp.post(f"/executions/{leg.pk}/events", {"operation": "PAUSE", "time": NOON})
    mp.post(f"/legs/{leg.pk}/events", {"event": "PAUSE", "time": NOON})

    assert LegEvent.objects.count() == before + 1


def test_ends_a_ride_at_a_place_by_its_old_name(mp):
    leg = given_leg(mp.provider, state="IN_USE")
    place = located(NEARBY)["asset"]["overriddenProperties"]["location"]

    answer = mp.post(f"/executions/{leg.pk}/events", {"operation": "FINISH", "time": NOON, "asset": {"place": place}})

    assert answer.status_code == 200
    assert Asset.objects.values_list("lat", "lon").get() == NEARBY


def test_leaves_present_addresses_to_present_members(mp):
    leg = given_leg(mp.provider, state="IN_USE")

    with nothing_changes():
        refused(mp.post(f"/legs/{leg.pk}/events", {"operation": "PAUSE", "time": NOON}), 400, 4001)
        refused(mp.post("/bookings/one-stop", {**at(HERE), "assetIds": ["1"]}), 400, 3001)


# In what we publish


@pytest.mark.parametrize("minor", VERSIONS)
def test_is_published_as_deprecated(minor):
    paths = document(minor)["paths"]
    old = {
        path: item for path, item in paths.items() for name in OLD_NAMES if name.present_path(path) not in (None, path)
    }

    assert old.keys() >= {
        "/booking",
        "/booking/{id}/events",
        "/executions/{id}/progress",
        "/operators/available-assets",
    }
    for path, item in old.items():
        present = paths[old_name_of(path).present_path(path)]
        assert item.keys() == present.keys()
        for method, operation in item.items():
            assert (operation["deprecated"], operation["tags"]) == (True, [TAG])
            assert operation["operationId"] == f"old_{present[method]['operationId']}"
            assert operation["responses"].keys() == present[method]["responses"].keys()
    assert not any(
        operation["tags"] == [TAG] for path in paths.keys() - old.keys() for operation in paths[path].values()
    )


@pytest.mark.parametrize("minor", VERSIONS)
def test_is_published_with_its_old_members(minor):
    schemas = document(minor)["components"]["schemas"]

    event = schemas["legEventByOldNames"]
    assert event["required"] == ["time"]
    assert event["allOf"] == [{"anyOf": [{"required": ["event"]}, {"required": ["operation"]}]}]
    assert schemas["legEvent"]["required"] == ["event", "time"]
    assert {"assetIds", "use-asset"} <= schemas["planningRequestByOldNames"]["properties"].keys()
    assert "assetIds" not in schemas["planningRequest"]["properties"]


def test_is_not_told_by_meta(mp):
    told = {endpoint["path"] for entry in mp.get("/operator/meta").json() for endpoint in entry["endpoints"]}

    assert [path for path in told if path.startswith(("/booking/", "/executions", "/operators", "/planning-"))] == []
    assert "/booking" not in told
