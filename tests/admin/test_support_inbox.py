"""Colleagues share the support inbox …"""

import uuid

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User

from support.models import SupportNote, SupportRequest
from tests.admin.test_actions import press
from tests.fleet_factories import AssetFactory, DamageFactory, StationFactory, VehicleAlertFactory
from tests.journey import nothing_changes
from tests.trip_factories import LegFactory, SupportRequestFactory, SupportStatusFactory

INBOX = "/admin/support/supportrequest/"


def button(asked, name):
    return f"/admin/support/supportrequest/{asked.pk}/{name}/"


def notes():
    return list(SupportNote.objects.values_list("actor", "text"))


def test_one_takes_a_request(staff):
    asked = SupportRequestFactory()

    assert press(staff, button(asked, "take")) == [("success", "It is with rita now.")]

    assert SupportRequest.objects.get().assigned_to == "rita"
    assert notes() == [("rita", "Assigned to rita.")]


def test_a_colleague_is_given_it_and_relieved_of_it(staff):
    asked = SupportRequestFactory()
    User.objects.create(username="otto", is_staff=True)

    press(staff, button(asked, "assign"), to="otto")
    press(staff, button(asked, "assign"), to="")

    assert SupportRequest.objects.get().assigned_to == ""
    assert notes() == [("rita", "Assigned to otto."), ("rita", "Assigned to nobody.")]
    told = list(LogEntry.objects.order_by("pk").values_list("user__username", "change_message"))
    assert told == [("rita", "Assigned to otto"), ("rita", "Assigned to nobody")]


def test_who_has_it_is_not_given_it_again(staff):
    asked = SupportRequestFactory(assigned_to="rita")

    with nothing_changes():
        assert press(staff, button(asked, "take")) == [("error", "It is with rita already.")]
    assert (notes(), LogEntry.objects.count()) == ([], 0)


def test_who_has_it_is_not_offered_to_take_it(staff):
    asked = SupportRequestFactory()
    offered = staff.get(button(asked, "change")).content.decode()

    press(staff, button(asked, "take"))

    assert button(asked, "take") in offered
    assert button(asked, "take") not in staff.get(button(asked, "change")).content.decode()


def test_a_note_is_read_by_colleagues_only(staff):
    asked = SupportRequestFactory()

    press(staff, button(asked, "note"), text="He calls every week.")

    assert notes() == [("rita", "He calls every week.")]
    assert not asked.statuses.exists()
    assert "He calls every week." in staff.get(button(asked, "change")).content.decode()


@pytest.mark.parametrize("name", ["take", "assign", "note", "close", "reopen", "merge"])
def test_who_may_only_look_changes_nothing(signed_in, name):
    asked, client = SupportRequestFactory(), signed_in("view_supportrequest")

    form = {"_form_submitted": "True", "text": "x"}
    assert client.post(button(asked, name), form).status_code == 403
    assert (SupportRequest.objects.get().assigned_to, notes()) == ("", [])


def test_cards_count_and_filter(staff):
    SupportRequestFactory(assigned_to="rita"), SupportRequestFactory(assigned_to="otto")
    SupportRequestFactory(status="UPDATE_REQUESTED"), SupportRequestFactory(status="RESOLVED", assigned_to="rita")

    cards = staff.get("/admin/support/supportrequest/").context["states"]

    assert [(str(card["text"]), card["count"]) for card in cards] == [
        ("open", 3), ("mine", 1), ("with nobody", 1), ("closed", 1)
    ]  # fmt: skip
    for card in cards:
        found = staff.get(f"/admin/support/supportrequest/{card['address']}").context["cl"].result_count
        assert found == card["count"]


def offered(client, asked):
    """The names in the addresses of the buttons on the page of a request."""
    page = client.get(button(asked, "change")).content.decode()
    names = ("answer", "take", "close", "reopen", "merge", "assign", "note")
    return {name for name in names if f'href="{button(asked, name)}"' in page}


def test_a_request_is_closed_with_a_result_and_reopened(staff):
    asked = SupportRequestFactory()
    assert offered(staff, asked) == {"answer", "take", "close", "assign", "note"}

    assert press(staff, button(asked, "close"), result="NOT_REACHABLE", comment="Nobody answers the phone.") == [
        ("success", "Closed: not reachable.")
    ]
    assert (SupportRequest.objects.get().status, SupportRequest.objects.get().result) == ("CANCELLED", "NOT_REACHABLE")
    assert offered(staff, asked) == {"reopen", "note"}
    assert press(staff, button(asked, "reopen"), comment="They called back.") == [("success", "It is open again.")]

    assert SupportRequest.objects.get().waits
    assert list(asked.statuses.values_list("status", "comment", "actor")) == [
        ("CANCELLED", "Nobody answers the phone.", "rita"),
        ("PROCESSING", "They called back.", "rita"),
    ]
    told = list(LogEntry.objects.order_by("pk").values_list("change_message", flat=True))
    assert told == ["Closed: NOT_REACHABLE", "Reopened"]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("close", {"result": "SOLVED", "comment": ""}),
        ("close", {"result": "DUPLICATE", "comment": "see #3"}),
        ("close", {"comment": "done"}),
        ("reopen", {"comment": " "}),
        ("answer", {"status": "RESOLVED", "comment": "done"}),
        ("merge", {"comment": "same"}),
    ],
)
def test_a_dialog_that_lacks_something_is_shown_again(staff, name, form):
    asked = SupportRequestFactory()

    with nothing_changes():
        assert staff.post(button(asked, name), {"_form_submitted": "True", **form}).status_code == 200
    assert SupportRequest.objects.get().waits


