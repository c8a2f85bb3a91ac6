"""What takes longer than a page may."""

from django.utils import timezone
from procrastinate.contrib.django import app

from backoffice import restricting


@app.task
def carry_out_restriction(restriction_id: int, actor: str) -> None:
    """The restriction has begun where it is due, and the bookings it hits are settled. Twice does no harm."""
    restricting.carry_out(restriction_id, actor=actor, now=timezone.now())
