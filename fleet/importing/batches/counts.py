"""How many rows of a batch mean what, and what became of them."""

from django.db.models import Count

from fleet.models import ImportRow


def count_rows(batch_id: int) -> dict[str, int]:
    """By kind and outcome, in lower case; `warning` counts rows of any kind."""
    rows = ImportRow.objects.filter(batch=batch_id).order_by()
    kinds = dict(rows.values_list("kind").annotate(Count("pk")))
    outcomes = dict(rows.exclude(outcome="").values_list("outcome").annotate(Count("pk")))
    found = {kind: kinds.get(kind, 0) for kind in ImportRow.Kind.values}
    found |= {outcome: outcomes.get(outcome, 0) for outcome in ImportRow.Outcome.values if outcome}
    counts = {name.lower(): count for name, count in found.items()}
    return counts | {"all": sum(kinds.values()), "warning": rows.filter(has_warning=True).count()}
