"""Staff merge repeated reports of one trouble …"""

import pytest

from fleet.models import Asset
from support import services
from support.models import SupportNote, SupportRequest
from tests.fleet_factories import AssetFactory
from tests.journey import NOW, given_booking, minutes, nothing_changes
from tests.trip_factories import SupportRequestFactory
from tomp.errors import TompError

FLAT = {"vehicleComponent": "TIRE", "description": "flat"}
TOGETHER = "We look after it together with another report."


@pytest.fixture
def bike(clock):
    return AssetFactory(vehicle_code="157103")


def ask(mp, **body):
    return mp.post("/support/", {"supportType": "BROKEN_DOWN", **body}).json()


def merge(kept, *repeated, comment=TOGETHER):
    return services.merge(
        kept_id=kept.pk, repeated_ids=[asked.pk for asked in repeated], comment=comment, actor="ann", now=NOW
    )


def answer(asked, becomes, comment, minutes=None):
    return services.answer(
        request_id=asked.pk, status=becomes, comment=comment, resolution_minutes=minutes, now=NOW, actor="ann"
    )


def told(mp, reference):
    return [(said["status"], said.get("comment")) for said in mp.get(f"/support/{reference}/status").json()]


def request_of(reference):
    return SupportRequest.objects.get(reference=reference)


@pytest.fixture
def reports(mp, other_mp, bike):
    """Two providers report the same flat tyre: (the first, the second)."""
    references = [
        ask(each, assetId="157103", comment=said)["id"] for each, said in ((mp, "flat"), (other_mp, "no air"))
    ]
    return tuple(map(request_of, references))


def test_so_that_one_of_them_is_left_to_do(reports):
    kept, repeated = reports

    merge(kept, repeated)

    assert list(SupportRequest.objects.in_inbox()) == [kept]
    repeated = request_of(repeated.reference)
    assert (repeated.merged_into, repeated.result, repeated.waits) == (kept, "DUPLICATE", False)
    assert list(SupportNote.objects.order_by("pk").values_list("request", "text", "actor")) == [
        (repeated.pk, f"Merged into #{kept.pk}.", "ann"),
        (kept.pk, f"Merged into this: #{repeated.pk}.", "ann"),
    ]


def test_and_whoever_repeated_it_is_told_under_their_own_reference(mp, other_mp, reports):
    kept, repeated = reports

    merge(kept, repeated)
    answer(kept, "UPDATE_REQUESTED", "Which wheel?", minutes=20)

    assert told(mp, kept.reference) == [("PROCESSING", "flat"), ("UPDATE_REQUESTED", "Which wheel?")]
    assert told(other_mp, repeated.reference) == [
        ("PROCESSING", "no air"), ("PROCESSING", TOGETHER), ("UPDATE_REQUESTED", "Which wheel?"),
    ]  # fmt: skip
    last = other_mp.get(f"/support/{repeated.reference}/status").json()[-1]
    assert (last["id"], last["order"], last["timeToResolution"]) == (repeated.reference, 2, 20)
    assert kept.reference not in other_mp.get(f"/support/{repeated.reference}/status").content.decode()


def test_which_are_closed_and_reopened_with_the_one_that_is_kept(other_mp, reports):
    kept, repeated = reports
    merge(kept, repeated)

    services.close(request_id=kept.pk, result="SOLVED", comment="It has air", now=NOW, actor="ann")
    assert (request_of(repeated.reference).status, request_of(repeated.reference).result) == ("RESOLVED", "DUPLICATE")
    services.reopen(request_id=kept.pk, comment="It lost it again", now=NOW, actor="ann")

    assert told(other_mp, repeated.reference)[-2:] == [
        ("RESOLVED", "It has air"), ("PROCESSING", "It lost it again")
    ]  # fmt: skip
    assert list(SupportRequest.objects.in_inbox()) == [kept]


def test_under_one_booking_the_last_that_is_said_stays_true(mp, clock):
    booking = given_booking(mp.provider)
    for kind in ("UNABLE_TO_CLOSE", "BROKEN_DOWN"):
        ask(mp, id=str(booking.id), supportType=kind, comment=kind.lower())
    kept, repeated = SupportRequest.objects.order_by("pk")

    merge(kept, repeated)

    assert told(mp, booking.id)[-1] == ("PROCESSING", TOGETHER)
    services.close(request_id=kept.pk, result="NOT_OURS", comment="Ask the app", now=NOW, actor="ann")
    assert told(mp, booking.id)[-2:] == [("CANCELLED", "Ask the app")] * 2


def test_whose_reporter_may_say_more_and_is_not_another_request(mp, other_mp, reports):
    kept, repeated = reports
    merge(kept, repeated)
    answer(kept, "UPDATE_REQUESTED", "Which wheel?")

    ask(other_mp, id=repeated.reference, comment="The front one", priority="ERROR_CANNOT_CONTINUE")

    assert SupportRequest.objects.count() == 2
    assert told(other_mp, repeated.reference)[-1] == ("PROCESSING", "The front one")
    assert told(mp, kept.reference)[-1] == ("PROCESSING", None)
    kept = request_of(kept.reference)
    assert (kept.status, kept.priority, kept.waits) == ("PROCESSING", "ERROR_CANNOT_CONTINUE", True)


