"""POST /telemetry/ …"""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from fleet.models import Asset, DeviceGroup
from maas.models import digest_of
from maas.pace import pace
from tests.fleet_factories import AssetFactory, AssetTypeFactory, DeviceGroupFactory, StationFactory
from tests.journey import HERE, NEARBY, NOW, minutes, nothing_changes
from tests.telemetry import KEY, place, report, said

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def group(clock):
    return DeviceGroupFactory(secret=KEY)


@pytest.fixture
def post(group):
    """Sends these reports with the key of the group."""
    return report


def became(answer):
    assert answer.status_code == 200, answer.content
    body = answer.json()
    return body["accepted"], body["repeated"], body["late"]


class TestOfAVehicle:
    def test_keeps_what_it_says(self, post):
        asset, dock = AssetFactory(), StationFactory(station_id="dom")

        answer = post(
            said(
                asset, position=place(NEARBY), stateOfCharge=41.6, range=12_000, odometer=5_000_000_000, lock="CLOSED",
                speed=0, dock={"stationId": "dom", "slot": "7"}, errors=[],
            )
        )  # fmt: skip

        assert answer.json() == {"accepted": 1, "repeated": 0, "late": 0, "unknown": [], "wrong": []}
        asset = Asset.objects.get()
        assert (asset.lat, asset.lon, asset.reported_at) == (*NEARBY, NOW)
        assert (asset.state_of_charge, asset.range_m, asset.odometer_m) == (42, 12_000, 5_000_000_000)
        assert (asset.lock_state, asset.station, asset.station_slot, asset.is_docked) == ("CLOSED", dock, "7", True)

    def test_leaves_alone_what_it_does_not_say(self, post):
        asset = AssetFactory(station=StationFactory(), station_slot="3", range_m=900)
        before = Asset.objects.values().get()

        post(said(asset, stateOfCharge=50))

        assert Asset.objects.values().get() == before | {"state_of_charge": 50, "reported_at": NOW}

    @pytest.mark.parametrize("told", ["2026-06-01T12:01:01Z", "9999-12-31T23:59:59Z"])
    def test_is_heard_where_a_list_said_it_reports_in_the_future(self, post, told):
        asset = AssetFactory(reported_at=told)

        assert became(post(said(asset, stateOfCharge=9))) == (1, 0, 0)
        assert became(post(said(asset, -1, stateOfCharge=8))) == (0, 0, 1)
        asset = Asset.objects.get()
        assert (asset.state_of_charge, asset.reported_at) == (9, NOW)

    def test_knows_it_by_its_imei(self, post):
        asset = AssetFactory(marked=True)

        assert became(post(said(asset.imei, stateOfCharge=9))) == (1, 0, 0)
        assert Asset.objects.get().state_of_charge == 9

    def test_has_it_leave_its_dock(self, post):
        asset = AssetFactory(station=StationFactory(), station_slot="3")

        post(said(asset, dock=None))

        asset = Asset.objects.get()
        assert (asset.station, asset.station_slot, asset.is_docked) == (None, "", False)

    def test_writes_no_history(self, post):
        asset = AssetFactory()

        post(said(asset, position=place(NEARBY)))

        assert asset.history.count() == 1


class TestInTime:
    def test_takes_a_report_once(self, post):
        report = said(AssetFactory(), stateOfCharge=50)
        post(report)

        with nothing_changes():
            assert became(post(report)) == (0, 1, 0)

    def test_keeps_newer_facts(self, post):
        asset = AssetFactory()
        post(said(asset, stateOfCharge=50, position=place(HERE)))

        with nothing_changes():
            assert became(post(said(asset, -1, stateOfCharge=80, position=place(NEARBY)))) == (0, 0, 1)

    def test_puts_a_batch_in_order(self, post):
        asset = AssetFactory()

        answer = post(said(asset, -1, stateOfCharge=40), said(asset, -3, stateOfCharge=60), said(asset, -1))

        assert became(answer) == (2, 1, 0)
        assert (Asset.objects.get().state_of_charge, Asset.objects.get().reported_at) == (40, NOW - minutes(1))

    def test_does_not_believe_a_clock_that_runs_ahead(self, post):
        asset = AssetFactory()

        with nothing_changes():
            answer = post(said(asset, 2, stateOfCharge=1))

        assert answer.json()["wrong"] == [{"index": 0, "reason": "Field: at, Reason: that is in the future."}]
        assert became(post(said(asset, 1, stateOfCharge=1))) == (1, 0, 0)


class TestOfMany:
    def test_tells_each_wrong_one_by_its_index_and_counts_the_others(self, post):
        asset = AssetFactory()

        answer = post(
            {"vehicle": asset.vehicle_number},
            said(asset, -3, stateOfCharge=101),
            said(asset, -2, dock={"stationId": "nowhere"}),
            "a report",
            said(asset, -1, position={"lat": 91, "lng": 0}),
            said(asset, stateOfCharge=33),
        )

        assert became(answer) == (1, 0, 0)
        assert [(wrong["index"], wrong["reason"].split(",")[0]) for wrong in answer.json()["wrong"]] == [
            (0, "Field: at"),
            (1, "Field: stateOfCharge"),
            (2, "Field: dock.stationId"),
            (3, "Field: body"),
            (4, "Field: position.lat"),
        ]
        assert Asset.objects.get().state_of_charge == 33

    def test_names_the_vehicles_nobody_knows(self, post):
        answer = post(said("no-such", -1), said(AssetFactory()), said("no-such"))

        assert (became(answer), answer.json()["unknown"]) == ((1, 0, 0), ["no-such"])

    def test_needs_so_many_statements_whatever_their_number(self, post, django_assert_num_queries):
        assets = [AssetFactory() for _ in range(20)]
        reports = [said(asset, position=place(NEARBY), stateOfCharge=50) for asset in assets]

        # the group, its types, begin, lock, asset types, regions, write, alerts, commit
        with django_assert_num_queries(9):
            post(*reports)

        assert Asset.objects.filter(lat=NEARBY[0]).count() == 20

    def test_is_refused_beyond_its_limits(self, post):
        asset = AssetFactory()

        with nothing_changes():
            assert post(*[said(asset)] * 1001).status_code == 413
            assert post(said(asset, errors=["x" * 1024 * 1024])).status_code == 413
        assert became(post(*[said(asset)] * 1000)) == (1, 999, 0)


