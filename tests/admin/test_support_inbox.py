"""Colleagues share the support inbox …"""

import pytest
from django.contrib.auth.models import User

from support.models import SupportNote, SupportRequest
from tests.admin.test_actions import press
from tests.journey import nothing_changes
from tests.trip_factories import SupportRequestFactory


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


def test_who_has_it_is_not_given_it_again(staff):
    asked = SupportRequestFactory(assigned_to="rita")

    with nothing_changes():
        assert press(staff, button(asked, "take")) == [("error", "It is with rita already.")]
    assert notes() == []


def test_a_note_is_read_by_colleagues_only(staff):
    asked = SupportRequestFactory()

    press(staff, button(asked, "note"), text="He calls every week.")

    assert notes() == [("rita", "He calls every week.")]
    assert not asked.statuses.exists()
    assert "He calls every week." in staff.get(button(asked, "change")).content.decode()


@pytest.mark.parametrize("name", ["take", "assign", "note"])
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
