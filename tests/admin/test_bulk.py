"""What staff do with many vehicles at once …"""

import csv
import io

import pytest
from python_calamine import CalamineWorkbook

from fleet import bulk
from fleet.models import Asset
from fleet.models.vehicles import AssetState
from tests.admin.test_forms import filled_in
from tests.fleet_factories import LAT, AssetFactory, AssetTypeFactory, StationFactory


def act(client, action, *assets, query="", **answers):
    chosen = {"action": action, "_selected_action": [asset.pk for asset in assets]}
    return client.post(f"/admin/fleet/asset/{query}", chosen | answers)


def answer(client, action, *assets, **answers):
    act(client, action, *assets, _form_submitted="True", **answers)
    return [str(message) for message in client.get("/admin/").context["messages"]]


def again(asset):
    return Asset.objects.get(pk=asset.pk)


def content(response):
    return b"".join(response.streaming_content)


def test_they_move_to_a_station_but_for_those_on_a_trip(staff, superuser):
    station = StationFactory(lat=LAT + 0.01)
    free, riding = AssetFactory(), AssetFactory(state=AssetState.IN_USE)

    messages = answer(staff, "move_to_station", free, riding, station=station.pk)

    assert (again(free).station, again(free).lat) == (station, LAT + 0.01)
    assert (again(riding).station, again(riding).lat) == (None, LAT)
    assert messages == ["1 vehicle was changed.", f"On a trip, so left as they are: {riding}"]
    assert free.history.latest().history_user == superuser


def test_nothing_happens_before_they_answered(staff, e_scooter):
    StationFactory()
    for action in ("restrict", "move_to_station", "add_tags", "remove_tags"):
        asked = act(staff, action, e_scooter)
        assert asked.context["chosen"]["count"] == 1

    assert (again(e_scooter).station, again(e_scooter).tags) == (None, [])


def test_tags_are_added_and_removed(staff):
    plain, tagged = AssetFactory(), AssetFactory(tags=["old", "winter"])

    answer(staff, "add_tags", plain, tagged, tags="Winter, north ,winter")
    assert (again(plain).tags, again(tagged).tags) == (["north", "winter"], ["north", "old", "winter"])

    assert answer(staff, "remove_tags", plain, tagged, tags="old") == ["1 vehicle was changed."]
    assert again(tagged).tags == ["north", "winter"]


def test_a_tag_that_is_too_long_is_refused(staff, e_scooter):
    refused = act(staff, "add_tags", e_scooter, _form_submitted="True", tags="x" * 41)

    assert "A tag has at most 40 characters." in refused.content.decode()
    assert again(e_scooter).tags == []


MANY = [f"tag-{number:03}" for number in range(101)]


def test_more_tags_than_fit_are_refused(staff, e_scooter):
    page = f"/admin/fleet/asset/{e_scooter.pk}/change/"

    on_its_page = staff.post(page, filled_in(staff, page) | {"tags": ",".join(MANY)})
    in_the_list = act(staff, "add_tags", e_scooter, _form_submitted="True", tags=",".join(MANY))

    assert on_its_page.context["adminform"].form.errors == {"tags": ["A vehicle has at most 100 tags."]}
    assert in_the_list.context["form"].errors == {"tags": ["A vehicle has at most 100 tags."]}
    assert again(e_scooter).tags == []


def test_a_vehicle_in_which_they_do_not_fit_keeps_those_it_has(staff):
    full, plain = AssetFactory(tags=MANY[:100]), AssetFactory()

    messages = answer(staff, "add_tags", full, plain, tags="north")

    assert (again(full).tags, again(plain).tags) == (MANY[:100], ["north"])
    assert messages == [
        "1 vehicle was changed.", f"They would have too many tags, so left as they are: {full}",
    ]  # fmt: skip


def test_who_has_too_many_tags_from_before_loses_some(staff):
    crowded = AssetFactory(tags=[*MANY, "winter"])

    answer(staff, "remove_tags", crowded, tags="winter")

    assert again(crowded).tags == MANY


def test_the_list_is_filtered_by_tags(staff):
    both, one = AssetFactory(tags=["north", "winter"]), AssetFactory(tags=["winter"])

    shown = [
        list(staff.get(f"/admin/fleet/asset/?tags={tags}").context["cl"].result_list)
        for tags in ("winter", "Winter,north")
    ]

    assert [sorted(map(str, found)) for found in shown] == [sorted([str(both), str(one)]), [str(both)]]


def test_the_page_of_a_vehicle_takes_tags(staff, e_scooter):
    page = f"/admin/fleet/asset/{e_scooter.pk}/change/"

    staff.post(page, filled_in(staff, page) | {"tags": "Blue, new"})

    assert again(e_scooter).tags == ["blue", "new"]


def test_an_export_has_what_the_filter_leaves_and_no_cap(staff):
    AssetFactory.create_batch(130, asset_type=AssetTypeFactory(), tags=["north"])
    other = AssetFactory()

    response = act(staff, "export_csv", other, query="?tags=north", select_across="1")

    header, *rows = csv.reader(io.StringIO(content(response).decode()))
    assert header == list(bulk.COLUMNS)
    assert len(rows) == 130
    assert other.vehicle_number not in [row[0] for row in rows]


def test_what_others_wrote_never_runs_in_a_spreadsheet(staff):
    asset = AssetFactory(name="=1+1", notes='@cmd & <b> "x"')
    asset.state_of_charge = 7
    asset.save()

    [row] = csv.DictReader(io.StringIO(content(act(staff, "export_csv", asset)).decode()))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content(act(staff, "export_xlsx", asset)))).get_sheet_by_index(0)
    header, cells = sheet.to_python()
    told = dict(zip(header, cells, strict=True))

    assert (row["name"], row["notes"]) == ("'=1+1", '\'@cmd & <b> "x"')
    assert (told["name"], told["notes"], told["battery_percent"]) == ("=1+1", '@cmd & <b> "x"', 7)


def test_the_qr_sheet_has_a_label_for_each_code(staff):
    marked, bare = AssetFactory(vehicle_code="NL-0001<"), AssetFactory()

    page = content(act(staff, "qr_sheet", marked, bare)).decode()

    assert page.count("<svg") == 1
    assert "NL-0001&lt;" in page
    assert f"Without a vehicle code, hence without a label: {bare}" in page
    assert str(marked.public_id) not in page


def test_a_qr_sheet_without_any_code_says_what_to_do(staff):
    page = content(act(staff, "qr_sheet", AssetFactory())).decode()

    assert "None of these vehicles has a vehicle code: enter or import them first." in page
    assert "<svg" not in page


@pytest.mark.parametrize("action", ["restrict", "move_to_station", "add_tags", "remove_tags"])
def test_who_may_only_look_changes_nothing(signed_in, action):
    asset, station = AssetFactory(), StationFactory()

    answer = act(signed_in("view_asset"), action, asset, _form_submitted="True", tags="x", station=station.pk)

    assert answer.status_code in (200, 302)
    assert (again(asset).tags, again(asset).station) == ([], None)


def test_who_may_look_may_export(signed_in):
    asset = AssetFactory()

    assert asset.vehicle_number.encode() in content(act(signed_in("view_asset"), "export_csv", asset))
