"""The accounts of travellers: made, changed, erased, approved and blocked; and whom a booking is for.

Personal data are kept as the protocol writes them (TOMP customer), because they are only ever given back.
"""

import uuid

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_noop as _

from bookings.forgetting import forget_persons
from bookings.models import OPEN_STATES, Booking
from customers.errors import MODULE, AccountExists, AccountInUse, AccountNotFound, NotServed, ReadOnlyMember
from customers.merge_patch import merge_patch
from customers.models import BY_PROVIDER, Customer
from maas import idempotency
from support import forgetting
from support.models import SupportRequest
from tomp.errors import IllegalOperation, Missing, NotFound
from tomp.sentences import Sentence

LONGEST_REASON = 100
READ_ONLY = ("id", "status", "creationDate", "modificationDate")
WHY_NOT = {
    Customer.Status.BLOCKED: "The operator does not serve this customer any more.",
    Customer.Status.TO_PENDING_VALIDATION: "The operator has not approved this customer yet.",
    Customer.Status.CREATED: "The account of this customer is not ready.",
}

# What providers ask for


def identify(*, provider, data):
    """The customer these data are about, made when the provider names a new one; None when it names nobody.

    Up to 1.5 `id` is the provider's number; since 1.6 that is `externalId`, and `id` is ours where we know it
    (semantics §13). The row is locked, so that no block and no erasure comes between this look and the booking.
    Raises NotServed; Missing where the contract asks for an approved customer and none is named.
    """
    number = _number(data or {})
    if number:
        customer = _known_by_id(provider, data) or _known_by_number(provider, number)
        if not customer.may_book:
            raise NotServed(WHY_NOT.get(customer.status, "The account of this customer was deleted."))
        return customer
    if provider.customers_need_approval:
        raise Missing("Field: customer, Reason: your contract asks for an approved customer.", module=3)
    return None


def _known_by_id(provider, data):
    own = _own_id(data)
    return own and Customer.objects.for_provider(provider).locked().filter(pk=own).first()


def _known_by_number(provider, number):
    mine = Customer.objects.for_provider(provider).locked()
    if not provider.customers_need_approval:
        return mine.get_or_create(provider=provider, external_id=number)[0]
    customer = mine.filter(external_id=number).first()
    if customer is None:  # a new one would wait for approval, and vanish with the refusal of the booking
        raise NotServed("The operator does not know this customer: create an account with POST /customers first.")
    return customer


def all_about(customer, data):
    """What is known of the customer of a booking: what came with it, and what the account knew before."""
    return {**customer.data, **(data or {})} if customer else data


def account(*, provider, customer_id):
    """The provider's account. Raises AccountNotFound."""
    return _existing(Customer.objects.for_provider(provider), customer_id)


@transaction.atomic
def register(*, provider, data, notification_url=""):
    """This person has an account with these data. Returns it.

    Who has one at this provider already, by our `id` or by `externalId`, keeps it: what is sent replaces what we
    had, the rest stays. Raises AccountExists when both are given and mean two accounts.
    """
    customer = _meant(provider, data) or _new(provider, data)
    _take_over(customer, {**customer.data, **data}, number=data.get("externalId") or customer.external_id)
    customer.notification_url = notification_url or customer.notification_url
    customer.erased_at = None
    return _saved(customer)


def _meant(provider, data):
    """The account that is meant, locked; None if there is none yet."""
    mine = Customer.objects.for_provider(provider).locked()
    own, external_id = _own_id(data), data.get("externalId")
    by_id = mine.known().filter(pk=own).first() if own else None
    number = external_id if by_id else _number(data)
    by_number = mine.filter(external_id=number).first() if number else None
    if by_id and by_number and by_id != by_number:
        raise AccountExists(f"Account {by_id.pk} is another one than that of customer {number}.")
    return by_id or by_number


def _new(provider, data):
    """A new account, or the one that somebody else makes for the same number at this very moment."""
    status = Customer.Status.TO_PENDING_VALIDATION if provider.customers_need_approval else Customer.Status.ACTIVE
    number = _number(data)
    if not number:
        return Customer(provider=provider, status=status)
    mine = Customer.objects.for_provider(provider).locked()
    return mine.get_or_create(provider=provider, external_id=number, defaults={"status": status})[0]


@transaction.atomic
def change(*, provider, customer_id, patch, check, notification_url=""):
    """The account is as the JSON merge patch makes it (RFC 7396). Returns it.

    `check` is given the patched customer and returns it, or raises what is wrong with it. Raises AccountNotFound,
    ReadOnlyMember, AccountExists when the new number belongs to another account.
    """
    customer = _existing(Customer.objects.for_provider(provider).locked(), customer_id)
    if fixed := [name for name in READ_ONLY if name in patch]:
        raise ReadOnlyMember(f"Field: {', '.join(fixed)}, Reason: only the operator changes it.")
    now = {**customer.data, "externalId": customer.external_id}
    data = check(merge_patch({name: value for name, value in now.items() if value is not None}, patch))
    _take_over(customer, data, number=data.get("externalId"))
    customer.notification_url = notification_url or customer.notification_url
    return _saved(customer)


