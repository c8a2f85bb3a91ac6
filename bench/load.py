"""Who asks: processes with keep-alive sockets of their own. Knows nothing of Django, so that starting one is cheap.

A client must not be what is measured. So each tells the processor time it used itself, and the same clients ask a
constant answer, too: what they reach there is far above what they reach at the product (docs/performance.md).
"""

import json
import socket
import threading
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing import get_context

PROCESSES, THREADS = 2, 4
TIMEOUT_S = 300


@dataclass
class Taken:
    """What clients saw: seconds per answer by step, rounds that they finished, and what they needed themselves."""

    latencies: dict
    rounds: int
    seconds: float
    cpu_s: float


class Connection:
    """One keep-alive connection. `ask` sends the bytes of a request and returns status and body."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request):
        self.socket.sendall(request)
        received = self.socket.recv(65536)
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        status = int(received[9:12])
        head = received[:end].lower()
        start = head.find(b"\r\ncontent-length:")
        length = int(head[start + 17 :].split(b"\r\n", 1)[0]) if start >= 0 and status != 304 else 0
        parts, missing = [received[end + 4 :]], end + 4 + length - len(received)
        while missing > 0:
            parts.append(self._more())
            missing -= len(parts[-1])
        return status, b"".join(parts)

    def _more(self):
        found = self.socket.recv(1 << 20)
        if not found:
            raise ConnectionError("The service closed the connection.")
        return found


def request(method, path, headers, body=b""):
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    if method == "POST":
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join((*lines, "", "")).encode() + body


class Clients:
    """As many processes as are started once and told again and again what to do."""

    def __enter__(self):
        self.pool = ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn"))
        list(self.pool.map(time.sleep, [0.2] * PROCESSES))  # they are there before anything is measured
        return self

    def __exit__(self, *_error):
        self.pool.shutdown()

    def get(self, port, sent, seconds, threads=THREADS):
        """The same request again and again; each answer is one round."""
        return _together([self.pool.submit(repeat, port, sent, seconds, threads) for _process in range(PROCESSES)])

    def ride(self, port, headers, vehicles, cycle, seconds, threads=THREADS):
        """Trips, each with another vehicle; each trip is one round. Fails when they are used up."""
        shares = [vehicles[number::PROCESSES] for number in range(PROCESSES)]
        return _together(
            [self.pool.submit(ride_all, port, headers, share, cycle, seconds, threads) for share in shares]
        )


def _together(futures):
    results = [future.result() for future in futures]
    latencies = defaultdict(list)
    for result in results:
        for step, taken in result.latencies.items():
            latencies[step] += taken
    longest = max(result.seconds for result in results)
    return Taken(
        dict(latencies), sum(result.rounds for result in results), longest, sum(result.cpu_s for result in results)
    )


def repeat(port, sent, seconds, threads):
    def once(connection, step):
        status, _body = step("GET", sent)
        assert status in (200, 304), status

    return _in_threads(port, seconds, threads, once)


def ride_all(port, headers, vehicles, cycle, seconds, threads):
    left = iter(vehicles)

    def once(connection, step):
        def ask(name, method, path, body=None):
            sent = request(method, f"/tomp{path}", headers, b"" if body is None else json.dumps(body).encode())
            status, answer = step(name, sent)
            assert status in (200, 201), (name, status, answer[:500])
            return json.loads(answer)

        CYCLES[cycle](ask, next(left))

    return _in_threads(port, seconds, threads, once)


def _in_threads(port, seconds, threads, once):
    began, cpu = time.perf_counter(), time.process_time()
    latencies, rounds, failures = defaultdict(list), [], []

    def work():
        connection = Connection(port)

        def step(name, sent):
            at = time.perf_counter()
            answer = connection.ask(sent)
            latencies[name].append(time.perf_counter() - at)
            return answer

        try:
            while time.perf_counter() - began < seconds:
                once(connection, step)
                rounds.append(1)
        except Exception as error:
            failures.append(error)

    workers = [threading.Thread(target=work) for _thread in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failures:
        raise failures[0]
    return Taken(dict(latencies), len(rounds), time.perf_counter() - began, time.process_time() - cpu)


def place(vehicle):
    public_id, lat, lon = vehicle
    return {"from": {"coordinates": {"lat": lat, "lng": lon}}, "useAssets": [public_id]}


def event(ask, name, leg_id, kind):
    return ask(name, "POST", f"/legs/{leg_id}/events", {"event": kind, "time": datetime.now(UTC).isoformat()})


def whole_ride(ask, vehicle):
    """All steps a trip can have."""
    booking_id = ask("offer", "POST", "/planning/offers", place(vehicle))["options"][0]["id"]
    ask("book", "POST", "/bookings", {"id": booking_id})
    ask("commit", "POST", f"/bookings/{booking_id}/events", {"operation": "COMMIT"})
    event(ask, "prepare", booking_id, "PREPARE")
    event(ask, "set in use", booking_id, "SET_IN_USE")
    event(ask, "pause", booking_id, "PAUSE")
    event(ask, "resume", booking_id, "SET_IN_USE")
    event(ask, "start finishing", booking_id, "START_FINISHING")
    event(ask, "finish", booking_id, "FINISH")
    assert ask("GET booking", "GET", f"/bookings/{booking_id}")["state"] == "FINISHED"


def one_stop_ride(ask, vehicle):
    """As few steps as a trip can have; the provider's bookings are committed at once."""
    booking = ask("one-stop", "POST", "/bookings/one-stop", place(vehicle))
    [leg] = booking["legs"]
    assert (booking["state"], leg["asset"]["id"].lower()) == ("CONFIRMED", vehicle[0].lower()), booking
    event(ask, "set in use", leg["id"], "SET_IN_USE")
    leg = event(ask, "finish", leg["id"], "FINISH")
    assert leg["state"] == "FINISHED", leg
    assert leg["pricing"], leg


CYCLES = {"whole": whole_ride, "one-stop": one_stop_ride}
