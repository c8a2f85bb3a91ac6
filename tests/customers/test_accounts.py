"""POST, GET, PATCH and DELETE /customers …"""

import pytest

from bookings.models import Booking
from customers import services
from customers.models import Customer
from fleet.models import Asset
from legs.models import Leg, LegEvent
from maas.models import IdempotentRequest
from payments.models import JournalEntry
from support.models import SupportRequest, SupportStatus
from tests.client import refused, the_error
from tests.fleet_factories import AssetFactory, ConditionFactory
from tests.journey import (
    HERE,
    NEARBY,
    NOW,
    at,
    given_booking,
    given_offer,
    located,
    minutes,
    mp_client,
    nothing_changes,
)
from tests.trip_factories import CustomerFactory

ADA = {
    "externalId": "a-1",
    "firstName": "Ada",
    "lastName": "Lovelace",
    "email": "ada@example.org",
    "birthDate": "1985-12-10",
    "phones": [{"number": "+31 6 12345678", "kind": "MOBILE", "preferred": True}],
    "address": {"streetAddress": "Neude 1", "areaReference": "Utrecht", "country": "NL"},
    "cards": [{"type": "TRAVEL", "cardNumber": "3528", "validUntil": "2028-01-31"}],
    "licenses": [{"assetClass": "CAR", "number": "7"}],
    "requirements": {"abilities": [{"category": "HR", "number": "01", "variable-number": 2}], "dog": "yes"},
    "loyalty": "gold",
}


@pytest.fixture
def api_version():
    """The module came with 1.6."""
    return "1.6.1"


@pytest.fixture
def ada(mp):
    return mp.post("/customers", ADA).json()


def patch(mp, account, **members):
    return mp.patch(f"/customers/{account['id']}", members)


# Made


def test_makes_an_account_with_an_id_of_ours(mp):
    answer = mp.post("/customers", ADA)

    customer = Customer.objects.get()
    assert (answer.status_code, answer.json()) == (
        200,
        {
            **ADA,
            "id": str(customer.pk),
            "status": "ACTIVE",
            "creationDate": "2026-06-01T12:00:00Z",
            "modificationDate": "2026-06-01T12:00:00Z",
        },
    )
    assert (customer.provider, customer.external_id) == (mp.provider, "a-1")


def test_needs_nothing_at_all(mp):
    first, second = mp.post("/customers", {}).json(), mp.post("/customers", {}).json()

    assert first["id"] != second["id"]
    assert "externalId" not in first


def test_times_have_no_fractions(mp, clock):
    clock.shift(0.75)

    assert mp.post("/customers", {}).json()["creationDate"] == "2026-06-01T12:00:00Z"


def test_needs_neither_version_nor_maas_id(mp):
    bare = {"Api": None, "Api-Version": None, "maas-id": None}

    account = mp.post("/customers", ADA, **bare).json()

    assert mp.get(f"/customers/{account['id']}", headers=bare).json() == account
    assert mp.delete(f"/customers/{account['id']}", **bare).status_code == 200


def test_refuses_a_wrong_maas_id_all_the_same(mp):
    refused(mp.post("/customers", ADA, **{"maas-id": "somebody"}), 403, 7006)


def test_does_not_exist_for_who_says_1_5(mp):
    refused(mp.post("/customers", ADA, check=False, **{"Api-Version": "1.5.0"}), 404, 7204)


def test_keeps_where_the_provider_wants_to_hear_of_it(mp, ada):
    mp.patch(f"/customers/{ada['id']}", {"email": "x@example.org"}, **{"notification-url": "https://mp.example/n"})
    patch(mp, ada, email="y@example.org")

    assert Customer.objects.get().notification_url == "https://mp.example/n"


def test_refuses_a_notification_address_that_is_none(mp):
    answer = mp.post("/customers", ADA, **{"notification-url": "nowhere"})

    error = refused(answer, 400, 8002)
    assert error["detail"] == "Field: notification-url, Reason: An absolute http(s) address is expected."
    assert not Customer.objects.exists()


# Linked