@transaction.atomic
def erase(*, customer_id, now, provider=None):
    """Nobody can tell any more who the customer was; trips and journal stay. Returns the customer.

    The data of the account, all that tells whose its bookings were (bookings/forgetting.py), what was said in its
    support requests, and answers that are kept for repetitions are gone.
    Raises AccountNotFound, AccountInUse while a booking is active.
    """
    customers = Customer.objects.locked() if provider is None else Customer.objects.for_provider(provider).locked()
    customer = _existing(customers, customer_id)
    bookings = Booking.objects.filter(customer=customer)
    if bookings.open().not_lapsed(now).exists():
        raise AccountInUse(_("The customer has an active booking: end it first."))
    ids = list(bookings.values_list("pk", flat=True))
    forget_persons(ids)
    forgetting.forget(SupportRequest.objects.filter(booking__in=ids), now=now)
    idempotency.forget_answers(customer.provider, about=[customer.pk, *ids])
    customer.erase(at=now)
    customer._change_reason = BY_PROVIDER if provider else ""
    customer.save()
    return customer


def unused(before):
    """Customers of whom nothing was heard since this moment, and for whom nothing is booked."""
    lately = Booking.objects.filter(Q(created_at__gte=before) | Q(state__in=OPEN_STATES), customer=OuterRef("pk"))
    return Customer.objects.known().filter(updated_at__lt=before).exclude(Exists(lately))


def _existing(customers, customer_id):
    missing = AccountNotFound(f"Customer {str(customer_id)[:80]!r} not found.")
    try:
        return customers.known().get(pk=uuid.UUID(str(customer_id)))
    except (ValueError, Customer.DoesNotExist):
        raise missing from None


def _own_id(data):
    try:
        return uuid.UUID(data.get("id") or "")
    except ValueError:
        return None


def _number(data):
    return data.get("externalId") or data.get("id")


def _take_over(customer, data, *, number):
    """The account has these data; what has a column of its own is not kept twice, a one-time password not at all."""
    customer.external_id = number
    customer.data = {name: value for name, value in data.items() if name not in (*READ_ONLY, "externalId")}
    if "otp" in customer.data.get("extraInfo", {}):
        rest = {name: value for name, value in customer.data["extraInfo"].items() if name != "otp"}
        customer.data = {**customer.data, "extraInfo": rest}


def _saved(customer):
    """The customer is kept. Raises AccountExists when another account got the number in the meantime."""
    customer._change_reason = BY_PROVIDER
    try:
        with transaction.atomic():
            customer.save()
    except IntegrityError as error:
        raise AccountExists(f"Customer {customer.external_id} has another account.") from error
    return customer


# What staff decide


def _is_already(customer):
    state = Sentence.label(customer.get_status_display)
    return IllegalOperation(
        _("Customer %(customer)s is %(state)s already."), module=MODULE, customer=str(customer), state=state
    )


@transaction.atomic
def approve(*, customer_id):
    """The customer may book. Raises AccountNotFound, IllegalOperation when nobody waits for that."""
    customer = _existing(Customer.objects.locked(), customer_id)
    if customer.status not in (Customer.Status.CREATED, Customer.Status.TO_PENDING_VALIDATION):
        raise _is_already(customer)
    customer.approve()
    customer.save()
    return customer


@transaction.atomic
def block(*, customer_id, reason):
    """Nothing is booked for this customer any more. Raises AccountNotFound."""
    return _blocked(_existing(Customer.objects.locked(), customer_id), reason)


@transaction.atomic
def unblock(*, customer_id):
    """Bookings for this customer are accepted again; of somebody erased the number is gone, too.

    Raises IllegalOperation when the customer is not blocked.
    """
    customer = Customer.objects.locked().get(pk=customer_id)
    if not customer.is_blocked:
        raise _is_already(customer)
    return _unblocked(customer)


@transaction.atomic
def block_number(*, number, maas_id=None, reason="", actor=""):
    """Nothing is booked for customers with this number any more: at every provider, or at one. Raises NotFound."""
    return [_blocked(customer, reason, actor) for customer in _with_number(number, maas_id)]


@transaction.atomic
def unblock_number(*, number, maas_id=None, actor=""):
    """Bookings for customers with this number are accepted again. Raises NotFound."""
    return [_unblocked(customer, actor) for customer in _with_number(number, maas_id)]


def _with_number(number, maas_id):
    customers = Customer.objects.locked().filter(external_id=number)
    if maas_id is not None:
        customers = customers.filter(provider__maas_id=maas_id)
    found = list(customers)
    if not found:
        where = f" at {maas_id}" if maas_id is not None else ""
        raise NotFound(f"No customer{where} has the number {number}.", module=MODULE)
    return found


def _blocked(customer, reason, actor=""):
    customer.block(reason=reason)
    customer._change_reason = _why(reason, actor)
    customer.save()
    return customer


def _unblocked(customer, actor=""):
    if customer.is_blocked:
        customer.unblock()
        customer._change_reason = _why("", actor)
        customer.save()
    return customer


def _why(reason, actor):
    """What the history keeps of it; of who signed in it knows the name by itself."""
    return ": ".join(filter(None, (actor and f"shell, {actor}", reason)))[:LONGEST_REASON]
