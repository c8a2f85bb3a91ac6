"""The server of the simulated providers: a real one on this machine, which fails now and then as real ones do."""

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

from demo.simulation.calls import Call, Calls, moment
from demo.simulation.tally import Tally

SILENCE_S = 12  # longer than the operator waits for an answer
WAITED_FOR_S = 8  # so long it does wait; some time after that it hangs up, and may go on to the next call
RETRY_AFTER_S = 2
MOST_FAILURES = 2  # of one call, so that all have come soon after the simulation
FAILURES = ("500", "500", "503", "429", "hang up", "hang up", "silence")


class Receiver:
    """Listens at http://127.0.0.1:<port>/<maas-id>. Fails this share (0 to 1) of the calls."""

    def __init__(self, *, tally: Tally, rng: Random, misbehaviour: float, port: int = 0) -> None:
        self._tally, self._rng = tally, rng
        self.misbehaviour = misbehaviour
        self._lock = threading.Lock()
        self._calls = Calls()
        self._stopped = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self._answer))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="receiver", daemon=True)
        self.port = self._server.server_port

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # -- what the apps of the same provider know

    def knows(self, booking_id: str, leg_ids: list[str]) -> None:
        """These legs belong to this booking."""
        with self._lock:
            self._calls.booking_of |= dict.fromkeys(leg_ids, booking_id)

    def said(self, leg_id: str, event: str, time_sent: str) -> None:
        """The app is about to send this itself, so nobody need tell it."""
        with self._lock:
            self._calls.sent.add((leg_id, event, moment(time_sent)))

    def unsaid(self, leg_id: str, event: str, time_sent: str) -> None:
        """The operator refused it, so it may say so itself."""
        with self._lock:
            self._calls.sent.discard((leg_id, event, moment(time_sent)))

    def subscribe(self, booking_id: str) -> None:
        """From now on the operator tells everything about it."""
        with self._lock:
            self._calls.subscribed.add(booking_id)

    def expect(self, about: str, subject: str) -> None:
        """By the end of the simulation this call about the booking or leg will have come."""
        with self._lock:
            self._calls.expected.add((about, subject))

    def is_complete(self) -> bool:
        """All that was expected came, and nothing is to come again."""
        with self._lock:
            return not self._calls.missing() and not self._calls.unsettled

    def missing(self) -> list[str]:
        with self._lock:
            return self._calls.missing()

    # -- answering

    def _answer(
        self, method: str, path: str, headers: dict[str, str], content: bytes
    ) -> tuple[int, dict, bytes] | None:
        """Status, headers and body of the answer; None hangs up."""
        maas_id, _, rest = path.lstrip("/").partition("/")
        with self._lock:
            call, complaints = self._calls.came(rest, headers, content, to=maas_id, at=time.time())
            is_settled = call.is_settled
            failure = self._failure(call)
        for complaint in complaints:
            self._tally.fault(complaint)
        if not failure:
            self._tally.callback("repeated" if is_settled else call.subject)
            answer = b"true" if rest.endswith("/confirmation") else b"{}"
            self._settle(call, is_final=True)
            return 200, {}, answer
        self._tally.callback(f"failed ({failure})")
        return self._fail(call, failure)

    def _failure(self, call: Call) -> str:
        if call.attempts > MOST_FAILURES or self._rng.random() >= self.misbehaviour:
            return ""
        return self._rng.choice(FAILURES)

    def _fail(self, call: Call, failure: str) -> tuple[int, dict, bytes] | None:
        if failure == "silence":
            self._stopped.wait(WAITED_FOR_S)
        not_before = time.time() + RETRY_AFTER_S if failure == "429" else 0
        self._settle(call, is_final=False, not_before=not_before)
        if failure == "silence":
            self._stopped.wait(SILENCE_S - WAITED_FOR_S)
        if failure in ("silence", "hang up"):
            return None
        if failure == "429":
            return 429, {"Retry-After": str(RETRY_AFTER_S)}, b"{}"
        return int(failure), {}, b"out of order"

    def _settle(self, call: Call, *, is_final: bool, not_before: float = 0) -> None:
        with self._lock:
            self._calls.answered(call, is_final=is_final, not_before=not_before)


def _handler(
    answer: Callable[[str, str, dict[str, str], bytes], tuple[int, dict, bytes] | None],
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            said = answer(self.command, self.path, headers, content)
            if said is None:
                self.close_connection = True
                return
            status, more, body = said
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_PUT = do_POST  # noqa: N815 - as http.server calls them

        def log_message(self, *args: object) -> None:
            """Nothing: the tally counts."""

    return Handler