def test_the_same_number_is_the_same_account_with_new_data(mp, ada, clock):
    clock.shift(60)

    again = mp.post("/customers", {"externalId": "a-1", "email": "new@example.org"}).json()

    assert again == {**ada, "email": "new@example.org", "modificationDate": "2026-06-01T12:01:00Z"}
    assert Customer.objects.count() == 1


def test_our_id_is_the_same_account(mp, ada):
    again = mp.post("/customers", {"id": ada["id"], "externalId": "a-2"}).json()

    assert (again["id"], again["externalId"]) == (ada["id"], "a-2")


def test_a_customer_of_bookings_is_linked_by_its_number(mp):
    known = services.identify(provider=mp.provider, data={"id": "a-1"})

    for body in (ADA, {"id": "a-1"}):
        assert mp.post("/customers", body).json()["id"] == str(known.pk)


def test_two_accounts_are_not_made_one(mp, ada):
    mp.post("/customers", {"externalId": "b-1"})

    with nothing_changes():
        answers = [mp.post("/customers", {"id": ada["id"], "externalId": "b-1"}), patch(mp, ada, externalId="b-1")]

    for answer in answers:
        assert refused(answer, 409, 8210)["title"] == "Duplicated customer"


def test_a_number_means_something_at_one_provider_only(mp, other_mp, ada):
    other = other_mp.post("/customers", ADA).json()

    assert other["id"] != ada["id"]
    assert other_mp.post("/customers", {"id": ada["id"]}).json()["id"] != ada["id"]


# Read


def test_is_read_back(mp, ada):
    assert mp.get(f"/customers/{ada['id']}").json() == ada


@pytest.mark.parametrize("customer_id", ["00000000-0000-0000-0000-000000000007", "nonsense", "a-1"])
def test_does_not_find_what_is_unknown(mp, ada, customer_id):
    path = f"/customers/{customer_id}"

    with nothing_changes():
        for answer in (mp.get(path), mp.patch(path, {"email": "a@b.nl"}), mp.delete(path)):
            refused(answer, 404, 8204)


def test_does_not_find_the_account_of_another_provider(mp, other_mp, ada):
    path = f"/customers/{ada['id']}"

    with nothing_changes():
        for answer in (other_mp.get(path), other_mp.patch(path, {"email": "a@b.nl"}), other_mp.delete(path)):
            refused(answer, 404, 8204)


# Changed


def test_a_patch_replaces_merges_and_removes(mp, ada):
    answer = patch(mp, ada, email="new@example.org", loyalty=None, address={"country": None, "city": "Utrecht"})

    expected = {name: value for name, value in ada.items() if name != "loyalty"}
    expected["email"] = "new@example.org"
    expected["address"] = {"streetAddress": "Neude 1", "areaReference": "Utrecht", "city": "Utrecht"}
    assert answer.json() == expected
    assert mp.get(f"/customers/{ada['id']}").json() == expected


def test_a_patch_may_change_the_number_and_take_it_away(mp, ada):
    assert patch(mp, ada, externalId="a-9").json()["externalId"] == "a-9"
    assert "externalId" not in patch(mp, ada, externalId=None).json()
    assert Customer.objects.get().external_id is None


@pytest.mark.parametrize("name", ["extraFields", "extraInfo"])
def test_a_one_time_password_is_taken_in_both_spellings_and_not_kept(mp, ada, name):
    answer = patch(mp, ada, **{name: {"otp": "97531", "shirt": "XL"}})

    assert answer.json()["extraInfo"] == {"shirt": "XL"}
    assert "97531" not in str(Customer.objects.values().get())


@pytest.mark.parametrize(
    "member",
    [{"id": "other"}, {"status": "BLOCKED"}, {"creationDate": "2001-01-01T00:00:00Z"}, {"modificationDate": None}],
    ids=str,
)
def test_what_is_ours_is_not_patched(mp, ada, member):
    with nothing_changes():
        answer = patch(mp, ada, email="new@example.org", **member)

    assert refused(answer, 400, 8211)["detail"] == f"Field: {next(iter(member))}, Reason: only the operator changes it."


