"""May these travellers use a vehicle of this type? Pure (TOMP traveler, semantics §6).

What travellers say is believed; what they do not say is asked for with the booking (conditions).
"""

from fleet.licences import allows


def may_use(asset_type, travelers):
    """Whether nobody says they are too young, hold other licences only, or need what the type does not offer."""
    return all(
        _is_old_enough(asset_type, traveler)
        and _has_the_licence(asset_type, traveler)
        and _finds_what_they_need(asset_type, traveler)
        for traveler in travelers
    )


def _is_old_enough(asset_type, traveler):
    age, minimum = traveler.get("age"), asset_type.minimum_age
    return minimum is None or age is None or age >= minimum


def _has_the_licence(asset_type, traveler):
    held = traveler.get("licenseTypes")
    return not asset_type.licence or not held or any(allows(licence, asset_type.licence) for licence in held)


def _finds_what_they_need(asset_type, traveler):
    """Abilities and what is brought along, by the codes of the travellers' dictionary: HR01 (TOMP requirement)."""
    requirements = traveler.get("requirements", {})
    needed = {
        f"{need['category']}{need['number']}".upper()
        for member in ("abilities", "bringAlong")
        for need in requirements.get(member, ())
    }
    return needed <= set(asset_type.properties.get("requirements", ()))
