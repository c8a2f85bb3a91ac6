"""A request is closed with a result …"""

import pytest
from django.db import IntegrityError, transaction

from support import services
from support.models import SupportRequest
from tests.journey import NOW, given_booking, nothing_changes
from tests.trip_factories import SupportRequestFactory
from tomp.errors import TompError


def close(asked, result="SOLVED", comment="We washed it"):
    return services.close(request_id=asked.pk, result=result, comment=comment, now=NOW, actor="ann")


@pytest.mark.parametrize(
    ("result", "becomes"), [("SOLVED", "RESOLVED"), ("NOT_OURS", "CANCELLED"), ("NOT_REACHABLE", "CANCELLED")]
)
def test_and_the_provider_is_told_why(mp, result, becomes):
    booking = given_booking(mp.provider)
    mp.post("/support/", {"id": str(booking.id), "comment": "mud"})

    said = close(SupportRequest.objects.get(), result)

    asked = SupportRequest.objects.get()
    assert (asked.status, asked.result, asked.waits) == (becomes, result, False)
    assert (said.said_by, said.actor, said.at) == ("TO", "ann", NOW)
    last = mp.get(f"/support/{booking.id}/status").json()[-1]
    assert (last["status"], last["comment"], last["order"]) == (becomes, "We washed it", 1)


@pytest.mark.parametrize("comment", ["", "  \n"])
def test_never_without_a_word(db, comment):
    asked = SupportRequestFactory()

    with nothing_changes(), pytest.raises(TompError, match="say what the provider is to know"):
        close(asked, comment=comment)
    assert SupportRequest.objects.get().waits


@pytest.mark.parametrize("result", ["DUPLICATE", "", "BORED"])
def test_that_says_what_came_of_it(db, result):
    asked = SupportRequestFactory()

    with nothing_changes(), pytest.raises(TompError, match="is no result to close with"):
        close(asked, result)


def test_once(db):
    asked = SupportRequestFactory()
    close(asked)

    with nothing_changes(), pytest.raises(TompError, match="It is closed already: resolved"):
        close(asked, "NOT_OURS")
    assert SupportRequest.objects.get().result == "SOLVED"


def test_and_may_be_reopened(mp):
    booking = given_booking(mp.provider)
    mp.post("/support/", {"id": str(booking.id), "comment": "mud"})
    asked = SupportRequest.objects.get()
    close(asked)

    services.reopen(request_id=asked.pk, comment="There is more mud", now=NOW, actor="ann")

    asked = SupportRequest.objects.get()
    assert (asked.status, asked.result, asked.waits) == ("PROCESSING", "", True)
    assert mp.get(f"/support/{booking.id}/status").json()[-1]["comment"] == "There is more mud"


def test_that_is_not_reopened_while_it_is_open(db):
    asked = SupportRequestFactory()

    with nothing_changes(), pytest.raises(TompError, match="It is open already"):
        services.reopen(request_id=asked.pk, comment="x", now=NOW, actor="ann")


def test_that_is_not_reopened_without_a_word(db):
    asked = SupportRequestFactory()
    close(asked)

    with nothing_changes(), pytest.raises(TompError, match="say what the provider is to know"):
        services.reopen(request_id=asked.pk, comment=" ", now=NOW, actor="ann")


@pytest.mark.parametrize(
    "wrong",
    [
        {"result": "SOLVED"},
        {"result": "DUPLICATE"},
        {"result": "DUPLICATE", "merged_into": "itself"},
        {"result": "SOLVED", "status": "RESOLVED", "merged_into": "other"},
    ],
)
def test_and_the_database_keeps_it_so(db, wrong):
    asked, other = SupportRequestFactory(), SupportRequestFactory()
    rows = {"itself": asked.pk, "other": other.pk}
    wrong = {**wrong, **({"merged_into": rows[wrong["merged_into"]]} if "merged_into" in wrong else {})}

    with pytest.raises(IntegrityError), transaction.atomic():
        SupportRequest.objects.filter(pk=asked.pk).update(**wrong)
