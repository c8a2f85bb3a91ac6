"""Colleagues merge requests while others answer, and providers say more: nothing is lost, and nothing deadlocks."""

from functools import partial

import pytest

from support import services
from support.models import SupportRequest, SupportStatus
from tests.concurrency.races import at_once
from tests.fleet_factories import AssetFactory
from tests.journey import NOW, given_booking, mp_client
from tests.trip_factories import SupportRequestFactory, SupportStatusFactory
from tomp.errors import TompError

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]
ROUNDS = 4


def attempt(what, **keywords):
    """Whether it was done."""
    try:
        what(**keywords, now=NOW, actor="ann")
    except TompError:
        return False
    return True


def given_reports(count, mp):
    """As many requests about one vehicle: of minted ids and, in turn, of bookings."""
    bike = AssetFactory()
    made = []
    for number in range(count):
        booking = given_booking(mp.provider) if number % 2 else None
        reference = str(booking.pk) if booking else f"00000000-0000-4000-8000-{bike.pk:06d}{number:06d}"
        made.append(
            SupportRequestFactory(
                provider=mp.provider, booking=booking, reference=reference, asset=bike, support_type="BROKEN_DOWN"
            )
        )
        SupportStatusFactory(request=made[-1])
    return made


def merging(kept, *repeated):
    return partial(
        attempt, services.merge, kept_id=kept.pk, repeated_ids=[asked.pk for asked in repeated], comment="together"
    )


def assert_one_family():
    """Each repeated report stands as the one that was kept, which is merged into nothing; the orders have no gap."""
    for merged in SupportRequest.objects.exclude(merged_into=None).select_related("merged_into"):
        assert merged.merged_into.merged_into is None
        assert merged.status == merged.merged_into.status
    for asked in SupportRequest.objects.all():
        orders = list(SupportStatus.objects.filter(reference=asked.reference).values_list("order", flat=True))
        assert orders == list(range(len(orders)))
        assert SupportStatus.objects.filter(request=asked).latest("order").status == asked.status


def test_of_two_merged_into_each_other_one_is_kept():
    mp = mp_client()
    for _ in range(ROUNDS):
        first, second = given_reports(2, mp)

        done = at_once([merging(first, second), merging(second, first)])

        assert sorted(done) == [False, True]
        assert SupportRequest.objects.in_inbox().filter(asset=first.asset).count() == 1
    assert_one_family()


def test_a_chain_that_is_merged_at_once_ends_in_one():
    mp = mp_client()
    for _ in range(ROUNDS):
        first, second, third = given_reports(3, mp)

        done = at_once([merging(first, second), merging(second, third), merging(third, first)])

        waiting = SupportRequest.objects.in_inbox().filter(asset=first.asset).count()
        assert waiting == 3 - sum(done)
    assert_one_family()


def test_what_is_answered_while_it_is_merged_reaches_everybody_or_nobody():
    mp = mp_client()
    for _ in range(ROUNDS):
        kept, *repeated = given_reports(4, mp)
        answer = partial(
            attempt, services.answer, request_id=kept.pk, status="UPDATE_REQUESTED", comment="Where?",
            resolution_minutes=None,
        )  # fmt: skip
        late = partial(attempt, services.close, request_id=repeated[0].pk, result="SOLVED", comment="done")

        done = at_once([merging(kept, *repeated), answer, late])

        assert (done[0], done[1]) in {(True, True), (False, True)}
        assert done[0] != done[2]  # closed first, it is not merged; merged first, it is not closed by itself
    assert_one_family()


def test_providers_say_more_while_all_is_merged_and_answered():
    mp = mp_client()
    for _ in range(ROUNDS):
        kept, *repeated = given_reports(4, mp)
        services.merge(kept_id=kept.pk, repeated_ids=[repeated[0].pk], comment="together", actor="ann", now=NOW)
        say = [
            partial(mp.post, "/support/", {"id": asked.reference, "supportType": "BROKEN_DOWN", "comment": "still"})
            for asked in (kept, *repeated)
        ]
        answer = partial(
            attempt, services.answer, request_id=kept.pk, status="UPDATE_REQUESTED", comment="Where?",
            resolution_minutes=None,
        )  # fmt: skip

        *_done, answered, merged = at_once([*say, answer, merging(kept, *repeated[1:])])

        assert (answered, merged) == (True, True)
        assert SupportRequest.objects.filter(asset=kept.asset).count() == 4
        assert SupportStatus.objects.filter(request__asset=kept.asset, comment="still").count() == 4
    assert_one_family()
