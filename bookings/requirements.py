"""Which booking data are still missing? Pure (TOMP conditionRequireBookingData, semantics §10.1)."""

CARDS = {
    "BANK_CARDS": {"BANK"},
    "DISCOUNT_CARDS": {"DISCOUNT"},
    "TRAVEL_CARDS": {"TRAVEL"},
    "CREDIT_CARDS": {"CREDIT"},
    "ID_CARDS": {"ID", "PASSPORT"},
}
MEMBERS = {
    "BIRTHDATE": ("birthDate",),
    "EMAIL": ("email",),
    "PERSONAL_ADDRESS": ("address",),
    "PHONE_NUMBERS": ("phones",),
    "LICENSES": ("licenses",),
    "NAME": ("firstName", "lastName"),
    "FIRST_NAME": ("firstName",),
    "LAST_NAME": ("lastName",),
    "MIDDLE_NAME": ("middleName",),
    "PREFIX": ("prefix",),
    "POSTFIX": ("postfix",),
    "AGE": ("age",),
    "KNOWN_IDENTIFIER": ("knownIdentifier",),
    "KNOWN_IDENTIFIER_PROVIDER": ("knownIdentifierProvider",),
    "BLOCKCHAIN_CLAIMS": ("knownIdentifierProvider",),
}
PLACES = {"FROM_ADDRESS": "from", "TO_ADDRESS": "to"}


def missing_member(required_fields, *, customer, from_place, to_place):
    """The first member of the request that is required and absent, e.g. "customer.firstName"; else None."""
    for required in required_fields:
        absent = _absent(required, customer or {}, {"from": from_place, "to": to_place})
        if absent:
            return absent
    return None


def _absent(required, customer, places):
    if required in PLACES:
        name = PLACES[required]
        return None if (places[name] or {}).get("address") else f"{name}.physicalAddress"
    if required in CARDS:
        kinds = {card.get("type") for card in customer.get("cards") or []}
        return None if kinds & CARDS[required] else "customer.cards"
    return next((f"customer.{member}" for member in MEMBERS.get(required, ()) if not customer.get(member)), None)
