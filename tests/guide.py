"""Follows docs/maas-provider-guide.md as a reader would: runs its commands in a shell, and compares the answers.

A ```bash block is run. The ```json block after it is its answer: the number behind `json` is the status, "…" stands for
anything, what is left out may be there. "Keep `a[0].b` as `$NAME`" takes a value from the last answer for what follows.
"""

import json
import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

PART = re.compile(
    r"```(?P<kind>bash|json)(?: (?P<status>\d+))?\n(?P<text>.*?)```"
    r"|Keep `(?P<path>[^`]+)` as `\$(?P<name>\w+)`",
    re.DOTALL,
)
SHELL = "/bin/bash"
CURL = re.compile(r"^curl\b", re.MULTILINE)
ANYTHING = "…"


@dataclass
class Reader:
    """Somebody at a shell, with these variables."""

    folder: Path
    variables: dict[str, str]
    answer: object = None
    status: int = 0
    commands: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def follow(self, text: str) -> list[str]:
        """Everything was done in order; what was not as it is written."""
        (self.folder / ".curlrc").write_text('silent\nwrite-out = "\\n%{http_code}"\n')
        found: list[str] = []
        for part in PART.finditer(text):
            if part["kind"] == "bash":
                self._run(part["text"])
            elif part["kind"] == "json":
                found += [f"after {self.commands[-1]!r}: {fault}" for fault in self._compare(part)]
            else:
                self.variables[part["name"]] = str(value_at(self.answer, part["path"]))
        return found

    def _run(self, command: str) -> None:
        self.commands.append(command)
        ran = subprocess.run(
            [SHELL, "-euc", command], cwd=self.folder,
            env={"PATH": os.defpath, "CURL_HOME": str(self.folder)} | self.variables,
            capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip
        assert ran.returncode == 0, f"{command}\n{ran.stderr}"
        if CURL.search(command):
            body, _newline, status = ran.stdout.rpartition("\n")
            self.status, self.answer = int(status), json.loads(body) if body.strip() else None
            self.statuses.append(self.status)

    def _compare(self, part: re.Match[str]) -> list[str]:
        status = int(part["status"] or 200)
        if self.status != status:
            return [f"the status is {self.status}, not {status}: {self.answer}"]
        return list(differences(json.loads(part["text"]), self.answer))


def differences(shown, answered, path="answer"):
    """Where the answer does not have what is shown."""
    if shown == ANYTHING:
        return
    if isinstance(shown, dict) and isinstance(answered, dict):
        for name, value in shown.items():
            if name not in answered:
                yield f"{path} has no {name}: {answered}"
            else:
                yield from differences(value, answered[name], f"{path}.{name}")
    elif isinstance(shown, list) and isinstance(answered, list):
        is_open = shown[-1:] == [ANYTHING]  # more may follow
        items = shown[:-1] if is_open else shown
        if len(answered) < len(items) or (not is_open and len(answered) != len(items)):
            yield f"{path} has {len(answered)} items: {answered}"
        for number, (item, real) in enumerate(zip(items, answered, strict=False)):
            yield from differences(item, real, f"{path}[{number}]")
    elif shown != answered:
        yield f"{path} is {answered!r}, not {shown!r}"


def value_at(answer, path):
    """`legs[0].asset.id` in an answer."""
    for name, number in re.findall(r"([\w-]+)|\[(\d+)\]", path):
        answer = answer[int(number)] if number else answer[name]
    return answer
