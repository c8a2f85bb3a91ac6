"""HTTP calls to addresses that others gave us: only to public hosts, to the very address that was checked.

A name is resolved once per call, and the connection goes to the address that was found acceptable, so a name that
changes its mind between check and call reaches nothing else (DNS rebinding). No redirect is followed.
"""

import ipaddress
import socket
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import urllib3
from django.conf import settings

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 10.0
LARGEST_ANSWER = 64 * 1024
# Public by their own number, yet they lead to any IPv4 address written inside: 6to4, Teredo, NAT64.
TUNNELS = tuple(ipaddress.ip_network(text) for text in ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48"))


class Forbidden(Exception):
    """The address may not be called, now or later."""


class Unreachable(Exception):
    """Nobody answered, or not in time; later somebody may."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names are in lower case, the body is the first of it, 64 KB unless more was asked for."""

    status: int
    headers: dict = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_success(self):
        return 200 <= self.status < 300


def call(method, url, *, body=b"", headers=None, seconds=None, largest=LARGEST_ANSWER):
    """The answer, whatever its status, and so much of its body; it is waited for so many seconds, or ten.

    Raises Forbidden, Unreachable.
    """
    seconds = seconds or ANSWER_SECONDS
    host, port, path, is_secure = _parts(url)
    address = _checked_address(host, port)
    pool = _pool(address, host, port, is_secure)
    deadline = time.monotonic() + seconds
    try:
        response = pool.urlopen(
            method, path, body=body, headers={**(headers or {}), "Host": _host_header(host, port, is_secure)},
            redirect=False, retries=False, preload_content=False, decode_content=True,
            timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, seconds), read=seconds),
        )  # fmt: skip
        received = _read(response, deadline, largest)
        return Answer(response.status, {name.lower(): value for name, value in response.headers.items()}, received)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise Unreachable(f"{type(error).__name__}: {host}:{port}") from error
    finally:
        pool.close()


def _parts(url):
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise Forbidden(f"{url[:200]!r} is no address.") from error
    if parts.scheme not in ("https", "http") or not host or parts.username is not None:
        raise Forbidden(f"{url[:200]!r} is no http address without a user.")
    is_secure = parts.scheme == "https"
    if not is_secure and not settings.TOMP_ALLOW_PRIVATE_CALLBACKS:
        raise Forbidden("Calls go to https addresses only.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return host, port or (443 if is_secure else 80), path, is_secure


def _checked_address(host, port):
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise Forbidden(f"{host[:200]!r} is no name of a host.") from error
    except OSError as error:
        raise Unreachable(f"{host} has no address: {error}") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).split("%")[0]) for entry in found]
    allowed = [address for address in addresses if is_allowed(address)]
    if not allowed:
        raise Forbidden(f"{host} is {addresses[0]}, an address inside a network.")
    return str(allowed[0])


def is_allowed(address):
    """Whether a provider may have us call this IP address."""
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False  # never, not even where private addresses are allowed: 169.254.169.254 gives away credentials
    if settings.TOMP_ALLOW_PRIVATE_CALLBACKS:
        return True
    return address.is_global and not any(address in tunnel for tunnel in TUNNELS)


def _pool(address, host, port, is_secure):
    if is_secure:
        return urllib3.HTTPSConnectionPool(
            address, port, maxsize=1, cert_reqs="CERT_REQUIRED", server_hostname=host, assert_hostname=host
        )
    return urllib3.HTTPConnectionPool(address, port, maxsize=1)


def _host_header(host, port, is_secure):
    name = f"[{host}]" if ":" in host else host
    return name if port == (443 if is_secure else 80) else f"{name}:{port}"


def _read(response, deadline, largest):
    """The first of the body: no more than we want, no longer than we wait."""
    received = bytearray()
    while len(received) < largest and time.monotonic() < deadline:
        chunk = response.read1(min(largest - len(received), LARGEST_ANSWER))
        if not chunk:
            break
        received += chunk
    return bytes(received)
