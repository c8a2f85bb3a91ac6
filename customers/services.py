"""Knowing a provider's customers, and no longer serving some of them."""

import uuid

from django.db import transaction

from customers.models import Customer
from tomp.errors import NotFound, UserBlocked

MODULE = 8


def identify(*, provider, data):
    """The customer these data are about, made when the provider names a new one; None when it names nobody.

    Up to 1.5 `id` is the provider's number; since 1.6 that is `externalId`, and `id` is ours where we
    know it (semantics §13). Raises UserBlocked.
    """
    number = (data or {}).get("externalId") or (data or {}).get("id")
    if not number:
        return None
    customer = _by_own_id(provider, data) or Customer.objects.get_or_create(provider=provider, external_id=number)[0]
    if customer.is_blocked:
        raise UserBlocked("The operator does not serve this customer any more.")
    return customer


def _by_own_id(provider, data):
    try:
        own = uuid.UUID(data.get("id") or "")
    except ValueError:
        return None
    return Customer.objects.filter(provider=provider, pk=own).first()


@transaction.atomic
def block(*, external_id, reason=""):
    """No booking is accepted from customers with this number any more. Raises NotFound."""
    return _set_status(external_id, Customer.Status.BLOCKED, reason)


@transaction.atomic
def unblock(*, external_id):
    """Bookings are accepted again. Raises NotFound."""
    return _set_status(external_id, Customer.Status.ACTIVE, "")


def _set_status(external_id, status, reason):
    customers = list(Customer.objects.select_for_update().filter(external_id=external_id))
    if not customers:
        raise NotFound(f"No customer has the number {external_id}.", module=MODULE)
    for customer in customers:
        customer.status, customer.blocked_reason = status, reason
        customer.save(update_fields=["status", "blocked_reason", "updated_at"])
    return customers
