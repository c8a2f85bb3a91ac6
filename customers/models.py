"""The travellers as their provider knows them."""

import uuid

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Collate, Upper
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition
from simple_history.models import HistoricalRecords

from maas.models import MaasProvider

BY_PROVIDER = "by the provider"  # why the history has a row: the API was called


class CustomerStatus(models.TextChoices):
    """TOMP customerAccountStatus."""

    CREATED = "CREATED", _("created, not ready")
    TO_PENDING_VALIDATION = "TO_PENDING_VALIDATION", _("waiting for our approval")
    ACTIVE = "ACTIVE", _("active")
    BLOCKED = "BLOCKED", _("blocked")


class CustomerQuerySet(models.QuerySet):
    def for_provider(self, provider):
        return self.filter(provider=provider)

    def known(self):
        """All but those who were erased: only that they are blocked may still be known of them."""
        return self.filter(erased_at__isnull=True)

    def locked(self):
        """Locked until the transaction ends, in one order whoever locks; what refers to them can still be written."""
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")


class Customer(FSMModelMixin, models.Model):
    """A traveller of one provider. Whether we still serve this person is decided here and nowhere else."""

    Status = CustomerStatus

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider = models.ForeignKey(MaasProvider, models.PROTECT, related_name="customers")
    external_id = models.CharField(
        max_length=200, null=True, blank=True, help_text=_("The customer number at the provider.")
    )
    status = FSMField(
        max_length=24, choices=CustomerStatus, default=CustomerStatus.ACTIVE, protected=True, editable=False
    )
    blocked_reason = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict, blank=True, help_text=_("As the provider registered it (TOMP customer)."))
    notification_url = models.CharField(
        max_length=500, blank=True, help_text=_("Where the provider wants to hear of the account.")
    )
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords(excluded_fields=["data", "external_id", "notification_url"])  # nobody's data twice

    objects = CustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        ordering = ("external_id",)
        indexes = (
            models.Index(Collate(Upper("external_id"), "C"), name="customer_by_number"),
            models.Index(Collate(Upper(KT("data__email")), "C"), name="customer_by_email"),
            GinIndex(fields=["data"], opclasses=["jsonb_path_ops"], name="customer_by_data"),
            models.Index(
                fields=["created_at"],
                name="customer_to_approve",
                condition=models.Q(status="TO_PENDING_VALIDATION", erased_at__isnull=True),
            ),
            models.Index(
                fields=["updated_at"], name="customer_by_last_change", condition=models.Q(erased_at__isnull=True)
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["provider", "external_id"], name="a_provider_knows_a_customer_once"),
            models.CheckConstraint(
                name="an_erased_customer_has_no_data",
                condition=models.Q(erased_at__isnull=True) | models.Q(data={}, notification_url=""),
            ),
        )

    def __str__(self):
        return self.external_id or str(self.id)

    @transition(
        "status",
        source=(CustomerStatus.CREATED, CustomerStatus.TO_PENDING_VALIDATION),
        target=CustomerStatus.ACTIVE,
    )
    def approve(self):
        """We know who it is, and serve this person."""

    @transition("status", source="*", target=CustomerStatus.BLOCKED)
    def block(self, *, reason):
        """Nothing is booked for this person any more."""
        self.blocked_reason = reason

    @transition("status", source=CustomerStatus.BLOCKED, target=CustomerStatus.ACTIVE)
    def unblock(self):
        """We serve this person again."""
        self.blocked_reason = ""
        if self.erased_at:
            self.external_id = None

    def erase(self, *, at):
        """Nobody can tell any more who it was; of somebody who is blocked the number stays, so that it stays so."""
        self.data, self.notification_url = {}, ""
        if not self.is_blocked:
            self.external_id = None
        self.erased_at = at

    @property
    def is_blocked(self):
        return self.status == CustomerStatus.BLOCKED

    @property
    def may_book(self):
        return self.status == CustomerStatus.ACTIVE and self.erased_at is None
