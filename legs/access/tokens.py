"""The tokens that open the vehicle of a leg (TOMP token): one per access method that needs one."""

from datetime import timedelta
from urllib.parse import quote

from django.conf import settings

from bookings.models import BookingState
from fleet.access import CODE, SIMULATED, AccessMethod
from legs.access import keys
from tomp import qr
from tomp.language import in_language
from tomp.serializers import moment_json, without_nulls

DAY = timedelta(days=1)
LEAST = timedelta(hours=1)
RETURN_PARAMETERS = ("return-url", "error-url", "error-code", "error-description")  # OpenAPI tokenDeeplink


def tokens(leg, dialect, *, methods, now):
    """What opens the vehicle by these methods, in the order of its type. Expects Leg.objects.for_trip().

    Nothing before the booking is CONFIRMED, without a vehicle, and after its end: the ride is over, called off, or
    the vehicle was given back.
    """
    if not _opens(leg):
        return []
    until = valid_until(leg, now)
    made = ((method, MAKERS[method](leg, until, dialect)) for method in _served(leg, methods))
    return [_token(leg, until, dialect, *kind_and_data) for _method, kind_and_data in made if kind_and_data]


def valid_until(leg, now):
    """When what is given now ends: a day after the planned end, and day by day later while the leg goes on."""
    until = max(leg.arrives_at or leg.departs_at, leg.departs_at) + DAY
    late = now + LEAST - until
    return until + max(0, -(-late // DAY)) * DAY


def _opens(leg):
    is_agreed = leg.booking.state in (BookingState.CONFIRMED, BookingState.STARTED)
    return is_agreed and leg.access_code and leg.asset_id is not None and not leg.is_done and not leg.is_given_back


def _served(leg, methods):
    return [method for method in leg.asset_type.opens_by if method in MAKERS and method in methods]


def _token(leg, until, dialect, kind, data):
    kind = dialect.spell(kind)
    return {
        "validFrom": moment_json(leg.booking.booked_at),
        "validUntil": moment_json(until),
        "tokenType": kind,
        "tokenData": {"tokenType": kind, **data},
    }


# Each maker gives (tokenType, the members of tokenData), or None if this vehicle cannot be opened so.


def _of_remote_lock(leg, until, dialect):
    """The event at this address unlocks and locks."""
    return _default(AccessMethod.TOMP_API, leg, url=f"{settings.TOMP_PUBLIC_URL}/tomp/legs/{leg.id}/events")


def _of_key_lock(leg, until, dialect):
    asset = leg.asset
    if not asset.mac:
        return None
    lock = keys.Lock(address=asset.mac, name=asset.name or asset.mac)
    key = keys.supplier(_details(leg, AccessMethod.AXA_EKEY_OTP).get("supplier", SIMULATED)).issue(
        leg_id=leg.id, secret=leg.access_code, lock=lock, until=until
    )
    return "tokenEKey", {
        "ekey": {"key": key.key, "passkey": key.passkey},
        "lock": {"bdAddress": lock.address, "deviceName": lock.name},
    }


def _of_link(leg, until, dialect):
    return "tokenDeeplink", {
        "url": _link(leg, AccessMethod.DEEPLINK),
        "knownParameters": list(RETURN_PARAMETERS),
    }


def _of_qr(leg, until, dialect):
    """A PNG of a QR code that says the code of the leg."""
    png, version = qr.picture(leg.access_code)
    return "tokenQR", {"base64": png, "version": version}


def _of_physical_key(leg, until, dialect):
    told = _details(leg, AccessMethod.PHYSICAL_KEY)
    return _default(
        AccessMethod.PHYSICAL_KEY, leg, url=told.get("url"), text=in_language(told.get("text"), dialect.language)
    )


def _of_pdf(leg, until, dialect):
    return _default(AccessMethod.PDF, leg, url=_link(leg, AccessMethod.PDF))


def _of_html(leg, until, dialect):
    return _default(AccessMethod.HTML, leg, url=_link(leg, AccessMethod.HTML))


def _default(method, leg, **data):
    return "tokenDefault", without_nulls(accessMethod=str(method), accessCode=leg.access_code, **data)


def _link(leg, method):
    return _details(leg, method)["url"].replace(CODE, quote(leg.access_code, safe=""))


def _details(leg, method):
    return leg.asset_type.access_details.get(method, {})


MAKERS = {
    AccessMethod.TOMP_API: _of_remote_lock,
    AccessMethod.AXA_EKEY_OTP: _of_key_lock,
    AccessMethod.DEEPLINK: _of_link,
    AccessMethod.QR: _of_qr,
    AccessMethod.PHYSICAL_KEY: _of_physical_key,
    AccessMethod.PDF: _of_pdf,
    AccessMethod.HTML: _of_html,
}
