"""What can go wrong with a customer account."""

from tomp import errors

MODULE = 8


class AccountNotFound(errors.NotFound):
    module = MODULE


class AccountExists(errors.TompError):
    """409: what was sent belongs to another account (TOMP wiki, error x210)."""

    number, status, type = 210, 409, "Customer Management"
    title = "Duplicated customer"
    module = MODULE


class AccountInUse(errors.IllegalOperation):
    """403: an account with an active booking is not deleted."""

    module = MODULE


class ReadOnlyMember(errors.ReadOnly):
    module = MODULE


class NotServed(errors.UserBlocked):
    """428, in 1.5 403: nothing is booked for this customer (TOMP issue 540)."""

    module = 3
