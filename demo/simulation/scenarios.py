"""What do travellers and their apps do? Data only: which steps, how often, with which vehicles, and what comes of it.

A step is an event of the leg (`SET_IN_USE`) or one of the acts in acts.py and mischief.py. `!403/4004` after it: the
operator has to refuse it with this code, else the operator is at fault. What is not marked has to succeed.
"""

from dataclasses import dataclass
from random import Random

FREE = ("e-scooter", "e-bike", "lock-bike")
BY_VEHICLE = (*FREE, "station-bike")
PLAIN = ("e-bike",)
METERED = ("e-scooter",)
CARGO = ("cargo-bike",)
TAXI = ("taxi",)
DOCK = ("smart-dock-bike",)

ONE_STOP = ("one stop", "commit")
OFFERED = ("offer", "book", "commit")
BEGIN = ("SET_IN_USE", "ride")
END = ("park", "START_FINISHING", "FINISH")


@dataclass(frozen=True)
class Scenario:
    """One traveller's story. `weight`: how often, compared with the others that behave (or misbehave) too."""

    name: str
    weight: int
    types: tuple[str, ...]
    steps: tuple[str, ...]
    ends: tuple[str, ...] = ("FINISHED",)  # the states in which the booking may be afterwards; empty: none was made
    is_billed: bool = False  # whether its price can be checked from the events we sent


GOOD = (
    Scenario("one-stop ride", 30, BY_VEHICLE, (*ONE_STOP, *BEGIN, *END), is_billed=True),
    Scenario("ride with a pause", 25, BY_VEHICLE, (*OFFERED, "PREPARE", *BEGIN, "PAUSE", *BEGIN, *END), is_billed=True),
    Scenario("asks before", 5, FREE, ("inquire", *OFFERED, *BEGIN, *END), is_billed=True),
    Scenario("ends without warning", 5, FREE, (*ONE_STOP, *BEGIN, "park", "FINISH"), is_billed=True),
    Scenario("scans a code", 5, ("e-scooter", "e-bike"), ("scan", "book", "commit", *BEGIN, *END), is_billed=True),
    Scenario("subscribes", 5, BY_VEHICLE, (*OFFERED, "subscribe", *BEGIN, "PAUSE", *BEGIN, *END), is_billed=True),
    Scenario("three friends", 3, PLAIN, ("party", "book", "commit", "all SET_IN_USE", "ride", "park", "all FINISH")),
    Scenario("cargo bike", 6, CARGO, ("offer", "book", "commit", "add", *BEGIN, *END)),
    Scenario("cargo bike of one's choice", 3, CARGO, ("offer", "book", "commit", "pick", "PREPARE", *BEGIN, *END)),
    Scenario("taxi", 6, TAXI, ("offer", "book", "commit", "is confirmed", *BEGIN, *END)),
    Scenario("taxi that cannot come", 2, TAXI, ("offer", "book", "commit", "is denied"), ("REJECTED",)),
    Scenario("taxi not wanted after all", 2, TAXI, ("offer", "book", "commit", "cancel"), ("CANCELLED",)),
    Scenario("smart dock", 8, DOCK, ("offer", "book", "commit", "undock", "ride", "dock")),
    Scenario("smart dock, app first", 2, DOCK, (*ONE_STOP, "undock", "ride", "START_FINISHING", "dock")),
    Scenario("cancels in time", 4, BY_VEHICLE, (*OFFERED, "cancel"), ("CANCELLED",)),
    Scenario("gives back", 3, FREE, ("offer", "book", "give back"), ("RELEASED", "CANCELLED")),
    Scenario("takes its time", 2, FREE, ("offer", "book", "extend", "commit", *BEGIN, *END)),
    Scenario("lets it lapse", 2, FREE, ("offer", "book", "lapse"), ("EXPIRED", "RELEASED", "CANCELLED")),
    Scenario("complains", 3, FREE, (*ONE_STOP, *BEGIN, "complain", "ride", *END), is_billed=True),
    Scenario("breaks down", 2, PLAIN, (*ONE_STOP, *BEGIN, "break down", "SET_IN_USE", "ride", *END)),
    Scenario("operator calls it off", 2, FREE, (*OFFERED, "is called off"), ("CANCELLED",)),
    Scenario("only looks", 4, FREE, ("inquire", "browse"), ()),
)

MISCHIEF = (
    Scenario("never finishes", 2, FREE, (*ONE_STOP, *BEGIN, "forget")),
    Scenario("finishes twice", 4, FREE, (*ONE_STOP, *BEGIN, *END, "repeat", "FINISH"), is_billed=True),
    Scenario(
        "too early",
        4,
        FREE,
        (*ONE_STOP, "PAUSE!403/4004", "FINISH!403/4004", "START_FINISHING!403/4004", *BEGIN, *END),
        is_billed=True,
    ),
    Scenario("too late", 4, FREE, (*ONE_STOP, *BEGIN, *END, "SET_IN_USE!403/4004", "PAUSE!403/4004")),
    Scenario("reports an hour late", 2, FREE, (*ONE_STOP, "SET_IN_USE of an hour ago", "ride", *END)),
    Scenario("commits twice", 3, FREE, (*OFFERED, "commit again!403/3004", *BEGIN, *END), is_billed=True),
    Scenario("cancels too late", 3, FREE, (*ONE_STOP, *BEGIN, "cancel!403/3203", *END), is_billed=True),
    Scenario(
        "no photo", 4, METERED, (*ONE_STOP, *BEGIN, *END[:2], "FINISH without photo!400/4502", "FINISH"), is_billed=True
    ),
    Scenario("parks in another city", 4, PLAIN, (*ONE_STOP, *BEGIN, "end far away!403/4500", *END), is_billed=True),
    Scenario("ends at a smart dock itself", 2, DOCK, (*ONE_STOP, "undock", "ride", "end itself!403/4004", "dock")),
    Scenario("asks twice", 5, FREE, ("one stop twice", "commit", *BEGIN, *END), is_billed=True),
    Scenario("hangs up", 4, FREE, ("hang up", "commit", *BEGIN, *END), is_billed=True),
    Scenario("two at once", 5, FREE, ("two at once", "commit", *BEGIN, *END)),
    Scenario("two ends at once", 4, FREE, (*ONE_STOP, *BEGIN, "park", "end twice at once")),
    Scenario("books what is taken", 4, FREE, (*ONE_STOP, "book the same", *BEGIN, *END), is_billed=True),
    Scenario("wrong ids", 4, FREE, (*ONE_STOP, "wrong ids", *BEGIN, *END), is_billed=True),
    Scenario("nonsense", 4, FREE, (*ONE_STOP, "nonsense", *BEGIN, *END), is_billed=True),
    Scenario("wrong key", 2, FREE, ("wrong key",), ()),
    Scenario("others' bookings", 3, FREE, (*OFFERED, "others look", "cancel"), ("CANCELLED",)),
)


def draw(rng: Random, misbehaviour: float) -> Scenario:
    """The next traveller's; this share of them (0 to 1) misbehaves."""
    group = MISCHIEF if rng.random() < misbehaviour else GOOD
    return rng.choices(group, [scenario.weight for scenario in group])[0]
