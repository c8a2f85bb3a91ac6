"""How many rows of a batch mean what, and what became of them."""

from django.db.models import Count, QuerySet

from fleet.models import ImportRow


def count_rows(batch_id: int) -> dict[str, int]:
    """Vehicles by kind and outcome, in lower case; `warning` counts rows of any kind, `places…` everything else."""
    everything = ImportRow.objects.filter(batch=batch_id).order_by()
    rows, places = everything.filter(thing=""), everything.exclude(thing="")
    kinds = dict(rows.values_list("kind").annotate(Count("pk")))
    found = {kind.lower(): kinds.get(kind, 0) for kind in ImportRow.Kind.values}
    found |= _outcomes(rows) | {f"places_{outcome}": n for outcome, n in _outcomes(places).items()}
    return found | {
        "all": sum(kinds.values()),
        "warning": rows.filter(has_warning=True).count(),
        "places": places.count(),
    }


def _outcomes(rows: QuerySet[ImportRow]) -> dict[str, int]:
    counted = dict(rows.exclude(outcome="").values_list("outcome").annotate(Count("pk")))
    return {outcome.lower(): counted.get(outcome, 0) for outcome in ImportRow.Outcome.values if outcome}
