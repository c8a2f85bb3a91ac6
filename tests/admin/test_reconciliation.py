"""The journal adds up on a page, and invoices are made from a preview."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from python_calamine import CalamineWorkbook

from payments.models import Invoice
from tests.factories import MaasProviderFactory
from tests.trip_factories import JournalEntryFactory

PAGE, RUN = "/admin/payments/journalentry/reconciliation/", "/admin/payments/invoice/run/"
MAY = {"first": "2026-05-01", "last": "2026-05-31"}


@pytest.fixture
def provider(db):
    with time_machine.travel(datetime(2026, 6, 2, 9, 0, tzinfo=UTC), tick=False):
        provider = MaasProviderFactory(maas_id="=mp", name="Mobility")
        JournalEntryFactory(booking__provider=provider, amount=Decimal("12.10"), vat_rate=21, amount_ex_vat=10)
        yield provider


def test_last_month_is_shown_unless_told(staff, provider):
    html = staff.get(PAGE).content.decode()

    assert 'value="2026-05-01"' in html
    assert "12.10 EUR" in html
    assert "✓" in html


@pytest.mark.parametrize(
    ("language", "day"), [("en", "2026-05-01"), ("de", "01.05.2026"), ("nb", "01.05.2026"), ("fr", "01/05/2026")]
)
@pytest.mark.parametrize("page", [PAGE, RUN])
def test_days_are_shown_as_they_are_typed_and_told(staff, provider, page, language, day):
    html = staff.get(page, MAY, headers={"Accept-Language": language}).content.decode()
    typed = staff.get(page, {"first": day, "last": day}, headers={"Accept-Language": language}).content.decode()

    assert f'value="{day}"' in html
    assert f'value="{day}"' in typed
    assert "errorlist" not in typed


def test_a_provider_is_shown_in_detail(staff, provider):
    html = staff.get(PAGE, {"provider": provider.pk, **MAY}).content.decode()

    for text in ("Earned: fares", "21 %", "10.00 EUR", "2.10 EUR", "adds up"):
        assert text in html


@pytest.mark.parametrize(
    ("period", "problem"),
    [
        ({"first": "2026-05-02", "last": "2026-05-01"}, "The last day is before the first."),
        ({"first": "soon", "last": "2026-05-01"}, "Enter a valid date."),
        ({"first": "2026-05-01", "last": "9999-12-31"}, "That is too far away."),
        ({"first": "1969-12-31", "last": "2026-05-31"}, "That is too far away."),
    ],
)
def test_an_impossible_period_is_refused_in_words(staff, provider, period, problem):
    response = staff.get(PAGE, period)

    assert response.status_code == 200
    assert problem in response.content.decode()


def test_the_figures_are_downloaded(staff, provider):
    german = {"Accept-Language": "de"}  # the words of a file are those of programs
    response = staff.get(PAGE, {"provider": provider.pk, **MAY, "format": "csv"}, headers=german)
    sheet = staff.get(PAGE, {"provider": provider.pk, **MAY, "format": "xlsx"})

    rows = list(csv.DictReader(response.getvalue().decode().splitlines()))
    assert [(row["what"], row["amount"]) for row in rows] == [
        ("open before", "0.000"),
        ("Earned: fares", "12.100"),
        ("of that, at VAT", "12.100"),
        ("came in all", "12.100"),
        ("invoiced in all", "0.000"),
        ("open after", "12.100"),
        ("difference", "0.000"),
    ]
    assert rows[0]["provider"] == "'=mp"
    cells = CalamineWorkbook.from_filelike(io.BytesIO(sheet.getvalue())).get_sheet_by_index(0).to_python()
    assert cells[2][:6] == ["=mp", "EUR", "Earned: fares", "FARE", 1, 12.1]


def test_the_journal_is_exported_as_a_spreadsheet(staff, provider):
    sheet = staff.get("/admin/payments/journalentry/export/", {"format": "xlsx"})

    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet.getvalue())).get_sheet_by_index(0).to_python()
    assert len(rows) == 2
    assert rows[1][rows[0].index("amount")] == 12.1


def test_the_figures_are_for_those_who_may_see_the_journal(signed_in):
    assert signed_in("view_booking", "view_invoice").get(PAGE).status_code == 403


@pytest.mark.parametrize("count", [1, 30])
def test_the_pages_need_the_same_queries_for_any_number(staff, provider, count, django_assert_max_num_queries):
    for _each in range(count):
        JournalEntryFactory(booking__provider=provider)
        JournalEntryFactory()

    for address, query in ((PAGE, {}), (PAGE, {"provider": provider.pk}), (RUN, {})):
        with django_assert_max_num_queries(14):
            staff.get(address, query)


# A run of invoices


def test_a_run_is_shown_and_made(staff, provider):
    preview = staff.get(RUN).context["dues"]

    response = staff.post(RUN, {"chosen": [due["key"] for due in preview]}, follow=True)

    assert [(str(due["provider"]), due["total"], due["net"]) for due in preview] == [
        ("Mobility", "12.10 EUR", "10.00 EUR")
    ]
    assert [str(message) for message in response.context["messages"]] == ["2026-00001: Mobility, 12.10 EUR."]
    assert Invoice.objects.get().made_by == "rita"
    assert "Nothing is left to invoice in this period." in response.content.decode()


def test_a_run_sent_twice_makes_nothing_new(staff, provider):
    form = {"chosen": [due["key"] for due in staff.get(RUN).context["dues"]]}
    staff.post(RUN, form, follow=True)

    response = staff.post(RUN, form, follow=True)

    assert [str(message) for message in response.context["messages"]] == ["1 was invoiced already."]
    assert Invoice.objects.count() == 1


@pytest.mark.parametrize("chosen", ["", "x", "1/EUR/1/2", "x/EUR/1/2.00"])
def test_a_run_of_nonsense_makes_nothing(staff, provider, chosen):
    assert staff.post(RUN, {"chosen": chosen}, follow=True).status_code == 200
    assert not Invoice.objects.exists()


def test_a_period_that_is_not_over_is_not_invoiced(staff, provider):
    html = staff.get(RUN, {"first": "2026-06-01", "last": "2026-06-30"}).content.decode()

    assert "Only days that are over: yesterday at the latest." in html


def test_a_run_is_for_those_who_may_make_invoices(signed_in, provider):
    client = signed_in("view_invoice")

    assert (client.get(RUN).status_code, client.post(RUN, {}).status_code) == (403, 403)


def test_the_entries_of_several_invoices_are_exported_at_once(staff, provider):
    staff.post(RUN, {"chosen": [due["key"] for due in staff.get(RUN).context["dues"]]})

    form = {"action": "export_entries", "_selected_action": [Invoice.objects.get().pk]}
    [row] = csv.DictReader(staff.post("/admin/payments/invoice/", form).getvalue().decode().splitlines())

    assert (row["invoice_number"], row["amount"]) == ("2026-00001", "12.100")
