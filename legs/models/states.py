"""The states of a leg."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LegState(models.TextChoices):
    """TOMP legState."""

    NOT_STARTED = "NOT_STARTED", _("not started")
    PREPARING = "PREPARING", _("preparing")
    IN_USE = "IN_USE", _("in use")
    PAUSED = "PAUSED", _("paused")
    FINISHING = "FINISHING", _("finishing")
    FINISHED = "FINISHED", _("finished")
    ISSUE_REPORTED = "ISSUE_REPORTED", _("issue reported")
    CANCELLED = "CANCELLED", _("cancelled")


WAITING_STATES = (LegState.NOT_STARTED, LegState.PREPARING)
RUNNING_STATES = (LegState.IN_USE, LegState.PAUSED, LegState.FINISHING, LegState.ISSUE_REPORTED)
DONE_STATES = (LegState.FINISHED, LegState.CANCELLED)
