"""Bytes that are no HTTP, or half of it: who sends them is refused or hung up on, and others are answered."""

import socket
from contextlib import suppress

import pytest

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]

META = b"GET /tomp/operator/meta HTTP/1.1\r\nHost: 127.0.0.1\r\n"
BOOK = b"POST /tomp/bookings/one-stop HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n%s"
SENT = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00" + b"\x00" * 200,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/0.9": b"GET /\r\n\r\n",
    "a proxy's request": b"CONNECT mp.example.org:443 HTTP/1.1\r\nHost: mp.example.org:443\r\n\r\n",
    "an address of elsewhere": b"GET http://mp.example.org/tomp/operator/meta HTTP/1.1\r\nHost: mp.example.org\r\n\r\n",
    "an address that never ends": b"GET /" + b"a" * 2_000_000,
    "an address of odd bytes": b"GET /tomp/%ff%fe%00/..%2f..%2f HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a header that never ends": META + b"X-A: " + b"a" * 2_000_000,
    "ten thousand headers": META + b"".join(b"X-%d: 1\r\n" % number for number in range(10_000)) + b"\r\n",
    "a header of odd bytes": META + b"maas-id: \xff\xfe\x80\r\nAuthorization: Bearer \xc3\x28\r\n\r\n",
    "no host": b"GET /tomp/operator/meta HTTP/1.1\r\n\r\n",
    "two hosts": META + b"Host: mp.example.org\r\n\r\n",
    "a length below nothing": BOOK + b"Content-Length: -1\r\n\r\n{}",
    "a length nobody can count": BOOK + b"Content-Length: 1%s\r\n\r\n{}" % (b"0" * 30),
    "two lengths": BOOK + b"Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}",
    "a length and chunks": BOOK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunks that are none": BOOK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
    "a chunk larger than there is": BOOK + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
    "more chunks than we take": BOOK
    + b"Transfer-Encoding: chunked\r\n\r\n"
    + (b"ffff\r\n" + b" " * 65535 + b"\r\n") * 50,
    "half a body": BOOK + b"Content-Length: 1000\r\n\r\n{",
    "a body larger than we take": BOOK + b"Content-Length: 5000000\r\n\r\n" + b" " * 5_000_000,
    "packed": BOOK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
}


def answer_to(app, content):
    """What comes back until the server hangs up, or nothing. Raises TimeoutError when neither happens."""
    host, port = app.base_url.removeprefix("http://").split(":")
    answer = b""
    connection = socket.create_connection((host, int(port)), timeout=20)
    with connection, suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(content)
        with suppress(OSError):  # the server may have hung up before
            connection.shutdown(socket.SHUT_WR)
        while part := connection.recv(65536):
            answer += part
    return answer


def test_is_refused_and_others_are_answered(app):
    known = "".join(f"{name}: {value}\r\n" for name, value in app.headers.items()).encode()
    for what, content in SENT.items():
        status = answer_to(app, content.replace(b"%s", known)).split(b"\r\n")[0]

        assert b" 50" not in status, what
        assert app.once("GET", "/operator/meta")[0] == 200, what
