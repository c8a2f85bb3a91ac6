"""A call to an address somebody gave us reaches that address, or nothing."""

import ipaddress
import socket

import pytest

from tomp import egress
from tomp.egress import Forbidden, Unreachable


@pytest.fixture
def strict(settings):
    settings.TOMP_ALLOW_PRIVATE_CALLBACKS = False


def resolves_to(monkeypatch, *addresses):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)


def test_sends_method_path_headers_and_body_and_returns_the_answer(receiver):
    receiver.answer(201, {"X-Some": "thing"}, b'{"ok": true}')

    answer = egress.call("POST", f"{receiver.url}/mp/legs/1?x=2", body=b"hello", headers={"Api": "TOMP"})

    (sent,) = receiver.received
    assert (sent.method, sent.path, sent.body, sent.headers["api"]) == ("POST", "/mp/legs/1?x=2", b"hello", "TOMP")
    assert sent.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert (answer.status, answer.headers["x-some"], answer.body) == (201, "thing", b'{"ok": true}')


def test_follows_no_redirect(receiver):
    receiver.answer(307, {"Location": f"{receiver.url}/elsewhere"})

    assert egress.call("POST", f"{receiver.url}/here").status == 307
    assert [sent.path for sent in receiver.received] == ["/here"]


def test_reads_no_more_than_64_kilobytes(receiver):
    receiver.answer(200, body=b"x" * 200_000)

    assert len(egress.call("GET", f"{receiver.url}/").body) == 65_536


def test_says_when_nobody_answers():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable):
            egress.call("POST", f"http://127.0.0.1:{nobody.getsockname()[1]}/")


def test_gives_up_waiting_for_a_silent_server(monkeypatch):
    monkeypatch.setattr(egress, "ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unreachable):
        egress.call("POST", f"http://127.0.0.1:{silent.getsockname()[1]}/")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "224.0.0.1",
        "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1",
        "2001:0:1::",
    ],
)  # fmt: skip
def test_never_calls_an_address_inside_a_network(strict, address):
    assert not egress.is_allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
def test_calls_public_addresses(strict, address):
    assert egress.is_allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1"])
def test_never_calls_these_even_where_private_addresses_are_allowed(settings, address):
    settings.TOMP_ALLOW_PRIVATE_CALLBACKS = True

    assert not egress.is_allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://localhost/", "https://2130706433/", "https://0x7f000001/", "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
    ],
)  # fmt: skip
def test_recognises_this_machine_however_it_is_written(strict, url):
    with pytest.raises((Forbidden, Unreachable)):
        egress.call("POST", url)


@pytest.mark.parametrize(
    "url", ["ftp://mp.example.org/", "https://user:secret@mp.example.org/", "https://", "no url", "http://[::1/"]
)
def test_calls_nothing_but_plain_http_addresses(url):
    with pytest.raises(Forbidden):
        egress.call("POST", url)


def test_insists_on_https_where_others_are_called(strict):
    with pytest.raises(Forbidden, match="https"):
        egress.call("POST", "http://mp.example.org/")


def test_a_name_that_leads_inside_is_refused(strict, monkeypatch):
    resolves_to(monkeypatch, "10.0.0.7")

    with pytest.raises(Forbidden, match=r"mp.example.org is 10\.0\.0\.7"):
        egress.call("POST", "https://mp.example.org/")


def test_a_name_is_resolved_once_and_the_connection_goes_to_what_was_checked(receiver, monkeypatch):
    """Whoever answers differently the second time (DNS rebinding) is not asked a second time."""
    real, asked = socket.getaddrinfo, []

    def once(host, *args, **kwargs):
        asked.append(host)
        return real("127.0.0.1" if host == "mp.example.org" else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", once)

    egress.call("POST", f"http://mp.example.org:{receiver.port}/hook")

    assert asked.count("mp.example.org") == 1
    assert receiver.received[0].headers["host"] == f"mp.example.org:{receiver.port}"
