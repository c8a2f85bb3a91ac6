"""What staff decide about travellers, and say about their trips: afterwards API, vehicles, journal, calls, story …"""

from datetime import UTC, datetime

from bookings.models import Note
from customers import services as customers
from customers.models import Customer
from legs.models import Evidence
from payments import services as payments
from payments.models import Invoice
from tests.fleet_factories import AssetFactory
from tests.journey import NOW, given_booking
from tests.town import WHY, Act, ActsOfStaff, nothing

MAY, JUNE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
PERSON = {"firstName": "Kim", "email": "kim@example.org"}
PHOTO = "https://example.org/1.jpg"
RUN = "/admin/payments/invoice/run/?first=2026-05-01&last=2026-05-31"


# How things are before


def known(town):
    told = town.mp.post("/customers", {"externalId": "kim", **PERSON}).json()
    town.kept["kim"] = told["id"]


def waiting(town):
    town.mp.provider.customers_need_approval = True
    town.mp.provider.save()
    known(town)


def blocked(town):
    known(town)
    customers.block(customer_id=town.kept["kim"], reason="Wild rides")


def erased(town):
    known(town)
    customers.erase(customer_id=town.kept["kim"], now=NOW)


def erased_and_blocked(town):
    blocked(town)
    customers.erase(customer_id=town.kept["kim"], now=NOW)


def riding(town):
    known(town)
    asset = AssetFactory(asset_type=town.kind, vehicle_number="KIMS")
    given_booking(town.mp.provider, asset, state="CONFIRMED", customer_data={"id": "kim"})


def photographed(town):
    leg = town.booking("RIDDEN").legs.get()
    Evidence.objects.create(leg=leg, url=PHOTO, received_at=NOW)


def with_entries(town):
    """A ride of May that cost 1.00."""
    given_booking(town.mp.provider, AssetFactory(asset_type=town.kind), state="FINISHED", now=MAY)


# Who tells what of it


def accounts(town):
    """What the provider is told of its customers, and what is known of them."""
    return {
        ("customer", each.external_id or "nobody"): (
            each.status, each.blocked_reason, each.data.get("firstName", ""),
            town.mp.get(f"/customers/{each.pk}").status_code,
        )
        for each in Customer.objects.all()
    }  # fmt: skip


def words(town):
    """What was said about trips, and to whom it was charged."""
    notes = {("note", town.trips[each.booking_id]): (each.text, each.actor) for each in Note.objects.all()}
    photos = {("photo", each.url): each.reviewed_by for each in Evidence.objects.all()}
    invoices = {("invoice", each.number): each.total for each in Invoice.objects.all()}
    return notes | photos | invoices | {("messages", name): said for name, said in _messages(town).items()}


def _messages(town):
    told = {name: town.mp.get(f"/bookings/{pk}/notifications").json() for pk, name in town.trips.items()}
    return {name: [each["comment"] for each in said] for name, said in told.items()}


# Where staff do it


def of_the_customer(button):
    return lambda town: f"/admin/customers/customer/{town.kept['kim']}/{button}/"


def of_the_trip(button, model="bookings/booking", trip="HELD"):
    return lambda town: f"/admin/{model}/{town.booking(trip).pk}/{button}/"


def due():
    """What the preview shows."""
    [due] = payments.due_of_all(since=MAY, until=JUNE, now=NOW)
    return due


def in_may(town):
    return {"provider": town.mp.provider.pk, "first": "2026-05-01", "last": "2026-05-31"}


def decided(what, because=""):
    """The account tells it, and the log why."""
    return sorted([("Customer", "changed", because), ("Customer", "changed", what)])


ACTS = {
    "approve": Act(
        of_the_customer("approve"),
        {("customer", "kim"): ("ACTIVE", "", "Kim", 200)},
        decided(f"Approved: {WHY}"),
        "change_customer",
        given=waiting,
        refused=known,
    ),
    "block": Act(
        of_the_customer("block"),
        {("customer", "kim"): ("BLOCKED", WHY, "Kim", 200)},
        decided(f"Blocked: {WHY}", WHY),
        "change_customer",
        given=known,
        refused=erased,
    ),
    "unblock": Act(
        of_the_customer("unblock"),
        {("customer", "kim"): ("ACTIVE", "", "Kim", 200)},
        decided("Unblocked"),
        "change_customer",
        given=blocked,
        refused=known,
        needs=(),
    ),
    "erase": Act(
        of_the_customer("erase"),
        {("customer", "kim"): None, ("customer", "nobody"): ("ACTIVE", "", "", 404)},
        decided(f"Erased: {WHY}"),
        "delete_customer",
        given=known,
        refused=riding,
    ),
    "send a message": Act(
        of_the_trip("notify"),
        {("messages", "HELD"): [WHY], ("owed", ""): ["SET_IN_USE", "MESSAGE_TO_END_USER"]},
        [("Booking", "changed", f"Sent a message: MESSAGE_TO_END_USER {WHY}")],
        "change_booking",
        lambda town: {"type": "MESSAGE_TO_END_USER", "comment": WHY},
        refused=nothing,
        refused_form=lambda town: {"leg_id": "0"},
        needs=("type",),
    ),
    "write a note": Act(
        of_the_trip("add-note"),
        {("note", "HELD"): (WHY, "ingrid")},
        [("Booking", "changed", "Wrote a note")],
        "change_booking",
        lambda town: {"text": WHY},
        needs=("text",),
    ),
    "look at the photos": Act(
        of_the_trip("review-photos", "legs/leg", "RIDDEN"),
        {("photo", PHOTO): "ingrid"},
        [("Leg", "changed", "Looked at the photos: 1")],
        "change_booking",
        given=photographed,
        refused=nothing,
        needs=(),
    ),
    "make an invoice": Act(
        lambda town: "/admin/payments/invoice/make/",
        {("invoice", "2026-00001"): 1},
        [("Invoice", "added", "")],
        "add_invoice",
        in_may,
        given=with_entries,
        refused=nothing,
        refused_form=lambda town: {"first": "2026-06-01", "last": "2026-05-31"},
        needs=("provider", "first"),
    ),
    "run the invoices": Act(
        lambda town: RUN,
        {("invoice", "2026-00001"): 1},
        [("Invoice", "added", "")],
        "add_invoice",
        lambda town: {"chosen": due().key},
        given=with_entries,
        refused=with_entries,
        refused_form=lambda town: {"chosen": f"{due().key}0"},
        needs=(),
    ),
}


class TestOfTrips(ActsOfStaff):
    acts = ACTS
    tell = (accounts, words)
