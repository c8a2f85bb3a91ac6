"""The catalogues of translations …"""

import ast
import gettext
import re
from pathlib import Path

import import_export
import pytest
import unfold

from tests.catalogues import MARKS, ROOT, borrowed, catalogue, is_translated, marked, sources
from tomp_operator import names

LANGUAGES = ("nl", "nb", "de", "fr")
COMPLETE = LANGUAGES  # those in which every text is translated, and has to stay so
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-+ #0]*\d*(?:\.\d+)?[sdrfi]|%%|\{\w*\}")
PLURALS = {"nl": "plural=(n != 1)", "nb": "plural=(n != 1)", "de": "plural=(n != 1)", "fr": "plural=(n > 1)"}
BORROWED = [  # and what of them is on no page of ours
    (unfold, ("contrib/constance", "contrib/forms", "contrib/guardian", "contrib/inlines", "contrib/simple_history",
              "crispy", "dataset", "nested_inlines", "numeric_slider")),
    (import_export, ("tests", "templates", "base_formats")),
]  # fmt: skip
FOR_PROGRAMMERS = {
    "Form is not validated, call `is_valid` first",
    "use_natural_foreign_keys and key_is_id cannot both be True",
}

ADMIN = re.compile(r"(?:^|/)admin(?:/|\.py$)|^backoffice/")
SAID = {"description", "help_text", "verbose_name", "verbose_name_plural", "label", "title", "search_help_text",
        "empty_label", "form_submit_text"}  # fmt: skip
UNREAD = re.compile(
    r"{% blocktranslate.*?{% endblocktranslate %}|{% comment.*?{% endcomment %}|{#.*?#}|{%.*?%}|{{.*?}}"
    r"|<(script|style|kbd)\b.*?</\1>|<span class=\"material-symbols-outlined[^>]*>.*?</span>",
    re.DOTALL,
)
ATTRIBUTE = re.compile(r'\b(?:title|placeholder|aria-label|alt)="([^"]*)"')
WORD = re.compile(r"[A-Za-z]*[a-z][A-Za-z]*")


def placeholders(text):
    return sorted(PLACEHOLDER.findall(text))


@pytest.mark.parametrize("language", COMPLETE)
def test_a_complete_one_has_every_text_translated(language):
    messages = catalogue(language)

    assert sorted((marked() | names.texts()) - messages.keys()) == []
    assert [text for text, message in messages.items() if not all(message.texts)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("package", "unused"), BORROWED)
def test_what_packages_say_on_our_pages_is_translated(package, unused, language):
    """What is missing goes to tomp_operator/borrowed.py."""
    texts = borrowed(Path(package.__file__).parent, unused) - FOR_PROGRAMMERS

    assert texts
    assert [text for text in sorted(texts) if not is_translated(text, language)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_a_guess(language):
    assert [text for text, message in catalogue(language).items() if "fuzzy" in message.flags] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_of_its_text(language):
    """The form for one may leave out the number."""
    wrong = []
    for message in list(catalogue(language).values())[1:]:
        if not {"python-format", "python-brace-format"} & message.flags:
            continue
        for number, text in enumerate(message.texts):
            told = message.plural if message.plural and number else message.text
            if text and placeholders(text) not in (placeholders(told), placeholders(message.text)):
                wrong.append(text)

    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_begins_and_ends_as_its_text(language):
    """White space at the ends joins it to what stands beside it."""
    messages = list(catalogue(language).values())[1:]

    assert [text for message in messages for text in message.texts if text
            and (text[0].isspace(), text[-1].isspace()) != (message.text[0].isspace(), message.text[-1].isspace())
    ] == []  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_the_forms_of_the_language(language):
    messages = catalogue(language)

    assert PLURALS[language] in messages[""].texts[0]
    assert {len(message.texts) for message in messages.values() if message.plural} == {2}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_served_is_what_was_translated(language):
    """After a change of a catalogue: make messages."""
    with (ROOT / "locale" / language / "LC_MESSAGES" / "django.mo").open("rb") as compiled:
        served = dict(gettext.GNUTranslations(compiled)._catalog)
    served.pop("")
    translated = {}
    for message in list(catalogue(language).values())[1:]:
        if all(message.texts) and "fuzzy" not in message.flags:
            keys = [(message.text, number) for number in range(2)] if message.plural else [message.text]
            translated |= dict(zip(keys, message.texts, strict=True))

    assert served == translated


def test_everything_that_staff_read_can_be_translated():
    literals = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in sources("py")
        if ADMIN.search(str(path.relative_to(ROOT)))
        and "migrations" not in path.parts
        and "management" not in path.parts
        for line, text in literals_in(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert literals == []


def literals_in(tree):
    """(line, what staff would read in English whatever their language)"""
    for node in ast.walk(tree):
        said = []
        if isinstance(node, ast.Call):
            said = [keyword.value for keyword in node.keywords if keyword.arg in SAID]
            if ast.unparse(node.func).startswith("messages."):
                said += node.args[1:]
        elif isinstance(node, ast.Assign):
            said = [node.value] if {ast.unparse(target) for target in node.targets} & SAID else []
        elif isinstance(node, ast.Dict):
            said = [value for key, value in zip(node.keys, node.values, strict=True)
                    if isinstance(key, ast.Constant) and key.value in SAID]  # fmt: skip
        yield from ((each.lineno, ast.unparse(each)) for each in said if _has_words(each))


def _has_words(node):
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return any(isinstance(p, ast.Constant) and isinstance(p.value, str) and WORD.search(p.value) for p in parts)


def test_everything_that_templates_say_can_be_translated():
    said = []
    for path in sorted((ROOT / "templates" / "admin").rglob("*.html")):
        text = UNREAD.sub(" ", path.read_text(encoding="utf-8"))
        texts = [*ATTRIBUTE.findall(text), *re.sub(r"<[^>]*>", "\n", text).splitlines()]
        said += [f"{path.relative_to(ROOT)}: {each.strip()}" for each in texts if WORD.search(each)]
    assert said == []


def test_gettext_sees_every_mark():
    """It does not look into f-strings."""
    hidden = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sources("py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.JoinedStr)
        for call in ast.walk(node)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MARKS
    ]
    assert hidden == []
