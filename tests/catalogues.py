"""The texts of the product, and its catalogues of translations, read without gettext."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils.translation import trans_real
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
CALL = re.compile(r"""\b(?:n?gettext|_)\((?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""", re.DOTALL)


@dataclass
class Message:
    """One entry of a catalogue; `texts` has one for each form of the plural."""

    flags: set[str] = field(default_factory=set)
    text: str = ""
    plural: str = ""
    texts: list[str] = field(default_factory=list)


def catalogue(language: str) -> dict[str, Message]:
    """{text: its entry} of locale/<language>; that of "" is the header."""
    path = ROOT / "locale" / language / "LC_MESSAGES" / "django.po"
    entries = re.split(r"\n\s*\n", path.read_text(encoding="utf-8").strip())
    found = [_entry(lines) for lines in entries if re.search(r"^msgid", lines, re.MULTILINE)]
    return {message.text: message for message in found}


def _entry(lines: str) -> Message:
    message, parts, name = Message(), {}, ""
    for line in lines.splitlines():
        if line.startswith("#,"):
            message.flags |= {flag.strip() for flag in line[2:].split(",")}
        elif not line.startswith("#"):
            keyword, _, quoted = line.partition('"')
            name = keyword.strip() or name
            parts[name] = parts.get(name, "") + ast.literal_eval(f'"{quoted}')
    message.text, message.plural = parts.pop("msgid"), parts.pop("msgid_plural", "")
    message.texts = [text for keyword, text in parts.items() if keyword.startswith("msgstr")]
    return message


def sources(ending: str) -> Iterator[Path]:
    """Files of the product: not the tests, and nothing that was installed or measured."""
    for path in sorted(ROOT.rglob(f"*.{ending}")):
        first = path.relative_to(ROOT).parts[0]
        if not first.startswith(".") and first not in {"tests", "bench", "staticfiles", "build"}:
            yield path


def marked() -> set[str]:
    """Every text that the product marks to be translated."""
    return _marked(sources("py"), sources("html"))


def _marked(modules: Iterable[Path], templates: Iterable[Path]) -> set[str]:
    found = {text for path in modules for text in _in_python(path.read_text(encoding="utf-8"))}
    for path in templates:
        calls = CALL.findall(re.sub(r"\bu(?=['\"])", "", templatize(path.read_text(encoding="utf-8"))))
        found.update(ast.literal_eval(call.partition("(")[2]) for call in calls)
    return found


def borrowed(package: Path, unused: tuple[str, ...]) -> set[str]:
    """Every text that this package marks, but in the files whose path has one of the words."""
    files = [path for path in package.rglob("*") if not any(word in str(path.relative_to(package)) for word in unused)]
    return _marked((path for path in files if path.suffix == ".py"), (path for path in files if path.suffix == ".html"))


def is_translated(text: str, language: str) -> bool:
    """Whether any of the catalogues that are served has it, also where it reads the same as in English."""
    served = trans_real.translation(language)._catalog
    return any(served.get(key) is not None for key in (text, (text, 0)))


def _in_python(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value