@pytest.mark.parametrize(
    "member", [{"birthDate": "tomorrow"}, {"address": {"streetAddress": None}}, {"phones": [{"kind": "FAX"}]}], ids=str
)
def test_a_patch_leaves_a_valid_customer_or_nothing(mp, ada, member):
    with nothing_changes():
        answer = patch(mp, ada, email="new@example.org", **member)

    assert answer.status_code == 400


@pytest.mark.parametrize("body", [[], "email", 5], ids=str)
def test_a_patch_is_an_object(mp, ada, body):
    with nothing_changes():
        answer = mp.patch(f"/customers/{ada['id']}", body)

    refused(answer, 400, 8002)


def test_a_patch_is_sent_as_one(mp, ada):
    path = f"/customers/{ada['id']}"

    refused(mp.patch(path, {"email": "a@b.nl"}, **{"Content-Type": "application/json"}), 415, 8002)
    refused(mp.post("/customers", ADA, **{"Content-Type": "application/merge-patch+json"}), 415, 8002)


# Refused


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"birthDate": "tomorrow"}, 8002),
        ({"email": 5}, 8002),
        ({"phones": "none"}, 8002),
        ({"phones": [{"number": "🚲"}]}, 8002),
        ({"phones": [{"number": ""}]}, 8002),
        ({"phones": [None]}, 8001),
        ({"address": {"streetAddress": "only"}}, 8001),
        ({"cards": [{"type": "TRAVEL"}]}, 8001),
        ({"cards": [{"type": "LIBRARY", "cardNumber": "1"}]}, 8002),
        ({"countryOfBirth": "NLD"}, 8002),
        ({"photo": "no picture"}, 8002),
        ({"isValidated": "yes"}, 8002),
        ({"extraInfo": "x"}, 8002),
    ],
    ids=str,
)
def test_refuses_what_makes_no_sense(mp, change, code):
    with nothing_changes():
        answer = mp.post("/customers", {**ADA, **change})

    refused(answer, 400, code)
    assert answer.headers["Content-Language"] == "en"


def test_tells_everything_that_is_wrong(mp):
    answer = mp.post("/customers", {"email": 5, "address": {}, "cards": [{"type": "X"}]})

    assert [(error["errorcode"], error["detail"].split(",")[0]) for error in answer.json()["errors"]] == [
        (8002, "Field: email"),
        (8001, "Field: address.streetAddress"),
        (8001, "Field: address.areaReference"),
        (8002, "Field: cards.0.type"),
        (8001, "Field: cards.0.cardNumber"),
    ]
    assert len({error["instance"] for error in answer.json()["errors"]}) == 1


def test_tells_ten_faults_at_the_most(mp):
    assert len(mp.post("/customers", {"phones": [{"kind": "FAX"}] * 11}).json()["errors"]) == 10


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "code"),
    [
        ("POST", "/customers", ADA, {"X-API-Key": None}, 401, 7001),
        ("POST", "/customers", ADA, {"X-API-Key": "wrong"}, 401, 7002),
        ("POST", "/customers", b"{", {}, 400, 8002),
        ("POST", "/customers", b"text", {"Content-Type": "text/plain"}, 415, 8002),
        ("PUT", "/customers", ADA, {}, 405, 8004),
        ("GET", "/customers", None, {}, 405, 8004),
        ("POST", "/customers", ADA, {"Api-Version": "9.9"}, 400, 7008),
        ("GET", "/customers/x", None, {"Accept": "text/html"}, 406, 8002),
    ],
    ids=str,
)
def test_refusals_of_any_kind_come_in_the_envelope(mp, method, path, body, headers, status, code):
    answer = mp.call(method, path, body, headers=headers)

    refused(answer, status, code)
    assert set(answer.json()) == {"errors"}
    assert answer.headers["Content-Language"] == "en"


# Deleted


def ridden(mp, ada):
    """A finished booking of the customer, with a complaint."""
    booking = given_booking(
        mp.provider, state="FINISHED", customer_data={"id": ada["id"], "firstName": "Ada", "email": "ada@example.org"}
    )
    mp.post("/support/", {"id": str(booking.pk), "contactInformationEndUser": "+31 6 12345678", "comment": "Squeaks"})
    return booking


