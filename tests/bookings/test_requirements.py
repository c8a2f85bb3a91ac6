"""Missing booking data …"""

from datetime import date

import pytest

from bookings.requirements import check, missing_member, years_between
from tomp.errors import Invalid, Missing

HOME = {"coordinates": {"lat": 52.09, "lng": 5.12}, "address": {"street": "Domplein", "houseNumber": 1}}
COMPLETE = {
    "BIRTHDATE": {"birthDate": "2000-02-29"},
    "EMAIL": {"email": "me@example.org"},
    "PERSONAL_ADDRESS": {"address": {"street": "Domplein"}},
    "PHONE_NUMBERS": {"phones": [{"number": "+31301234567"}]},
    "LICENSES": {"licenses": [{"assetType": {"assetClass": "CAR"}}]},
    "NAME": {"firstName": "Zoë", "lastName": "Ångström"},
    "FIRST_NAME": {"firstName": "Zoë"},
    "LAST_NAME": {"lastName": "Ångström"},
    "MIDDLE_NAME": {"middleName": "M."},
    "PREFIX": {"prefix": "dr."},
    "POSTFIX": {"postfix": "jr."},
    "AGE": {"age": 44},
    "KNOWN_IDENTIFIER": {"knownIdentifier": "123"},
    "KNOWN_IDENTIFIER_PROVIDER": {"knownIdentifierProvider": "did:example"},
    "DRIVER_LICENSE_CAR": {"licenses": [{"assetClass": "CAR"}]},
    "DRIVER_LICENSE_TRUCK": {"licenses": [{"assetClass": "CAR", "licenseCode": "CE"}]},
    "DRIVER_LICENSE_MOPED": {"licenses": [{"assetClass": "MOPED"}]},
    "BLOCKCHAIN_CLAIMS": {"knownIdentifierProvider": "did:example"},
    "BANK_CARDS": {"cards": [{"type": "BANK", "cardNumber": "1"}]},
    "DISCOUNT_CARDS": {"cards": [{"type": "DISCOUNT", "cardNumber": "1"}]},
    "TRAVEL_CARDS": {"cards": [{"type": "TRAVEL", "cardNumber": "1"}]},
    "CREDIT_CARDS": {"cards": [{"type": "CREDIT", "cardNumber": "1"}]},
    "ID_CARDS": {"cards": [{"type": "PASSPORT", "cardNumber": "1"}]},
}


def missing(*fields, customer=None, from_place=None, to_place=None):
    return missing_member(fields, customer=customer, from_place=from_place, to_place=to_place)


@pytest.mark.parametrize("field", COMPLETE)
def test_are_those_the_customer_does_not_have(field):
    [member, *_] = COMPLETE[field]

    assert missing(field, customer=COMPLETE[field]) is None
    assert missing(field, customer={}) == missing(field, customer=None) == f"customer.{member}"


def test_are_named_one_by_one():
    assert missing("NAME", customer={"firstName": "Zoë"}) == "customer.lastName"
    assert missing("EMAIL", "AGE", customer={}) == "customer.email"


@pytest.mark.parametrize("empty", ["", None, [], {}])
def test_are_also_the_empty_ones(empty):
    assert missing("PHONE_NUMBERS", customer={"phones": empty}) == "customer.phones"


@pytest.mark.parametrize("nothing", [" ", "\t\n", "\u200b", "\ufeff\u2060 \u00a0", "\u0301"], ids=ascii)
def test_are_also_those_that_nobody_could_read(nothing):
    assert missing("NAME", customer={"firstName": nothing, "lastName": "Ångström"}) == "customer.firstName"
    assert missing("EMAIL", customer={"email": nothing}) == "customer.email"
    assert missing("NAME", customer={"firstName": f"{nothing}Zoë", "lastName": "李"}) is None


@pytest.mark.parametrize("phone", [{}, {"kind": "MOBILE"}, {"number": None}, {"number": ""}, {"number": " "}], ids=str)
def test_are_phones_without_a_number(phone):
    assert missing("PHONE_NUMBERS", customer={"phones": [phone]}) == "customer.phones"
    assert missing("PHONE_NUMBERS", customer={"phones": [phone, {"number": "+31301234567"}]}) is None


@pytest.mark.parametrize("card", [{}, {"cardNumber": None}, {"cardNumber": "\u200b"}], ids=ascii)
def test_are_cards_without_a_number(card):
    assert missing("CREDIT_CARDS", customer={"cards": [{"type": "CREDIT", **card}]}) == "customer.cards"


@pytest.mark.parametrize("cards", [[{"type": "BANK"}], [{}], [], None])
def test_are_cards_of_that_kind(cards):
    assert missing("CREDIT_CARDS", customer={"cards": cards}) == "customer.cards"


@pytest.mark.parametrize("kind", ["ID", "PASSPORT"])
def test_are_no_longer_when_an_id_card_or_a_passport_is_there(kind):
    assert missing("ID_CARDS", customer={"cards": [{"type": "BANK"}, {"type": kind, "cardNumber": "1"}]}) is None


