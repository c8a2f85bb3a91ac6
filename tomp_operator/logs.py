"""How a line of the log is made: JSON where others run us, readable at home; nobody's data in either.

Imported by the settings, so it knows none of them.
"""

import logging
import re
import sys
from io import StringIO
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, Processor

from tomp import jsontext

# PostgreSQL tells in such lines which values were in its way.
_VALUES = re.compile(r"\n(?:DETAIL|CONTEXT|HINT|LINE \d+):[^\n]*(?:\n(?!\S*Error)[^\n]*)*")


def without_values(text: str) -> str:
    """What an error says, without the rows it is about."""
    return _VALUES.sub("", text)


def look_up_nothing_in_vain() -> None:
    """Where in the code a line comes from, and which thread wrote it, is not asked: no line of ours tells it.

    The switches are those of "Optimization" in Python's Logging HOWTO.
    """
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging.logAsyncioTasks = False  # type: ignore[attr-defined,unused-ignore] # since Python 3.12


class Line(structlog.stdlib.ProcessorFormatter):
    """As structlog's, which copies each record for the sake of other handlers, and looks for what ours never have."""

    def format(self, record: logging.LogRecord) -> str:
        if not hasattr(record, "_logger"):  # a library's, or one that says nothing but a text
            return super().format(record)
        event: Any = {**record.msg, "_record": record, "_from_structlog": True}  # type: ignore[dict-item]
        for step in self.processors:
            event = step(record._logger, record._name, event)  # type: ignore[attr-defined]
        return event


def steps() -> list[Processor]:
    """What is put into each line, ours and those of the libraries."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def steps_of_others() -> list[Processor]:
    """What is put into the lines of the libraries."""
    return [structlog.stdlib.PositionalArgumentsFormatter(), of_a_job, *steps()]


def of_a_job(logger: Any, method: str, event: EventDict) -> EventDict:
    """What procrastinate tells of a job, without its arguments: where a vehicle was says where a person was."""
    record = event.get("_record")
    job = getattr(record, "job", None)
    if job is not None:
        event["event"] = getattr(record, "action", "job")
        event["job_id"], event["task"] = job["id"], job["task_name"]
    return event


def rendering(*, as_json: bool) -> list[Processor]:
    """How it is written. Tracebacks come without local variables, which may be personal data or keys."""
    if as_json:
        transformer = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        return [
            structlog.processors.ExceptionRenderer(transformer),
            _without_values,
            structlog.processors.JSONRenderer(jsontext.dumps),
        ]
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=_plain)]


def _without_values(logger: Any, method: str, event: EventDict) -> EventDict:
    for error in event.get("exception") or []:
        error["exc_value"] = without_values(error["exc_value"])
        error["exc_notes"] = []
    return event


def _plain(stream: TextIO, exc_info: ExcInfo) -> None:
    text = StringIO()
    structlog.dev.plain_traceback(text, exc_info)
    stream.write(without_values(text.getvalue()))