class TestOfAGroup:
    @pytest.mark.parametrize("key", ["", "another key"])
    def test_is_refused_without_its_key(self, post, key):
        asset = AssetFactory()

        with nothing_changes():
            answer = post(said(asset, stateOfCharge=1), key=key)

        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="telemetry"'

    @pytest.mark.parametrize("key", ["a guess", ""])
    def test_is_slowed_down_while_it_guesses_its_key_and_never_with_it(self, post, settings, key):
        settings.TOMP_ANONYMOUS_CALLS_PER_MINUTE = 2
        pace.forget()
        asset = AssetFactory()

        answers = [post(said(asset, stateOfCharge=1), key=key) for _time in range(3)]

        assert [answer.status_code for answer in answers] == [401, 401, 429]
        assert int(answers[-1].headers["Retry-After"]) in range(1, 61)
        assert [became(post(said(asset))) for _time in range(3)] == [(1, 0, 0), (0, 1, 0), (0, 1, 0)]

    def test_may_show_its_key_as_a_bearer_token(self, post):
        assert became(post(said(AssetFactory()), key="", Authorization=f"Bearer {KEY}")) == (1, 0, 0)

    def test_is_refused_when_it_is_not_active(self, post):
        DeviceGroup.objects.update(is_active=False)

        assert post(said(AssetFactory())).status_code == 401

    def test_reports_about_its_types_only(self, post, group):
        bike, car = AssetTypeFactory(), AssetTypeFactory()
        group.asset_types.set([bike])
        others = AssetFactory(asset_type=car)

        answer = post(said(AssetFactory(asset_type=bike)), said(others, stateOfCharge=1))

        assert (became(answer), answer.json()["unknown"]) == ((1, 0, 0), [others.vehicle_number])
        assert Asset.objects.get(pk=others.pk).reported_at is None

    @pytest.mark.parametrize("body", ["[]", "{}", '{"reports": {}}', "null", "{"])
    def test_sends_an_object_with_a_list(self, client, group, body):
        answer = client.post("/telemetry", body, content_type="application/json", headers={"X-API-Key": KEY})

        assert answer.status_code == 400

    def test_asks_nothing(self, client, group):
        assert client.get("/telemetry/", headers={"X-API-Key": KEY}).status_code == 405


class TestForTheTrip:
    def test_tells_nothing_of_vehicles_nobody_rides(self, post):
        post(said(AssetFactory(), position=place(NEARBY), lock="CLOSED"))

        assert not ProcrastinateJob.objects.exists()

    def test_tells_the_way_of_a_ride_in_the_order_of_time(self, post):
        asset = AssetFactory(state="IN_USE")

        post(said(asset, -1, position=place(NEARBY)), said(asset, -2, position=place(HERE)))

        job = ProcrastinateJob.objects.get()
        assert (job.task_name, job.lock) == ("legs.tasks.follow_vehicles", f"telemetry {asset.pk % 8}")
        [vehicle] = job.args["vehicles"]
        assert vehicle["asset"] == asset.pk
        assert [(each["what"], each["lat"]) for each in vehicle["happenings"]] == [
            ("POSITION", HERE[0]),
            ("POSITION", NEARBY[0]),
        ]

    def test_has_no_station_while_it_is_ridden(self, post):
        asset, _dock = AssetFactory(state="IN_USE"), StationFactory(station_id="dom")

        post(said(asset, dock={"stationId": "dom"}))

        assert Asset.objects.get().station is None  # its trip has to end first


class TestCreateDeviceGroup:
    def create(self, *arguments):
        out = StringIO()
        call_command("create_device_group", *arguments, stdout=out)
        return json.loads(out.getvalue())

    def test_prints_its_key_once(self, db):
        AssetTypeFactory(type_id="bike")

        shown = self.create("Docks & Co", "--asset-type", "bike")

        group = DeviceGroup.objects.get()
        assert shown == {"name": "Docks & Co", "apiKey": shown["apiKey"]}
        assert (group.digest, group.prefix) == (digest_of(shown["apiKey"]), shown["apiKey"][:8])
        assert [each.type_id for each in group.asset_types.all()] == ["bike"]

    @pytest.mark.parametrize("arguments", [("taken",), (" ",), ("new", "--asset-type", "no-such")])
    def test_refuses_in_one_line_what_makes_no_sense(self, db, arguments):
        DeviceGroupFactory(name="taken")

        with pytest.raises(CommandError) as refused:
            self.create(*arguments)

        assert "\n" not in str(refused.value)
        assert DeviceGroup.objects.count() == 1


def test_staff_make_a_new_key(client, admin_user, group):
    client.force_login(admin_user)

    page = client.post(f"/admin/fleet/devicegroup/{group.pk}/new-key/", {"_form_submitted": "True"}, follow=True)

    fresh = DeviceGroup.objects.get()
    assert fresh.digest != group.digest
    assert f"{fresh.prefix}" in page.content.decode()