def test_the_list_tells_the_result_and_filters_by_it(staff):
    SupportRequestFactory(status="CANCELLED", result="NOT_OURS"), SupportRequestFactory()

    found = staff.get(INBOX, {"result__exact": "NOT_OURS"})

    assert found.context["cl"].result_count == 1
    assert "not our matter" in found.content.decode()


@pytest.fixture
def twice():
    """Two requests about one vehicle, the second by another provider."""
    asset = AssetFactory(vehicle_number="EB-7")
    return SupportRequestFactory(asset=asset), SupportRequestFactory(asset=asset, comment="It stays open.")


def test_repeated_reports_are_merged(staff, twice):
    kept, repeated = twice
    assert "merge" in offered(staff, repeated)

    form = {"kept": kept.pk, "repeated": [kept.pk, repeated.pk], "comment": "We are on it."}
    assert press(staff, button(repeated, "merge"), **form) == [("success", f"1 request was merged into #{kept.pk}.")]

    assert SupportRequest.objects.get(pk=repeated.pk).merged_into == kept
    assert repeated.statuses.get().comment == "We are on it."
    told = set(LogEntry.objects.values_list("object_id", "change_message"))
    assert told == {(str(kept.pk), f"Merged into this: #{repeated.pk}"), (str(repeated.pk), f"Merged into #{kept.pk}")}
    assert offered(staff, repeated) == {"note"}
    page = staff.get(button(repeated, "change")).content.decode()
    assert f"duplicate of #{kept.pk}" in page
    assert 'name="priority"' not in page
    assert "It stays open." in staff.get(button(kept, "change")).content.decode()
    cards = {str(card["text"]): card["count"] for card in staff.get(INBOX).context["states"]}
    assert cards == {"open": 1, "mine": 0, "with nobody": 1, "closed": 1}


def test_nothing_is_merged_that_is_not_offered(staff, twice):
    kept, _repeated = twice
    other = SupportRequestFactory()

    form = {"_form_submitted": "True", "kept": kept.pk, "repeated": [kept.pk, other.pk]}
    with nothing_changes():
        assert staff.post(button(kept, "merge"), form).status_code == 200
        assert staff.post(button(kept, "merge"), {**form, "repeated": [kept.pk]}).status_code == 200
    assert not SupportRequest.objects.exclude(merged_into=None).exists()


def run_merge(client, *asked, **form):
    """The action of the list for these requests: (its page or None, what was told)."""
    chosen = {"action": "merge_selected", "_selected_action": [each.pk for each in asked], **form}
    response = client.post(INBOX, chosen, follow=True)
    told = [(message.level_tag, message.message) for message in response.context.get("messages") or []]
    return response, told


def test_selected_reports_are_merged_after_one_said_which_stays(staff, twice):
    kept, repeated = twice
    older = SupportRequestFactory(asset=kept.asset, priority="ERROR_CANNOT_CONTINUE")

    page, told = run_merge(staff, kept, repeated, older)

    assert [pk for pk, _text in page.context["selected"]] == [kept.pk, repeated.pk, older.pk]
    assert told == []
    assert not SupportRequest.objects.exclude(merged_into=None).exists()

    form = {"_form_submitted": "True", "kept": repeated.pk, "comment": "We are on it."}
    _page, told = run_merge(staff, kept, repeated, older, **form)

    assert told == [("success", f"2 requests were merged into #{repeated.pk}.")]
    assert list(SupportRequest.objects.in_inbox()) == [repeated]
    assert set(SupportRequest.objects.filter(merged_into=repeated)) == {kept, older}
    assert SupportRequest.objects.get(pk=repeated.pk).priority == "ERROR_CANNOT_CONTINUE"
    assert [asked.statuses.get().comment for asked in (kept, older)] == ["We are on it."] * 2
    assert set(LogEntry.objects.values_list("user__username", "object_id", "change_message")) == {
        ("rita", str(repeated.pk), f"Merged into this: #{kept.pk}, #{older.pk}"),
        ("rita", str(kept.pk), f"Merged into #{repeated.pk}"),
        ("rita", str(older.pk), f"Merged into #{repeated.pk}"),
    }
    assert ("rita", f"Merged into this: #{kept.pk}, #{older.pk}.") in notes()


