"""What is answered to whom? One request per row of the matrix, about a row of another provider."""

import json
import re

from django.contrib.auth.models import Group, User
from django.test import Client

from bookings.models import Booking
from customers.models import Customer
from fleet.models import Asset, Damage, ImportBatch, Region
from legs.models import Leg
from tests.permissions.routes import API

BODIES = {  # what is sent where an empty object would be refused before anybody looks whose it is
    "tomp/bookings/<str:id>/events": {"operation": "CANCEL"},
    "tomp/legs/<str:id>/events": {"event": "FINISH", "time": "2026-05-04T12:00:00Z"},
    "tomp/bookings/<str:id>/notifications": {"type": "OTHER", "comment": "Hello"},
    "tomp/payment/<str:id>/claim-extra-costs": {
        "category": "DAMAGE", "amount": 1, "currencyCode": "EUR", "description": "A scratch",
    },
    "tomp/bookings/<str:id>": {"from": {"coordinates": {"lat": 52.09, "lng": 5.12}}},
    "tomp/customers/<str:id>": {"firstName": "Mine"},
}  # fmt: skip
VALUES = {"step": "compare", "version": "2.3", "language": "en", "name": "gbfs", "minor": "1.6", "kind": "csv"}
VALUES |= {"category": "AV", "number": "01", "app_label": "fleet", "url": "no-such-page", "text": "nothing"}
VALUES |= {"content_type_id": "1"}


def ask(client, route, rows, headers=None, lists=None):
    """What this client is answered; of an action of a list, whether it is offered (yes or no).

    `lists` keeps what lists offer, for those who ask about more than one of their actions.
    """
    if route.method == "list":
        return _offered(client, route, {} if lists is None else lists)
    address = "/" + address_of(route.pattern, rows)
    sent = {"HTTP_ACCEPT_LANGUAGE": "en"}
    if route.pattern.startswith(API):
        sent |= {"HTTP_API": "TOMP", "HTTP_API_VERSION": {"1.5": "1.5.0", "1.6": "1.6.1"}[route.version]}
    body = json.dumps(BODIES.get(route.pattern, {})) if route.method in ("post", "put", "patch") else ""
    kind = "application/merge-patch+json" if route.method == "patch" else "application/json"
    named = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in (headers or {}).items()}
    answer = client.generic(route.method.upper(), address, body, content_type=kind, **sent | named)
    if answer.streaming:  # an export is written while it is read, and closed when it is read to its end
        list(answer.streaming_content)
    return answer


def _offered(client, route, lists):
    address, name = route.pattern.split(" ")
    if address not in lists:
        page = client.get(f"/{address}")
        form = page.context.get("action_form") if page.status_code == 200 else None
        lists[address] = [value for value, _text in form.fields["action"].choices] if form else []
    return "yes" if name in lists[address] else "no"


def address_of(pattern, rows):
    """The address of this pattern that is about these rows, without the first slash."""
    found = re.match(r"admin/(\w+)/(\w+)/", pattern)
    label = ".".join(found.groups()) if found else ""
    row = next((row for model, row in rows.items() if model._meta.label_lower == label), rows[Asset])
    values = VALUES | {
        "pk": str(rows[ImportBatch].pk),
        "damage_id": str(rows[Damage].pk),
        "leg_id": str(rows[Leg].pk),
        "region_id": str(rows[Region].pk),
        "history_id": str(rows[Region].history.first().pk),
        "photo_id": "1",
        "public_id": str(rows[Asset].public_id),
        "object_id": str(row.pk),
        "id": str(row.pk) if found else _id(pattern, rows),
    }
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: values[match[1]], pattern)


def _id(pattern, rows):
    if "tomp/legs" in pattern:
        return str(rows[Leg].pk)
    return str(rows[Customer].pk if "tomp/customers" in pattern else rows[Booking].pk)


def browser_of(role):
    """A browser in which somebody of this role is signed in."""
    member = User.objects.create(username=f"a {role}", is_staff=True)
    member.groups.add(Group.objects.get(name=role))
    client = Client(raise_request_exception=False)
    client.force_login(member)
    return client
