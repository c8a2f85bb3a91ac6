"""What the first page shows to whom: of each part what its reader may see in the lists it leads to."""

from django.utils import timezone

from backoffice.dashboard import figures, needs
from fleet import information


def fill(request, context):
    """The context of the first page with its figures and lists (UNFOLD["DASHBOARD_CALLBACK"])."""
    now = timezone.now()
    clock = information.local(now)
    found = needs.look(request.user, now)
    return {
        **context,
        "needs": [need for need in found if need.count],
        "quiet": [need for need in found if not need.count],
        "figures": figures.today(request.user, now),
        "today": clock.date(),
        "time_of_day": f"{clock:%H:%M}",
    }
