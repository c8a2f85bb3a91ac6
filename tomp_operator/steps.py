"""Which steps are the same whatever the vehicle? (TOMP /operator/meta `steps`, semantics §1.5)

What is shown while planning and booking is the operator's; what is done with a vehicle is published here when all types
ask for exactly the same. It is a condition of every leg all the same, and a condition replaces the whole list for its
type (reading 43), so that whoever reads only one of the two does the right thing.
"""

from fleet.serializers import steps_json
from fleet.steps import CONDITIONS


def uniform_steps(system, types):
    """{list of /operator/meta: steps as they are kept}; expects the conditions of the types to be prefetched."""
    lists = {"planning": system.planning_steps, "booking": system.booking_steps}
    each = [
        {row.kind: row.details["steps"] for row in found.conditions.all() if row.kind in CONDITIONS} for found in types
    ]
    for kind, name in CONDITIONS.items():
        first = each[0].get(kind) if each else None
        lists[name] = first if all(steps.get(kind) == first for steps in each) else None
    return {name: steps for name, steps in lists.items() if steps}


def _steps_of(asset_type):
    return {row.kind: row.details["steps"] for row in asset_type.conditions.all() if row.kind in CONDITIONS}


def meta_steps(lists, dialect):
    """TOMP steps in the version and language of the reader; None if there are none."""
    written = {name: steps_json(steps, dialect) for name, steps in lists.items()}
    return {name: steps for name, steps in written.items() if steps} or None