def test_and_who_kept_asking_frees_the_others_from_the_question(mp, other_mp, reports):
    kept, repeated = reports
    merge(kept, repeated)
    answer(kept, "UPDATE_REQUESTED", "Which wheel?")

    ask(mp, id=kept.reference, comment="Both")

    assert told(mp, kept.reference)[-1] == ("PROCESSING", "Both")
    assert told(other_mp, repeated.reference)[-1] == ("PROCESSING", None)


def test_which_makes_the_kept_one_as_urgent_as_the_most_urgent(reports):
    kept, repeated = reports
    SupportRequest.objects.filter(pk=repeated.pk).update(priority="ERROR_CAN_CONTINUE")

    merge(kept, repeated)

    assert request_of(kept.reference).priority == "ERROR_CAN_CONTINUE"


def test_with_those_that_were_merged_before(mp, other_mp, bike, reports):
    first, second = reports
    third = request_of(ask(mp, assetId="157103", comment="still flat", supportType="OTHER")["id"])
    merge(second, third)

    merge(first, second, comment="One for all")

    assert set(first.merged.all()) == {second, third}
    assert told(mp, third.reference) == [
        ("PROCESSING", "still flat"), ("PROCESSING", TOGETHER), ("PROCESSING", "One for all")
    ]  # fmt: skip


def test_and_the_damages_are_told_until_all_is_repaired(mp, other_mp, bike):
    first = ask(mp, assetId="157103", damage=FLAT)["id"]
    second = ask(other_mp, assetId="157103", damage={**FLAT, "description": "no air"})["id"]
    kept, repeated = request_of(first), request_of(second)

    merge(kept, repeated)
    assert [damage["description"] for damage in Asset.objects.get().damages] == ["flat", "no air"]
    services.close(request_id=kept.pk, result="SOLVED", comment="It has air", now=NOW, actor="ann")

    assert Asset.objects.get().damages == []


def refused(why, kept_id, *repeated_ids):
    with nothing_changes(), pytest.raises(TompError, match=why):
        services.merge(kept_id=kept_id, repeated_ids=repeated_ids, comment="", actor="ann", now=NOW)
    assert not SupportRequest.objects.exclude(merged_into=None).filter(pk__in=repeated_ids).exists()
    assert not SupportNote.objects.filter(request__in=repeated_ids, text__startswith="Merged").exists()


def test_but_not_what_is_about_other_trips_and_vehicles(reports):
    other = SupportRequestFactory(asset=AssetFactory())

    refused("about another trip and another vehicle", reports[0].pk, reports[1].pk, other.pk)


@pytest.mark.parametrize("closed", [0, 1])
def test_but_not_what_is_closed(reports, closed):
    SupportRequest.objects.filter(pk=reports[closed].pk).update(status="RESOLVED")

    refused("is closed: resolved", reports[0].pk, reports[1].pk)


def test_but_nothing_with_itself_or_with_what_is_not_there(reports):
    refused("Say which requests repeat", reports[0].pk, reports[0].pk)
    refused("There is no request 1000000", reports[0].pk, 1000000)


def test_but_nothing_that_is_merged_already(reports, mp):
    kept, repeated = reports
    third = request_of(ask(mp, assetId="157103", supportType="OTHER")["id"])
    merge(kept, repeated)

    with nothing_changes(), pytest.raises(TompError, match=f"Request {repeated.pk} was merged into request {kept.pk}"):
        merge(repeated, third)
    assert request_of(third.reference).waits


@pytest.mark.parametrize(
    "do",
    [
        lambda pk: services.close(request_id=pk, result="SOLVED", comment="x", now=NOW, actor="ann"),
        lambda pk: services.reopen(request_id=pk, comment="x", now=NOW, actor="ann"),
        lambda pk: services.sort_in(request_id=pk, priority="QUESTION"),
        lambda pk: services.assign(request_id=pk, to="", actor="ann", now=NOW),
        lambda pk: services.answer(
            request_id=pk, status="PROCESSING", comment="x", resolution_minutes=None, now=NOW, actor="ann"
        ),
    ],
)
def test_and_then_work_goes_on_with_the_one_that_is_kept(reports, do):
    kept, repeated = reports
    merge(kept, repeated)

    with nothing_changes(), pytest.raises(TompError, match=f"merged into request {kept.pk}; go on there"):
        do(repeated.pk)


def test_whatever_was_forgotten_before(reports):
    kept, repeated = reports
    SupportRequest.objects.update(forgotten_at=NOW - minutes(1))

    merge(kept, repeated)

    assert request_of(repeated.reference).forgotten_at is None
