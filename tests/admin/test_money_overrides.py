"""What staff decide about money: afterwards API, vehicle, journal, callbacks and audits agree …"""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from fleet.models import Asset
from maas.models import Callback
from payments.models import Claim, Correction, JournalEntry
from tests.admin.test_actions import press
from tests.days.books import owed, trail, violated
from tests.fleet_factories import AssetFactory, AssetTypeFactory
from tests.journey import NOW, given_booking, minutes, mp_client, nothing_changes, pause_plan, report
from tests.trip_factories import ClaimFactory, CorrectionFactory

ADDRESS = "https://mp.example.org"
WHY = "They sent a photo."
THEN = NOW + minutes(10)
FARE = ("FARE", Decimal("3.000"))
MAY = ("view_journalentry", "add_journalentry", "view_claim", "change_claim", "view_correction", "change_correction")


@dataclass
class Override:
    address: str
    makes: str  # what waits for it
    journal: list[tuple[str, Decimal]]
    price: Decimal
    calls: list[str]
    permission: str


CLAIMED = ("REFUND", Decimal(-1))
OVERRIDES = {
    "take back": Override(
        "journalentry/{}/correct", "entry", [("CREDIT", Decimal(-3))], Decimal(0), ["CREDIT"], "add_journalentry"
    ),
    "approve a claim": Override(
        "claim/{}/approve", "claim", [CLAIMED], Decimal(2), [], "change_claim"
    ),
    "reject a claim": Override("claim/{}/reject", "claim", [], Decimal(3), [], "change_claim"),
    "approve a correction": Override(
        "correction/{}/approve", "correction", [CLAIMED], Decimal(2), ["REFUND"], "change_correction"
    ),
    "refuse a correction": Override("correction/{}/refuse", "correction", [], Decimal(3), [], "change_correction"),
}  # fmt: skip


@pytest.fixture
def mp(clock):
    return mp_client(base_url=ADDRESS)


@pytest.fixture
def ridden(mp, clock):
    """Ten minutes for 3.00, all that is owed about it told."""
    asset = AssetFactory(asset_type=AssetTypeFactory(default_plan=pause_plan()), vehicle_number="FIRST")
    booking = given_booking(mp.provider, asset, state="STARTED")
    report("FINISH")(booking.pk, THEN)
    Callback.objects.all().delete()
    clock.move_to(THEN)
    booking.refresh_from_db()
    return booking


def given(override, booking):
    """The address of the button, for what waits for it."""
    row = {
        "entry": JournalEntry.objects.get,
        "claim": lambda: ClaimFactory(booking=booking, category="REFUND", amount=Decimal(-1), created_at=THEN),
        "correction": lambda: CorrectionFactory(booking=booking, amount=Decimal(-1), proposed_at=THEN),
    }[override.makes]()
    return f"/admin/payments/{override.address.format(row.pk)}/"


def left_behind():
    """What trips leave behind, and what waits or waited for a decision."""
    return [list(model.objects.order_by("pk").values()) for model in (Claim, Correction, Callback, Asset)]


@pytest.mark.parametrize("name", OVERRIDES)
def test_after(signed_in, mp, ridden, name):
    override = OVERRIDES[name]
    address, client, broken = given(override, ridden), signed_in(*MAY), violated(THEN)

    [(level, said)] = press(client, address, reason=WHY)

    assert level == "success", said
    entries = JournalEntry.objects.order_by("sequence").values_list("category", "amount")
    assert list(entries) == [FARE, *override.journal]
    told = mp.get("/payment/journal-entry").json()
    assert [(entry["category"], entry["amount"]) for entry in told] == [
        (category, float(amount)) for category, amount in (FARE, *override.journal)
    ]
    booking = mp.get(f"/bookings/{ridden.pk}").json()
    assert (booking["state"], booking["legs"][0]["state"]) == ("FINISHED", "FINISHED")
    ridden.refresh_from_db()
    assert ridden.price == override.price
    assert Asset.objects.get(vehicle_number="FIRST").state == "AVAILABLE"
    assert owed(ridden) == override.calls
    assert any(WHY in why for _kind, _what, why in trail("ingrid"))
    assert violated(THEN) <= broken


@pytest.mark.parametrize("name", OVERRIDES)
@pytest.mark.parametrize("lacks", ["permission", "reason"])
def test_a_refusal_changes_nothing_without(signed_in, ridden, name, lacks):
    override = OVERRIDES[name]
    address = given(override, ridden)
    client = signed_in(*(each for each in MAY if lacks != "permission" or each != override.permission))
    before = left_behind()

    with nothing_changes():
        form = {"_form_submitted": "True", "reason": " " if lacks == "reason" else WHY}
        answer = client.post(address, form)

    assert answer.status_code == (403 if lacks == "permission" else 200)
    assert left_behind() == before
    assert trail("ingrid") == []


@pytest.mark.parametrize("name", OVERRIDES)
def test_a_refusal_changes_nothing_once_it_was_decided(signed_in, ridden, name):
    address, client = given(OVERRIDES[name], ridden), signed_in(*MAY)
    press(client, address, reason=WHY)
    before, told = left_behind(), trail("ingrid")

    with nothing_changes():
        [(level, _said)] = press(client, address, reason="Once more.")

    assert level == "error"
    assert left_behind() == before
    assert trail("ingrid") == told
