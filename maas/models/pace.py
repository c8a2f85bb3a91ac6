"""How many calls a minute somebody makes, as far as it matters to the other processes."""

from django.db import models


class PaceCount(models.Model):
    """The calls of one caller in one minute, added up by all web processes (maas/pace.py).

    Unlogged: after a crash of the database it is empty, and the next minute begins anyway.
    """

    minute = models.DateTimeField()
    caller = models.CharField(max_length=80)
    calls = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["minute", "caller"], name="a_caller_has_one_count_a_minute"),)

    def __str__(self):
        return f"{self.caller}: {self.calls}"
