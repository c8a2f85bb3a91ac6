"""Who rides what, when several travel together? Pure.

One option serves all of them: as many vehicles of one type as it takes, each a leg of one booking
(docs/decisions/0006-one-option-serves-all-travellers.md).
"""

from dataclasses import replace


def persons_on(asset_type):
    """How many persons one vehicle of the type carries: what its properties say, else one."""
    persons = asset_type.properties.get("persons")
    return persons if isinstance(persons, int) and persons > 1 else 1


def vehicles_for(trip, asset_type):
    """How many vehicles of the type it takes to carry everybody."""
    return -(-trip.nr_of_travelers // persons_on(asset_type))


def together(options, trip):
    """One option made of these, each with one vehicle of the same type; each says who rides it."""
    persons = persons_on(options[0].asset_type)
    first, *others = [
        replace(option, travelers=_references(trip, position * persons, persons))
        for position, option in enumerate(options)
    ]
    return replace(first, beside=tuple(others))


def parties(assets, size):
    """These vehicles in groups of that size, in their order; who is left over belongs to none."""
    return [assets[start : start + size] for start in range(0, len(assets) - size + 1, size)]


def _references(trip, start, count):
    """The reference numbers of these travellers, as far as the request names them."""
    numbers = (traveler.get("referenceNumber") for traveler in trip.travelers[start : start + count])
    return [number for number in numbers if number]
