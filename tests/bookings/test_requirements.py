"""Missing booking data …"""

import pytest

from bookings.requirements import missing_member

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
    "BLOCKCHAIN_CLAIMS": {"knownIdentifierProvider": "did:example"},
    "BANK_CARDS": {"cards": [{"type": "BANK"}]},
    "DISCOUNT_CARDS": {"cards": [{"type": "DISCOUNT"}]},
    "TRAVEL_CARDS": {"cards": [{"type": "TRAVEL"}]},
    "CREDIT_CARDS": {"cards": [{"type": "CREDIT"}]},
    "ID_CARDS": {"cards": [{"type": "PASSPORT"}]},
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


@pytest.mark.parametrize("cards", [[{"type": "BANK"}], [{}], [], None])
def test_are_cards_of_that_kind(cards):
    assert missing("CREDIT_CARDS", customer={"cards": cards}) == "customer.cards"


@pytest.mark.parametrize("kind", ["ID", "PASSPORT"])
def test_are_no_longer_when_an_id_card_or_a_passport_is_there(kind):
    assert missing("ID_CARDS", customer={"cards": [{"type": "BANK"}, {"type": kind}]}) is None


def test_are_addresses_of_places():
    assert missing("FROM_ADDRESS", from_place=HOME) is None
    assert missing("TO_ADDRESS", to_place=HOME) is None
    assert missing("FROM_ADDRESS", to_place=HOME) == "from.physicalAddress"
    assert missing("TO_ADDRESS", from_place=HOME) == "to.physicalAddress"
    assert missing("FROM_ADDRESS", from_place={"coordinates": {}}) == "from.physicalAddress"


def test_are_none_where_nothing_is_required():
    assert missing() is None
    assert missing("SOMETHING_NEW", customer={}) is None