def test_are_addresses_of_places():
    assert missing("FROM_ADDRESS", from_place=HOME) is None
    assert missing("TO_ADDRESS", to_place=HOME) is None
    assert missing("FROM_ADDRESS", to_place=HOME) == "from.physicalAddress"
    assert missing("TO_ADDRESS", from_place=HOME) == "to.physicalAddress"
    assert missing("FROM_ADDRESS", from_place={"coordinates": {}}) == "from.physicalAddress"


def test_are_none_where_nothing_is_required():
    assert missing() is None
    assert missing("SOMETHING_NEW", customer={}) is None


# What was sent must fit

ON = date(2026, 6, 1)


def demand(customer, *fields, **rules):
    condition = {"kind": "conditionRequireBookingData", "required_fields": list(fields), **rules}
    check([{"kind": "conditionDeposit"}, condition], customer=customer, from_place=HOME, to_place=None, on=ON)


@pytest.mark.parametrize(
    ("customer", "said"),
    [
        ({"age": 16}, None),
        ({"birthDate": "2010-06-01"}, None),
        ({"age": 40, "birthDate": "2000-01-01"}, None),
        ({"age": 15}, "Field: customer.age, Reason: whoever drives must be 16 or older."),
        ({"age": 0}, "Field: customer.age, Reason: whoever drives must be 16 or older."),
        ({"birthDate": "2010-06-02"}, "Field: customer.birthDate, Reason: whoever drives must be 16 or older."),
        (
            {"age": 40, "birthDate": "2015-01-01"},
            "Field: customer.birthDate, Reason: whoever drives must be 16 or older.",
        ),
    ],
)
def test_are_not_those_of_somebody_too_young(customer, said):
    if said is None:
        demand(customer, "AGE", minimum_age=16)
        return
    with pytest.raises(Invalid, match=said):
        demand(customer, "AGE", minimum_age=16)


def test_are_an_age_or_a_day_of_birth():
    with pytest.raises(Missing, match=r"customer.age"):
        demand({}, "AGE", minimum_age=16)


@pytest.mark.parametrize(
    ("licence", "category", "said"),
    [
        ({"assetClass": "CAR"}, "B", None),
        ({"assetClass": "CAR"}, "AM", None),
        ({"assetClass": "CAR", "licenseCode": "am, b"}, "B", None),
        ({"assetClass": "CAR", "licenseCode": "D4"}, "B", None),  # a code of somewhere else: the class counts
        ({"assetClass": "CAR", "validUntil": "2026-06-01"}, "B", None),
        ({"assetClass": "CAR", "licenseCode": "CE"}, "BE", None),
        ({"assetClass": "MOPED"}, "B", "customer.licenses, Reason: a driving licence of category B is needed."),
        ({"assetClass": "CAR", "licenseCode": "AM"}, "B", "a driving licence of category B is needed"),
        ({"assetClass": "CAR"}, "C", "a driving licence of category C is needed"),
        ({"assetClass": ["CAR"]}, "B", "a driving licence of category B is needed"),
        (
            {"assetClass": "CAR", "validUntil": "2026-05-31"},
            "B",
            "licenses.validUntil, Reason: it is not valid",
        ),
        ({"assetClass": "CAR", "validUntil": "soon"}, "B", "customer.licenses.validUntil, Reason: a day is expected"),
        ({"assetClass": "CAR", "validUntil": 2030}, "B", "customer.licenses.validUntil, Reason: a day is expected"),
    ],
)
def test_are_not_those_of_somebody_without_the_licence(licence, category, said):
    if said is None:
        demand({"licenses": [licence]}, "LICENSES", licence=category)
        return
    with pytest.raises(Invalid, match=said):
        demand({"licenses": [licence]}, "LICENSES", licence=category)


@pytest.mark.parametrize(("field", "asset_class"), [("DRIVER_LICENSE_CAR", "MOPED"), ("DRIVER_LICENSE_TRUCK", "CAR")])
def test_are_licences_of_the_kind(field, asset_class):
    with pytest.raises(Invalid, match="a driving licence of category"):
        demand({"licenses": [{"assetClass": asset_class}]}, field)


def test_are_also_what_is_no_longer_valid():
    card = {"type": "ID", "cardNumber": "1", "validUntil": "2020-01-01"}
    with pytest.raises(Invalid, match=r"customer.cards.validUntil"):
        demand({"cards": [card]}, "ID_CARDS")

    demand({"cards": [card, {**card, "type": "PASSPORT", "validUntil": "2030-01-01"}]}, "ID_CARDS")
    with pytest.raises(Invalid, match=r"customer.licenses.validUntil"):
        demand({"licenses": [{"assetClass": "FERRY", "validUntil": "2020-01-01"}]}, "LICENSES")


@pytest.mark.parametrize(
    ("born", "age"), [("2010-06-01", 16), ("2010-06-02", 15), ("2008-02-29", 18), ("2026-06-01", 0)]
)
def test_are_told_by_the_day_of_birth(born, age):
    assert years_between(date.fromisoformat(born), ON) == age
