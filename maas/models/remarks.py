"""What is remarkable about the calls a provider makes, counted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from maas.models.providers import MaasProvider


class RemarkKind(models.TextChoices):
    """What was counted."""

    CALL = "CALL", _("calls, remarkable or not")
    REFUSAL = "REFUSAL", _("refused calls")
    MISSING_HEADER = "MISSING_HEADER", _("a header of the protocol is missing")
    ODD_HEADER = "ODD_HEADER", _("a header resembles one of the protocol")
    OLD_NAME = "OLD_NAME", _("an address that is deprecated")
    ODD_MEMBER = "ODD_MEMBER", _("a member of the body resembles one of the protocol")


class Remark(models.Model):
    """How often something was so in the calls of a provider on one day of the operator's calendar.

    `operation` is the one it is about, as "POST /legs/{id}/events FINISH"; `subject` the header, member, field or
    version. Neither holds what a provider typed freely, so a remark knows nobody. Written by maas/remarks.py alone.
    """

    provider = models.ForeignKey(MaasProvider, models.CASCADE, related_name="remarks")
    day = models.DateField()
    kind = models.CharField(max_length=15, choices=RemarkKind)
    operation = models.CharField(max_length=120, blank=True)
    status = models.PositiveSmallIntegerField(default=0)
    code = models.PositiveIntegerField(default=0, help_text=_("TOMP errorcode."))
    subject = models.CharField(max_length=80, blank=True)
    count = models.PositiveBigIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ("-day", "kind")
        indexes = (models.Index(fields=["day"], name="remark_by_age"),)
        constraints = (
            models.UniqueConstraint(
                fields=["provider", "day", "kind", "operation", "status", "code", "subject"],
                name="a_remark_is_counted_in_one_row",
            ),
        )

    def __str__(self):
        words = (self.kind, self.operation, str(self.code or ""), self.subject)
        return f"{' '.join(word for word in words if word)}: {self.count}"
