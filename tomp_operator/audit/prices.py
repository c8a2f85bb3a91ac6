"""Rule 6: every price is computed once more, leg after leg, from the tariff and the use it was computed from."""

import json
from functools import lru_cache

from django.db.models import TextField
from django.db.models.functions import Cast

from fleet import pricing
from legs.models import Leg
from tomp_operator.audit.invariant import Found, Invariant

AT_A_TIME = 2000


def _look(now, show):
    priced = Leg.objects.filter(fare__isnull=False).order_by().annotate(agreed=Cast("tariff", TextField()))
    legs = priced.only("segments", "metered_since", "distance_m", "fare")
    looked_at, wrong = 0, []
    for leg in legs.iterator(chunk_size=AT_A_TIME):
        looked_at += 1
        if not _is_right(leg, now):
            wrong.append(leg.pk)
    return Found(looked_at, len(wrong), [str(pk) for pk in wrong[:show]])


def _is_right(leg, now):
    """A meter that still runs would make a final price differ from minute to minute."""
    try:
        return leg.metered_since is None and pricing.price(
            _tariff(leg.agreed), leg.usage(now)
        ) == pricing.Fare.from_json(leg.fare)
    except (pricing.TariffError, ValueError, KeyError, TypeError):
        return False


@lru_cache(maxsize=1000)
def _tariff(text):
    """Thousands of legs were offered the same."""
    return pricing.Tariff.from_json(json.loads(text))


INVARIANTS = (
    Invariant(
        6,
        "prices-can-be-computed-again",
        "The final price of a leg is what its frozen tariff makes of the use that was recorded.",
        _look,
    ),
)
