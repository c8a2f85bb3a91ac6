"""Everybody is answered at every address as the reviewed table says (matrix.csv)."""

import csv
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from backoffice import roles
from tests.admin.everything import one_of_each
from tests.client import MpClient
from tests.factories import MaasProviderFactory
from tests.permissions.asking import ask
from tests.permissions.routes import routes

MATRIX = Path(__file__).with_name("matrix.csv")
NOBODY, OTHER = "anonymous", "other provider"
WHO = [NOBODY, OTHER, *roles.ROLES]
HOW_TO = (
    "These addresses have no row in tests/permissions/matrix.csv. Below is what each of "
    f"{', '.join(WHO)} is answered now. Where that is right, add the lines; where it is not, change the permissions:\n"
)


def reviewed():
    """{name of the route: {who: what is answered}}."""
    with MATRIX.open(newline="") as file:
        return {row["route"]: row for row in csv.DictReader(file)}


def answer(client, route, rows, headers=None, lists=None):
    got = ask(client, route, rows, headers, lists)
    return got if isinstance(got, str) else str(got.status_code)


@pytest.fixture(scope="module")
def everybody(shared_world):
    """(the roles are as they come) one row of everything, and the headers of a provider it has nothing to do with.

    The account that is looked at is that of an ordinary colleague.
    """
    for role in roles.ROLES:
        roles.reset(role)
    rows = one_of_each(User.objects.create(username="rita", is_staff=True, is_superuser=True))
    rows[User] = User.objects.create(username="otto", is_staff=True)
    headers = MpClient(MaasProviderFactory(maas_id="somebody-else")).headers
    return rows, {name: value for name, value in headers.items() if name != "Api-Version"}


@pytest.fixture
def rows(everybody, db):
    return everybody[0]


@pytest.fixture
def visitors(everybody, db):
    """(client, headers) by who it is."""

    def visitor(who):
        client = Client(raise_request_exception=False)
        if who in roles.ROLES:
            member = User.objects.create(username=f"a {who}", is_staff=True)
            member.groups.add(Group.objects.get(name=who))
            client.force_login(member)
        return client, everybody[1] if who == OTHER else {}

    return visitor


def test_every_address_has_a_row(visitors, rows):
    known = reviewed()
    missing = [route for route in routes() if route.name not in known]
    if missing:
        clients = [visitors(who) for who in WHO]
        lines = [
            ",".join([route.name, *(answer(client, route, rows, headers) for client, headers in clients)])
            for route in missing
        ]
        pytest.fail(HOW_TO + "\n".join(lines))


def test_every_row_has_its_address():
    gone = reviewed().keys() - {route.name for route in routes()}

    assert not gone, (
        f"Remove from tests/permissions/matrix.csv, as nothing is there any more: {', '.join(sorted(gone))}"
    )


@pytest.mark.parametrize("who", WHO)
def test_is_answered_as_reviewed(visitors, rows, who):
    client, headers = visitors(who)
    known, lists = reviewed(), {}

    got = {
        route.name: (known[route.name][who], answer(client, route, rows, headers, lists))
        for route in routes()
        if route.name in known
    }

    others = {name: f"{found}, not {expected}" for name, (expected, found) in got.items() if found != expected}
    assert not others, f"{who} is answered otherwise than tests/permissions/matrix.csv says"


def test_the_table_itself_lets_no_stranger_in():
    open_to_all = {name for name, row in reviewed().items() if row[NOBODY].startswith("2")}
    theirs = {name for name, row in reviewed().items() if "<str:id>" in name and row[OTHER].startswith("2")}

    assert not {name for name in open_to_all if "/admin/" in name or "/tomp/" in name} - OPEN_TO_ALL
    assert not theirs


def test_who_only_reads_is_offered_nothing_that_changes():
    rows = reviewed()
    actions = {
        name.split(" ")[-1] for name, row in rows.items() if name.startswith("LIST") and row["Read-only"] == "yes"
    }

    assert actions == {"export_csv", "export_xlsx", "export_entries", "export_entries_xlsx", "qr_sheet"}
    assert {row["Read-only"] for name, row in rows.items() if name.endswith("/add/")} == {"403"}


OPEN_TO_ALL = {
    "GET /admin/login/", "GET /admin/jsi18n/",
    "GET /tomp/operator/meta 1.5", "GET /tomp/operator/meta 1.6",
    "GET /tomp/operator/ping 1.5", "GET /tomp/operator/ping 1.6",
}  # fmt: skip
