"""Which answer carries access data? Those the contract names, and those about working the lock."""

from dataclasses import dataclass
from datetime import datetime

from fleet.access import WORKING_THE_LOCK, AccessMethod
from legs.access.tokens import tokens

EVERY_METHOD = tuple(AccessMethod.values)
# Whoever unlocks, pauses or starts finishing is about to work the lock, so what works it comes with the answer: TOMP
# issue 156, LOCK_CODE_IN_PAUSE_EVENT, and "you MUST supply the information how to close" of START_FINISHING.
ABOUT_THE_LOCK = ("SET_IN_USE_EVENT", "PAUSE_EVENT", "START_FINISHING_EVENT")


@dataclass(frozen=True, slots=True)
class Access:
    """How much of a leg's access data one answer carries: by these methods, as they are at this moment."""

    methods: tuple[str, ...]
    at: datetime

    @classmethod
    def in_answer(cls, *answers, provider, now):
        """What the provider's contract gives in an answer that is all of these (maas.models.AccessAnswer)."""
        if set(answers) & set(provider.access_code_in):
            return cls(EVERY_METHOD, now)
        return cls(WORKING_THE_LOCK if set(answers) & set(ABOUT_THE_LOCK) else (), now)


def access_json(leg, dialect, access):
    """The members of the TOMP leg that open its vehicle: the first token, and all of them when there are several."""
    found = tokens(leg, dialect, methods=access.methods, now=access.at) if access else []
    return {
        "assetAccessData": found[0] if found else None,
        "allAssetAccessData": found if len(found) > 1 else None,
    }
