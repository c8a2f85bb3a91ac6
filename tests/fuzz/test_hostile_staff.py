"""A colleague who is signed in, means harm and sends anything to any form: refused or saved, never an error.

Each form is read from its page, as a browser would, and sent back with one field that is not as it was.
"""

import re
from html.parser import HTMLParser

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from tests.admin.everything import one_of_each
from tests.fuzz.hostile import NASTY_TEXTS, often
from tests.permissions.asking import address_of
from tests.permissions.routes import routes

ABYSS = "[" * 500 + "]" * 500
NASTY_INPUTS = (
    *NASTY_TEXTS, "[" * 500, "[" * 100_000, ABYSS, f'{{"type": "Polygon", "coordinates": {ABYSS}}}', r'["a\u0000b"]',
    r'{"a": "\ud800"}', '{"a": 1e400}', '{"a": NaN}', "9999999999", "10000-01-01", "0001-01-01 00:00:00", "[[1]]",
    '[{"type": {}}]', "x" * 500_000,
)  # fmt: skip
QUERIES = (
    "q",
    "o",
    "p",
    "e",
    "all",
    "_facets",
    "_popup",
    "_to_field",
    "format",
    "id__in",
    "state",
    "from",
    "to",
    "box",
)
LOOKS_AWAY = ("logout", "/language/", "/delete/", "/history/")


class Forms(HTMLParser):
    """The forms of a page that are posted: where to, and what each input would send."""

    def __init__(self, page):
        super().__init__()
        self.found, self.form, self.choice, self.text = [], None, "", ""
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name, value = given.get("name"), given.get("value") or ""
        if tag == "form":
            self.form = (given.get("action") or "", {})
            self.found += [self.form] if (given.get("method") or "").lower() == "post" else []
        elif self.form is None:
            return
        elif tag == "input" and name and not (given.get("type") in ("checkbox", "radio") and "checked" not in given):
            self.form[1].setdefault(name, value)
        elif tag in ("select", "textarea") and name:
            self.choice = name if tag == "select" else ""
            self.text = name if tag == "textarea" else ""
            self.form[1].setdefault(name, "")
        elif tag == "option" and self.choice and "selected" in given:
            self.form[1][self.choice] = value

    def handle_data(self, data):
        if self.text:
            self.form[1][self.text] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag in ("select", "textarea"):
            self.choice = self.text = ""


@pytest.fixture(scope="module")
def office(shared_world):
    return one_of_each(User.objects.create(username="rita", is_staff=True, is_superuser=True))


@pytest.fixture
def staff(office, db):
    client = Client()
    client.force_login(office[User])
    return client


def pages(rows):
    """The addresses of the back office that a link may lead to."""
    for route in routes():
        address = f"/{address_of(route.pattern, rows)}"
        if route.method == "get" and route.pattern.startswith("admin/") and not any(w in address for w in LOOKS_AWAY):
            yield address


def forms_of(client, address):
    """(where to, {name: value}) of the forms on the page, those of the browser's own inputs left out."""
    page = read(client.get(address))
    if page.status_code != 200 or page.streaming or "html" not in page.headers["Content-Type"]:
        return
    for action, fields in Forms(page.content.decode()).found:
        target = action if action.startswith("/") else address
        if fields and not any(way in target for way in LOOKS_AWAY):
            yield target, fields


def read(answer):
    """To its end, where it is written while it is read."""
    if answer.streaming:
        list(answer.streaming_content)
    return answer


def answered(call):
    """The status; whatever was written is taken back."""
    with transaction.atomic():
        answer = read(call())
        transaction.set_rollback(True)
    return answer.status_code


def test_forms(staff, office):
    forms = [form for address in pages(office) for form in forms_of(staff, address)]
    assert len(forms) > 100

    @given(st.data())
    @often(150)
    def send(data):
        target, fields = data.draw(st.sampled_from(forms))
        name = data.draw(st.sampled_from(sorted(fields)))
        less = {other: value for other, value in fields.items() if other != name}
        how = data.draw(st.sampled_from(("without it", "alone", "spoiled", "spoiled", "spoiled")))
        wrong = {} if how == "without it" else {name: data.draw(st.sampled_from(NASTY_INPUTS))}
        status = answered(lambda: staff.post(target, wrong if how == "alone" else less | wrong))
        assert status < 500, (status, target, how, name, wrong)

    send()


def test_lists_and_pages(staff, office):
    addresses = list(pages(office))

    @given(
        st.sampled_from(addresses),
        st.dictionaries(st.sampled_from(QUERIES), st.sampled_from(NASTY_INPUTS[:-1]), min_size=1, max_size=2),
    )
    @often(150)
    def ask(address, query):
        status = answered(lambda: staff.get(address, query))
        assert status < 500, (status, address, query)

    ask()


def test_ids(staff):
    patterns = [
        r.pattern for r in routes() if r.pattern.startswith("admin/") and "<" in r.pattern and r.method != "list"
    ]
    ids = ("%00", "a%00b", "_00", "9" * 30, "-1", "no-such-id", "%ff", "%ED%A0%80", "1e400", "x" * 3000)

    @given(st.sampled_from(patterns), st.sampled_from(ids), st.sampled_from(("get", "post")))
    @often(150)
    def ask(pattern, id_, method):
        address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", id_, pattern)
        status = answered(lambda: getattr(staff, method)(address))
        assert status < 500, (status, method, address)

    ask()
