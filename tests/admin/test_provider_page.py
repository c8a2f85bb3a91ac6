"""The page of a provider tells …"""

from datetime import timedelta

import pytest
from django.utils import timezone

from backoffice.providers.figures import months
from maas import services
from maas.models import MaasProvider, OAuthClient
from tests.admin.test_actions import press
from tests.factories import ApiKeyFactory, CallbackFactory, MaasProviderFactory
from tests.trip_factories import BOOKED_AT, BookingFactory, JournalEntryFactory, LegFactory

LATER_THAT_MONTH = BOOKED_AT + timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(LATER_THAT_MONTH, tick=False)
    return time_machine


@pytest.fixture
def provider():
    return MaasProviderFactory(cancellation_fee="2.500", free_cancellation_minutes=5, max_open_bookings=3)


def address(provider, name="change"):
    return f"/admin/maas/maasprovider/{provider.pk}/{name}/"


def overview(client, provider):
    return client.get(address(provider)).context["overview"]


def test_what_was_agreed_and_who_wrote_it(staff, superuser, provider):
    provider._history_user = superuser
    provider.save()

    contract = overview(staff, provider)["contract"]

    assert "A booking waits 15 min for COMMIT and may be extended 2 times." in contract.sentences
    assert "At most 3 bookings are open at a time." in contract.sentences
    assert "Calling off costs 2.50 from 5 min after COMMIT." in contract.sentences
    assert (contract.changed_by, contract.changed_at) == ("rita", LATER_THAT_MONTH)


def figures(client, provider):
    return {str(row.title): [cell.text for cell in row.cells] for row in overview(client, provider)["figures"]}


def given_a_month(provider):
    """Two rides, one more booking that was called off, one of the month before; an earning, and calls of ours."""
    for at in (BOOKED_AT, BOOKED_AT, BOOKED_AT - timedelta(days=31)):
        booking = BookingFactory(provider=provider, state="FINISHED", created_at=at)
        LegFactory(booking=booking, state="FINISHED", departed_at=at, arrived_at=at + timedelta(minutes=9))
        JournalEntryFactory(booking=booking, amount="3.500", created_at=at)
    BookingFactory(provider=provider, state="CANCELLED", created_at=BOOKED_AT)
    BookingFactory(provider=provider, state="NEW", created_at=BOOKED_AT)
    BookingFactory(state="FINISHED", created_at=BOOKED_AT)
    CallbackFactory(provider=provider, created_at=BOOKED_AT)


def test_how_the_month_goes_and_went(staff, provider):
    given_a_month(provider)

    assert figures(staff, provider) == {
        "Bookings made": ["3", "1"],
        "of them cancelled": ["1", "0"],
        "Rides begun": ["2", "1"],
        "Revenue, VAT included": ["7.00 EUR", "3.50 EUR"],
        "Calls of ours delivered": ["0", "0"],
        "given up": ["0", "0"],
        "still owed": ["1", "0"],
    }


def test_figures_that_are_those_of_the_lists_they_lead_to(staff, provider):
    given_a_month(provider)

    for row in overview(staff, provider)["figures"]:
        for cell in row.cells:
            response = staff.get(cell.address)
            if row.title == "Revenue, VAT included":
                sums = [total["sum"] for total in response.context["totals"]]
                assert " + ".join(sums) == cell.text
            else:
                assert str(response.context["cl"].result_count) == cell.text, f"{row.title}: {cell.address}"


@pytest.mark.django_db
def test_the_months_of_the_operator():
    assert [month.name for month in months(LATER_THAT_MONTH)] == [
        f"{BOOKED_AT:%Y-%m}", f"{BOOKED_AT.replace(day=1) - timedelta(days=1):%Y-%m}"
    ]  # fmt: skip


def test_the_latest_ten_calls(staff, provider):
    calls = [CallbackFactory(provider=provider) for _ in range(11)]
    CallbackFactory()

    told = overview(staff, provider)

    assert [row["call"].pk for row in told["deliveries"]] == [call.pk for call in calls[:0:-1]]
    assert staff.get(told["log"]).context["cl"].result_count == 11


def test_what_they_sign_in_with_until_when(staff, provider):
    now = timezone.now()
    services.rotate_client_secret(provider=provider)
    services.replace_client_secret(provider_id=provider.pk, overlap=timedelta(hours=5), now=now, actor="ann")
    ApiKeyFactory(provider=provider, label="old", revoked_at=now)
    ApiKeyFactory(provider=provider, label="ends", revoked_at=now + timedelta(hours=1), made_by="otto")

    shown = overview(staff, provider)["credentials"]

    assert [(each.what.split("…")[-1].strip(), each.made_by) for each in shown] == [
        ("ends", "otto"), (f"OAuth2 secret of {provider.maas_id}", "ann"), ("OAuth2 secret before that one", ""),
    ]  # fmt: skip
    assert ["valid until" in str(each.status) for each in shown] == [True, False, True]


def test_no_more_than_one_may_see(signed_in, provider):
    told = overview(signed_in("view_maasprovider"), provider)

    assert (told["figures"], told["deliveries"], told["credentials"]) == ([], None, None)


@pytest.mark.parametrize("count", [1, 12])
def test_with_the_same_queries_for_any_number_of_rows(staff, provider, django_assert_max_num_queries, count):
    for _ in range(count):
        LegFactory(booking=BookingFactory(provider=provider, state="FINISHED"))
        CallbackFactory(provider=provider)
        ApiKeyFactory(provider=provider)
    services.rotate_client_secret(provider=provider)
    staff.get(address(provider))

    with django_assert_max_num_queries(20):
        staff.get(address(provider))


def test_a_new_client_secret_once(staff, provider):
    services.rotate_client_secret(provider=provider)

    replaced, shown = press(staff, address(provider, "rotate-client-secret"), hours=24)

    assert replaced == ("success", "The client secret is replaced.")
    secret = shown[1].partition("all")[2].partition("<")[0].strip('">')
    assert len(secret) == 43
    assert OAuthClient.objects.get().knows(secret, timezone.now()) == (True, None)
    assert secret not in staff.get(address(provider)).content.decode()
    assert press(staff, address(provider, "rotate-client-secret"), hours=24)[0][0] == "error"


def test_that_a_former_client_secret_ended(staff, provider):
    services.rotate_client_secret(provider=provider)
    press(staff, address(provider, "rotate-client-secret"), hours=24)

    ended = press(staff, address(provider, "end-former-secret"))

    assert ended == [("success", "The former client secret is worth nothing any more.")]
    assert OAuthClient.objects.get().former_secret_until is None
    assert press(staff, address(provider, "end-former-secret"))[0][0] == "error"


@pytest.mark.parametrize("name", ["rotate-client-secret", "end-former-secret"])
def test_nothing_to_press_for_who_may_only_look(signed_in, provider, name):
    client = signed_in("view_maasprovider")

    assert client.post(address(provider, name), {"_form_submitted": "True", "hours": 1}).status_code == 403
    assert not OAuthClient.objects.exists()
    assert MaasProvider.objects.get().pk == provider.pk
