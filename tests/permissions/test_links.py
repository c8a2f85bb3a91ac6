"""Whoever may open a page may open what it links to; what they may not is told without a link."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from backoffice import roles
from fleet.models import Asset, Damage, Reservation
from legs.models import Leg
from maas.models import MaasProvider
from payments.models import Claim
from support.models import SupportRequest
from tests.admin.everything import one_of_each, tell_more_of
from tests.permissions.asking import address_of, browser_of
from tests.permissions.routes import routes

LINK = re.compile(r'(?:href|hx-get)="([^"#]+)')
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b\d+\b")
LOOKED_AT = re.compile(r"/admin/(\w+/\w+/(<path:object_id>/change/)?|map/|trail/|\w+/\w+/<[^>]+>/conformance/)?")
NO_PAGE = ("/logout/", "/photo/")  # a photo lies on its provider's server


@pytest.fixture(scope="module")
def office(shared_world):
    """The roles as they come, and rows that have to do with each other."""
    for role in roles.ROLES:
        roles.reset(role)
    superuser = User.objects.create(username="rita", is_staff=True, is_superuser=True)
    rows = one_of_each(superuser)
    tell_more_of(rows, superuser)
    Damage.objects.filter(pk=rows[Damage].pk).update(request_id=rows[SupportRequest].pk)
    return rows


@pytest.fixture
def member(office, db):
    """Makes browsers in which somebody of a role is signed in."""
    return browser_of


def links(address: str, answer) -> Iterator[str]:
    """Where one can go on to within the back office."""
    for link in LINK.findall(answer.content.decode()):
        target = urljoin(address, unescape(link))
        if target.startswith("/admin/") and not any(word in target for word in NO_PAGE):
            yield target


def kind(address: str) -> str:
    return ID.sub("N", address.split("?")[0])


@pytest.mark.parametrize("role", roles.ROLES)
def test_lead_where_one_may_go(member, office, role):
    """Each list, each row and each tool is looked at; of each kind of page they lead to, one is opened."""
    client, opened, found = member(role), {}, {}
    for route in routes():
        if route.method != "get" or not LOOKED_AT.fullmatch(f"/{route.pattern}"):
            continue
        address = f"/{address_of(route.pattern, office)}"
        answer = client.get(address)
        opened[kind(address)] = answer.status_code
        if answer.status_code == 200:
            found |= {kind(target): (target, address) for target in links(address, answer)}

    refused = [
        f"{target} on {address}"
        for each, (target, address) in found.items()
        if (opened.get(each) or status_of(client, target)) in (403, 404)
    ]

    assert len(found) > 100
    assert refused == []


def status_of(client, address: str) -> int:
    answer = client.get(address)
    b"".join(answer)  # a file is closed when it was read to its end
    return answer.status_code


def page_of(client, row) -> str:
    opts = row._meta
    return client.get(f"/admin/{opts.app_label}/{opts.model_name}/{row.pk}/change/").content.decode()


def test_what_one_may_not_open_is_told_all_the_same(member, office):
    fleet_manager, leg, request = member("Fleet manager"), office[Leg], office[SupportRequest]

    held, damage = page_of(fleet_manager, office[Reservation]), page_of(fleet_manager, office[Damage])

    assert f"{str(leg.pk)[:8]}…" in held
    assert f"#{request.pk}" in damage
    assert "/admin/legs/" not in held
    assert "/admin/support/" not in damage
    assert "/admin/legs/" not in page_of(fleet_manager, office[Asset])


def test_a_row_that_django_links_by_itself_is_linked_for_whoever_may_open_it(office, db):
    """Whoever has a role of their own, too: the trips of the entries, but not the providers."""
    clerk = User.objects.create(username="ivo", is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=("view_claim", "view_booking")))
    client = Client()
    client.force_login(clerk)

    page = page_of(client, office[Claim])

    assert f"/admin/bookings/booking/{office[Claim].booking_id}/change/" in page
    assert str(office[Claim].provider) in page
    assert "/admin/maas/maasprovider/" not in page


def test_how_many_calls_are_owed_is_told_to_the_books_without_a_link(member, office):
    provider = office[MaasProvider]

    assert "/admin/maas/callback/" not in page_of(member("Finance"), provider)
    assert "/admin/maas/callback/" in page_of(member("Operations"), provider)
