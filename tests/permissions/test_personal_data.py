"""The fleet manager reads nothing about customers, on whatever page."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from bookings.models import Booking, Notification
from customers import services as customers
from customers.models import Customer
from fleet.models import Asset
from legs.models import LegEvent
from support.models import SupportRequest, SupportStatus
from tests.permissions.asking import ask
from tests.permissions.routes import API, routes

CANARY = "Kanarie"
PHONE = "+31655500017"


@pytest.fixture
def customers_everywhere(everything, superuser):
    """The name and the phone number of a customer stand wherever they can stand."""
    person = {"firstName": CANARY, "email": f"{CANARY}@example.com", "phones": [{"number": PHONE}]}
    customer = everything[Customer]
    Customer.objects.filter(pk=customer.pk).update(external_id=CANARY, data=person)
    customers.block(customer_id=customer.pk, reason=CANARY)
    Booking.objects.update(customer_data=person, extra_info={"note": CANARY}, from_place={"name": CANARY})
    SupportRequest.objects.update(contact=PHONE, comment=CANARY)
    SupportStatus.objects.update(comment=CANARY)
    Notification.objects.update(comment=CANARY)
    LegEvent.objects.update(comment=CANARY)
    kind = ContentType.objects.get_for_model(Customer)
    LogEntry.objects.create(
        user=superuser, content_type=kind, action_flag=CHANGE, object_id=customer.pk, object_repr=CANARY,
        change_message=f"Blocked: {PHONE}",
    )  # fmt: skip
    return everything


def body(answer):
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def told(client, rows):
    """The names of the pages that tell it."""
    pages = [route for route in routes() if route.method == "get" and not route.pattern.startswith(API)]
    answers = {route.name: ask(client, route, rows) for route in pages}
    answers |= {
        f"search {term}": client.get("/admin/search/", {"s": term, "extended": "1"}) for term in (CANARY, PHONE)
    }
    answers["vehicle"] = client.get(f"/admin/map/vehicle/{rows[Asset].pk}/")
    answers["moving"] = client.get("/admin/map/moving/?box=-80,-170,80,170")
    for action in ("export_csv", "export_xlsx"):
        form = {"action": action, "_selected_action": [rows[Asset].pk]}
        answers[action] = client.post("/admin/fleet/asset/", form)
    links = {f"/admin/customers/customer/{rows[Customer].pk}/"}
    return {
        name
        for name, answer in answers.items()
        if answer.status_code == 200
        and name != f"search {CANARY}"
        and any(word.encode() in body(answer) for word in (CANARY, PHONE, *links))
    }


def test_no_page_tells_the_fleet_manager_about_a_customer(as_role, customers_everywhere):
    assert told(as_role("Fleet manager"), customers_everywhere) == set()


def test_the_search_box_finds_no_customer_for_the_fleet_manager(as_role, customers_everywhere):
    client = as_role("Fleet manager")

    for term in (CANARY, PHONE, str(customers_everywhere[Booking].pk)):
        page = client.get("/admin/search/", {"s": term, "extended": "1"}).content.decode()
        assert "/admin/customers/" not in page
        assert "/admin/bookings/" not in page


def test_who_may_see_customers_is_told_of_them(as_role, customers_everywhere):
    pages = told(as_role("Support agent"), customers_everywhere)

    assert {
        "GET /admin/customers/customer/", "GET /admin/bookings/booking/<path:object_id>/change/",
        "GET /admin/support/supportrequest/<path:object_id>/change/", "GET /admin/trail/",
    } <= pages  # fmt: skip
