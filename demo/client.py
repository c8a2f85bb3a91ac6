"""How does a MaaS provider call an operator? Plain HTTP: headers, JSON, and a report of each call and answer."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import urllib3

TIMEOUT = urllib3.Timeout(connect=5, read=30)


class CallFailed(Exception):
    """The operator refused, or could not be reached; the message says so in one line.

    `call` is what was refused, or None where there was no answer.
    """

    def __init__(self, message: str, call: "Call | None" = None) -> None:
        super().__init__(message)
        self.call = call


@dataclass(frozen=True)
class Call:
    """One request and its answer."""

    method: str
    path: str
    body: Any
    status: int
    reason: str
    headers: Mapping[str, str]
    answer: Any

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Client:
    """One provider speaking one version. `report` is told of every call that got an answer."""

    def __init__(
        self,
        base_url: str,
        *,
        maas_id: str,
        api_key: str,
        api_version: str,
        report: Callable[[Call], None] = lambda call: None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.api_version = api_version
        self.headers = {
            "Accept": "application/json",
            "Accept-Language": "en",
            "Api": "TOMP",
            "Api-Version": api_version,
            "maas-id": maas_id,
            "X-API-Key": api_key,
        }
        self._report = report
        self._http = urllib3.connection_from_url(self.base_url, timeout=TIMEOUT, retries=False)
        self._prefix = urllib3.util.parse_url(self.base_url).path or ""

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """The connection is closed; another call would open a new one."""
        self._http.close()

    def get(self, path: str, *, silently: bool = False, **query: Any) -> Any:
        """The body of the answer. Raises CallFailed."""
        return self._answer(self.call("GET", f"{path}?{urlencode(query)}" if query else path, silently=silently))

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """The body of the answer. Raises CallFailed."""
        return self._answer(self.call("POST", path, body=body, headers=headers))

    def call(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        silently: bool = False,
    ) -> Call:
        """The request with `body` as JSON, or `content` as it is, and whatever was answered.

        Raises CallFailed if nothing was.
        """
        if content is None and body is not None:
            content = self.encoded(body)
        described = {} if content is None else {"Content-Type": "application/json"}
        sent = {**self.headers, **described, **(headers or {})}
        try:
            response = self._http.request(method, self._prefix + path, headers=sent, body=content)
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise CallFailed(f"{method} {self.base_url}{path} got no answer: {_in_one_line(error)}") from error
        call = Call(method, path, body, response.status, response.reason or "", response.headers, _parsed(response))
        if not silently:
            self._report(call)
        return call

    @staticmethod
    def encoded(body: Any) -> bytes:
        """As it is sent."""
        return json.dumps(body, default=float).encode()

    def _answer(self, call: Call) -> Any:
        if call.status >= 300:
            raise CallFailed(f"{call} was answered {call.status}: {_refusal(call)}", call)
        if isinstance(call.answer, str):
            reason = f"but not in JSON: is {self.base_url} a TOMP server?"
            raise CallFailed(f"{call} was answered {call.status}, {reason}", call)
        return call.answer


def _parsed(response: urllib3.BaseHTTPResponse) -> Any:
    """JSON with exact amounts; anything else as text."""
    try:
        return json.loads(response.data, parse_float=Decimal) if response.data else None
    except ValueError:
        return response.data.decode("utf-8", "replace")


def _refusal(call: Call) -> str:
    """The error of the operator in one line, e.g. `Expired (3202), …`."""
    if not isinstance(call.answer, dict):
        return _in_one_line(call.answer or call.reason)
    error = (call.answer.get("errors") or [call.answer])[0]
    return _in_one_line(f"{error.get('title', '')} ({error.get('errorcode', '?')}), {error.get('detail', '')}")


def _in_one_line(thing: object) -> str:
    return " ".join(str(thing).split())[:300]