def test_only_what_all_others_share_something_with_may_stay(staff, twice):
    first, second = twice
    of_trip = SupportRequestFactory(booking=LegFactory(booking__state="STARTED").booking)
    SupportRequest.objects.filter(pk=second.pk).update(booking=of_trip.booking)

    page, _told = run_merge(staff, first, second, of_trip)

    assert list(page.context["form"].fields["kept"].queryset) == [second]


@pytest.mark.parametrize("other", [{}, {"status": "RESOLVED"}], ids=["of another vehicle", "closed"])
def test_selected_reports_that_do_not_fit_are_not_merged(staff, twice, other):
    kept, _repeated = twice
    asset = kept.asset if other else AssetFactory()
    unfit = SupportRequestFactory(asset=asset, **other)
    reason = (
        f"Request {unfit.pk} is closed: resolved."
        if other
        else (f"Request {unfit.pk} is about another trip and another vehicle than request {kept.pk}.")
    )

    for form in ({}, {"_form_submitted": "True", "kept": kept.pk, "comment": "same"}):
        with nothing_changes():
            assert run_merge(staff, kept, unfit, **form)[1] == [("error", reason)]
    assert (notes(), LogEntry.objects.count()) == ([], 0)
    assert not SupportRequest.objects.exclude(merged_into=None).exists()


def test_one_request_alone_is_not_merged(staff, twice):
    with nothing_changes():
        assert run_merge(staff, twice[0])[1] == [("error", "Select two requests at least, and 30 at the most.")]


def test_what_is_not_among_the_selected_does_not_stay(staff, twice):
    third = SupportRequestFactory(asset=twice[0].asset)

    with nothing_changes():
        page, _told = run_merge(staff, *twice, _form_submitted="True", kept=third.pk, comment="same")
    assert list(page.context["form"].errors) == ["kept"]
    assert not SupportRequest.objects.exclude(merged_into=None).exists()


def test_who_may_only_look_merges_nothing_of_the_list(signed_in, twice):
    client = signed_in("view_supportrequest")

    run_merge(client, *twice, _form_submitted="True", kept=twice[0].pk, comment="same")

    assert not SupportRequest.objects.exclude(merged_into=None).exists()
    assert (notes(), LogEntry.objects.count()) == ([], 0)


def test_the_page_shows_vehicle_trip_and_other_requests_in_one_look(staff):
    station = StationFactory()
    asset = AssetFactory(vehicle_number="EB-7", state="OUT_OF_SERVICE", state_reason="Brakes squeak", station=station)
    leg = LegFactory(booking__state="STARTED", asset=asset)
    asked = SupportRequestFactory(booking=leg.booking, asset=asset)
    SupportRequestFactory(asset=asset, comment="It stays open.")
    damage, alert = DamageFactory(asset=asset), VehicleAlertFactory(asset=asset)

    look = staff.get(button(asked, "change")).context["look"]

    vehicle, trip = (" ".join(f"{what} {value}" for what, value in facts) for facts in (look.vehicle, look.trip))
    for told in ("EB-7", "Brakes squeak", str(station), f"/damage/{damage.pk}/", alert.get_kind_display()):
        assert str(told) in vehicle
    assert f"/admin/bookings/booking/{leg.booking_id}/change/" in trip
    assert [f"/admin/legs/leg/{leg.pk}/change/" in row["link"] for row in look.legs] == [True]
    assert [row["request"].comment for row in look.others] == ["It stays open."]


def test_the_page_shows_no_more_than_one_may_see(signed_in):
    leg = LegFactory(booking__state="STARTED", asset=AssetFactory())
    asked = SupportRequestFactory(booking=leg.booking, asset=leg.asset)
    client = signed_in("view_supportrequest")

    look = client.get(button(asked, "change")).context["look"]

    assert (look.vehicle, look.trip, look.legs) == (None, None, [])


@pytest.mark.parametrize("count", [1, 8])
def test_the_page_needs_the_same_queries_for_any_number_of_reports(staff, django_assert_max_num_queries, count):
    leg = LegFactory(booking__state="STARTED", asset=AssetFactory(station=StationFactory()))
    asked = SupportRequestFactory(booking=leg.booking, asset=leg.asset)
    for _ in range(count):
        LegFactory(pk=uuid.uuid4(), booking=leg.booking, asset=AssetFactory(), sequence=leg.booking.legs.count())
        SupportRequestFactory(asset=leg.asset)
        merged = SupportRequestFactory(asset=leg.asset, merged_into=asked, result="DUPLICATE")
        SupportStatusFactory(request=merged)
        SupportStatusFactory(request=asked)
        SupportNote.objects.create(request=asked, text="x", actor="rita", at=asked.created_at)
        DamageFactory(asset=leg.asset)
    staff.get(button(asked, "change"))

    with django_assert_max_num_queries(20):
        staff.get(button(asked, "change"))
