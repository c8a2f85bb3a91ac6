"""Who may ride what is not for everybody."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from maas.models import MaasProvider
from tomp.fields import LocalizedTextField
from tomp.language import in_any_language


class UserGroup(models.Model):
    """Users with vehicles of their own: a company, a campus, a test team (TOMP planningRequest.userGroups).

    A type with groups is offered to nobody else, and only where the request names one that its provider has.
    """

    group_id = models.CharField(max_length=120, unique=True, help_text=_("As agreed with the providers."))
    name = LocalizedTextField()
    providers = models.ManyToManyField(
        MaasProvider, blank=True, related_name="user_groups", help_text=_("Whose users may belong to it.")
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("user group")
        verbose_name_plural = _("user groups")
        ordering = ("group_id",)

    def __str__(self):
        return in_any_language(self.name) or self.group_id