def test_a_deleted_customer_leaves_no_personal_data(mp, ada):
    booking = ridden(mp, ada)
    journal = list(JournalEntry.objects.values())

    answer = mp.delete(f"/customers/{ada['id']}", **{"notification-url": "https://mp.example/n"})

    assert (answer.status_code, answer.content) == (200, b"")
    customer = Customer.objects.get()
    assert (customer.external_id, customer.data, customer.notification_url, customer.erased_at) == (None, {}, "", NOW)
    kept = Booking.objects.get()
    assert (kept.pk, kept.customer, kept.customer_data) == (booking.pk, customer, None)
    assert (SupportRequest.objects.get().contact, SupportRequest.objects.get().comment) == ("", "")
    assert set(SupportStatus.objects.values_list("comment", flat=True)) == {""}
    assert list(JournalEntry.objects.values()) == journal != []
    assert "customer" not in mp.get(f"/bookings/{booking.pk}").json()


def test_nobody_can_tell_where_a_deleted_customer_went(mp, ada, clock):
    home = {"coordinates": {"lat": HERE[0], "lng": HERE[1]}, "physicalAddress": ADA["address"]}
    booking = mp.one_stop(**{"from": home}, to=home, useAssets=[str(AssetFactory().public_id)], customer=ada).json()
    mp.operation(booking["id"], "COMMIT")
    mp.event(booking["id"], "SET_IN_USE", **located())
    clock.shift(60)
    mp.event(booking["id"], "PAUSE", **located(NEARBY))
    mp.post("/support/", {"id": booking["id"], "location": home, "time": NOW.isoformat()})
    mp.event(booking["id"], "FINISH", **located(HERE))
    assert len(mp.get(f"/legs/{booking['id']}").json()["progressGeometry"]["coordinates"]) == 3

    mp.delete(f"/customers/{ada['id']}")

    leg = mp.get(f"/legs/{booking['id']}").json()
    assert "progressGeometry" not in leg
    assert (leg["distance"], leg["state"]) == (111, "FINISHED")
    assert "to" not in leg  # where the ride ended
    assert mp.get(f"/bookings/{booking['id']}").json()["to"] == {"coordinates": home["coordinates"]}  # as planned
    assert Leg.objects.get().track == []
    assert set(LegEvent.objects.values_list("lat", "lon")) == {(None, None)}
    assert SupportRequest.objects.get().location is None


def test_what_was_answered_about_a_deleted_customer_is_not_said_again(mp, ada):
    told = {"externalId": "bob", "firstName": "Bob"}
    bob = mp.post("/customers", told, **{"Idempotency-Key": "of-bob"}).json()
    mp.post("/customers", {"id": ada["id"], "email": "ada@b.nl"}, **{"Idempotency-Key": "of-ada"})
    mp.delete(f"/customers/{bob['id']}")

    assert list(IdempotentRequest.objects.values_list("key", flat=True)) == ["of-ada"]
    again = mp.post("/customers", told, **{"Idempotency-Key": "of-bob"}).json()
    assert again["id"] != bob["id"]


def test_a_deleted_customer_is_gone(mp, ada):
    path = f"/customers/{ada['id']}"
    mp.delete(path)

    for answer in (mp.get(path), mp.patch(path, {"email": "a@b.nl"}), mp.delete(path)):
        refused(answer, 404, 8204)
    assert mp.post("/customers", ADA).json()["id"] != ada["id"]


@pytest.mark.parametrize("state", ["PENDING", "CONDITIONAL_CONFIRMED", "CONFIRMED", "STARTED"])
def test_who_has_an_active_booking_is_not_deleted(mp, ada, state):
    given_booking(mp.provider, state=state, customer_data={"id": ada["id"]})

    with nothing_changes():
        answer = mp.delete(f"/customers/{ada['id']}")

    refused(answer, 403, 8004)


@pytest.mark.parametrize("state", ["FINISHED", "RELEASED", "EXPIRED", "REJECTED", "CANCELLED"])
def test_who_has_none_is(mp, ada, state):
    given_booking(mp.provider, state=state, customer_data={"id": ada["id"]})

    assert mp.delete(f"/customers/{ada['id']}").status_code == 200


