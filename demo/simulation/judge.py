"""Is this an answer that an operator may give at all? Pure."""

from typing import Any

from demo.client import Call

TO_BE_RETRIED = 503


def refusal(call: Call) -> str:
    """What was refused, as docs/states.md writes it: 403/4004. Empty for a success."""
    if call.status < 300:
        return ""
    error = the_error(call.answer)
    return f"{call.status}/{error.get('errorcode', '?')}" if error else str(call.status)


def complaint(call: Call) -> str:
    """What is wrong with the answer, whatever was asked. Empty if nothing is."""
    if call.status < 300:
        return f"{call} was answered {call.status}, but not in JSON" if isinstance(call.answer, str) else ""
    if call.status < 400:
        return f"{call} was answered {call.status}"
    if call.status >= 500 and not is_to_be_retried(call):
        return f"{call} was answered {call.status}: {str(call.answer)[:200]}"
    error = the_error(call.answer)
    if error is None:
        return f"{call} was answered {call.status} without the error of TOMP: {str(call.answer)[:200]}"
    return _wrong_error(call, error)


def is_to_be_retried(call: Call) -> bool:
    """Not now, but later: with the header that says when."""
    return call.status == TO_BE_RETRIED and "Retry-After" in call.headers


def the_error(answer: Any) -> dict[str, Any] | None:
    """The error of TOMP in the answer; the customer module puts it in an envelope."""
    if isinstance(answer, dict) and isinstance(answer.get("errors"), list) and answer["errors"]:
        answer = answer["errors"][0]
    return answer if isinstance(answer, dict) and "errorcode" in answer else None


def _wrong_error(call: Call, error: dict[str, Any]) -> str:
    if error.get("errorcode") != error.get("errorCode"):
        return f"{call}: errorcode and errorCode differ: {error}"
    if error.get("status") != call.status:
        return f"{call}: the status in the error is not HTTP's {call.status}: {error}"
    empty = [member for member in ("type", "title", "detail", "instance") if not error.get(member)]
    return f"{call}: the error has no {', '.join(empty)}: {error}" if empty else ""