def test_a_booking_that_lapsed_is_not_active(mp, ada, clock):
    given_booking(mp.provider, customer_data={"id": ada["id"]})
    clock.move_to(NOW + minutes(16))

    assert mp.delete(f"/customers/{ada['id']}").status_code == 200


def test_deleting_an_account_is_no_way_out_of_a_block(mp, ada):
    services.block(customer_id=ada["id"], reason="vandalism")
    mp.delete(f"/customers/{ada['id']}")

    refused(mp.get(f"/customers/{ada['id']}"), 404, 8204)
    again = mp.post("/customers", ADA).json()

    assert (again["id"], again["status"]) == (ada["id"], "BLOCKED")


# In bookings


def book(mp, **customer):
    asset = Asset.objects.first() or AssetFactory()
    return mp.one_stop(**at(HERE), useAssets=[str(asset.public_id)], customer=customer)


def test_a_booking_names_the_account(mp, ada):
    answer = book(mp, id=ada["id"])

    assert answer.json()["customer"] == {"id": ada["id"]}
    assert str(Booking.objects.get().customer_id) == ada["id"]
    assert Customer.objects.count() == 1


def test_what_the_account_knows_need_not_be_sent_again(mp, ada):
    asset = AssetFactory()
    ConditionFactory(
        asset_type=asset.asset_type,
        kind="conditionRequireBookingData",
        details={"required_fields": ["NAME", "PHONE_NUMBERS"]},
    )

    def book(**customer):
        return mp.one_stop(**at(HERE), useAssets=[str(asset.public_id)], customer=customer)

    refused(book(firstName="Ada"), 400, 3001)
    assert book(id=ada["id"]).status_code == 201


@pytest.mark.parametrize("status", ["CREATED", "TO_PENDING_VALIDATION", "BLOCKED"])
@pytest.mark.parametrize(("version", "refusal"), [("1.5.0", 403), ("1.6.1", 428)])
def test_only_who_is_active_books(clock, status, version, refusal):
    mp = mp_client(version)
    CustomerFactory(provider=mp.provider, external_id="a-1", status=status)
    offer = given_offer(mp.provider)

    with nothing_changes():
        answers = [mp.book(offer.id, customer={"id": "a-1"}), book(mp, id="a-1")]

    refused(answers[0], refusal, 3209)
    refused(answers[1], 403, 3209)


def test_a_deleted_account_books_nothing(mp, ada):
    mp.delete(f"/customers/{ada['id']}")
    AssetFactory()

    answer = book(mp, id=ada["id"])

    assert the_error(answer)["detail"] == "The account of this customer was deleted."
    refused(answer, 403, 3209)


# Approved


@pytest.fixture
def strict_mp(clock):
    return mp_client(customers_need_approval=True)


def test_new_accounts_wait_where_the_contract_says_so(strict_mp):
    account = strict_mp.post("/customers", ADA).json()

    assert account["status"] == "TO_PENDING_VALIDATION"
    refused(book(strict_mp, id=account["id"]), 403, 3209)
    services.approve(customer_id=account["id"])
    assert strict_mp.get(f"/customers/{account['id']}").json()["status"] == "ACTIVE"
    assert book(strict_mp, id=account["id"]).status_code == 201


def test_only_accounts_can_be_approved_so_there_must_be_one(strict_mp):
    AssetFactory()

    with nothing_changes():
        unknown = strict_mp.one_stop(**at(HERE), useAssetTypes=["x"], customer={"id": "a-1"})
    assert unknown.status_code == 406
    refused(book(strict_mp, externalId="a-1"), 403, 3209)
    refused(book(strict_mp, firstName="Ada"), 400, 3001)
    assert not Customer.objects.exists()


def test_who_is_active_is_not_approved_again(mp, ada):
    with nothing_changes(), pytest.raises(services.IllegalOperation) as refusal:
        services.approve(customer_id=ada["id"])

    assert refusal.value.detail == "Customer a-1 is active already."


def test_refusals_outside_of_views_come_in_the_envelope_too(mp, ada):
    for path in ("/customers", f"/customers/{ada['id']}"):
        answer = mp.get(path, headers={"Host": "evil.example"})

        refused(answer, 400, 7002)
        assert set(answer.json()) == {"errors"}
