"""The calls we owe, and how they go, as staff see them …"""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from procrastinate.contrib.django.models import ProcrastinateJob

from maas.models import Callback, CallbackChannel, CallbackState, MaasProvider
from tests.admin.test_actions import press
from tests.admin.test_permissions import ANSWER
from tests.factories import CallbackFactory, MaasProviderFactory
from tests.receiver import Receiver

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
LIST = "/admin/maas/callback/"


def given_up(**fields):
    callback = CallbackFactory(**fields)
    callback.attempt(at=NOW, status=404, outcome="404: {}")
    callback.give_up()
    callback.save()
    return callback


def delivered(**fields):
    callback = CallbackFactory(**fields)
    callback.attempt(at=NOW, status=200)
    callback.deliver()
    callback.save()
    return callback


def text(response):
    return " ".join(response.content.decode().split())


# The list


@pytest.fixture
def calls(db):
    """One owed, two given up, three delivered, by two providers."""
    provider = MaasProviderFactory(maas_id="one")
    CallbackFactory(provider=provider)
    for _ in range(2):
        given_up(provider=provider)
    for _ in range(3):
        delivered()
    return provider


def cards(response):
    return [(str(card["text"]), card["count"], card["is_chosen"]) for card in response.context["states"]]


def test_are_counted_by_state(staff, calls):
    assert cards(staff.get(LIST)) == [
        ("all", 6, True),
        ("owed", 1, False),
        ("delivered", 3, False),
        ("given up", 2, False),
    ]


def test_are_filtered_by_a_card_which_keeps_the_other_filters(staff, calls):
    response = staff.get(f"{LIST}?provider__id__exact={calls.pk}&state__exact=OWED")

    assert cards(response) == [("all", 3, False), ("owed", 1, True), ("delivered", 0, False), ("given up", 2, False)]
    assert response.context["cl"].result_count == 1
    assert response.context["states"][3]["address"] == f"?provider__id__exact={calls.pk}&state__exact=GIVEN_UP"
    assert staff.get(LIST + response.context["states"][3]["address"]).context["cl"].result_count == 2


@pytest.mark.parametrize("rows", [1, 20])
def test_need_the_same_queries_for_any_number(staff, django_assert_num_queries, rows):
    for _ in range(rows):
        given_up()

    with django_assert_num_queries(5):  # session, user, count, states, rows
        staff.get(LIST)


def test_show_every_attempt_on_their_page(staff):
    callback = CallbackFactory()
    callback.attempt(at=NOW, status=503, outcome="503: later", duration_ms=1204).save()
    callback.attempt(at=NOW + timedelta(seconds=5), outcome="ReadTimeoutError", duration_ms=10001).save()
    callback.save()

    page = text(staff.get(f"{LIST}{callback.pk}/change/"))

    assert page.index("1204 ms") < page.index("10001 ms")
    assert "503: later" in page
    assert "ReadTimeoutError" in page


# Send again


def send_again(client, *callbacks, query="", **more):
    form = {"action": "send_all_again", "_selected_action": [callback.pk for callback in callbacks]}
    response = client.post(f"{LIST}{query}", form | more, follow=True)
    return [(message.level_tag, str(message)) for message in response.context["messages"]]


def test_of_a_selection_those_that_were_given_up_are_owed_again(staff):
    first, second, owed, done = given_up(), given_up(), CallbackFactory(), delivered()

    said = send_again(staff, first, second, owed, done)

    assert said == [
        ("success", "2 calls will be sent again."),
        ("warning", "2 calls were skipped: they were not given up."),
    ]
    states = dict(Callback.objects.values_list("pk", "state"))
    assert states == {first.pk: "OWED", second.pk: "OWED", owed.pk: "OWED", done.pk: "DELIVERED"}
    assert [job.args for job in ProcrastinateJob.objects.order_by("id")] == [
        {"callback_id": first.pk},
        {"callback_id": second.pk},
    ]
    logged = LogEntry.objects.order_by("pk").values_list("object_id", "user__username", "change_message")
    assert sorted(logged) == sorted((str(each.pk), "rita", "Sent again") for each in (first, second))


def test_all_that_match_the_filter_are_owed_again(staff, calls):
    other = given_up()
    CallbackFactory.create_batch(120, provider=calls)
    Callback.objects.filter(provider=calls).update(state=CallbackState.GIVEN_UP)

    said = send_again(staff, other, query=f"?provider__id__exact={calls.pk}", select_across="1")

    assert said == [("success", "123 calls will be sent again.")]
    assert ProcrastinateJob.objects.count() == 123
    assert Callback.objects.get(pk=other.pk).state == CallbackState.GIVEN_UP


def test_nothing_is_sent_again_without_permission(signed_in):
    callback, client = given_up(), signed_in("view_callback")

    send_again(client, callback)
    one = client.post(f"{LIST}{callback.pk}/send_again/", ANSWER)

    assert one.status_code == 403
    assert Callback.objects.get().state == CallbackState.GIVEN_UP
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.parametrize(("make", "word"), [(CallbackFactory, "owed"), (delivered, "delivered")])
def test_one_that_was_not_given_up_is_refused(staff, make, word):
    callback = make()

    said = press(staff, f"{LIST}{callback.pk}/send_again/")

    assert said == [("error", f"This call is {word}; only what was given up is sent again.")]
    assert Callback.objects.get().state == callback.state
    assert not ProcrastinateJob.objects.exists()


# The provider


def page_of(provider, what="change"):
    return f"/admin/maas/maasprovider/{provider.pk}/{what}/"


def test_the_page_of_a_provider_leads_to_what_is_owed_and_given_up(staff, calls):
    page = text(staff.get(page_of(calls)))

    assert f'<a href="{LIST}?provider__id__exact={calls.pk}&amp;state__exact=OWED" class="text-link">1</a>' in page
    assert f'<a href="{LIST}?provider__id__exact={calls.pk}&amp;state__exact=GIVEN_UP" class="text-link">2</a>' in page
    assert "the oldest waits for" in page


def test_the_page_of_a_provider_says_since_when_nobody_answers(staff, time_machine):
    time_machine.move_to(NOW + timedelta(minutes=20), tick=False)
    provider = MaasProviderFactory(base_url="https://mp.example.org")
    rests_until = NOW + timedelta(minutes=25)
    CallbackChannel.objects.create(provider=provider, failing_since=NOW, rests_until=rests_until)

    page = text(staff.get(page_of(provider)))

    assert "since 2026-05-04 12:00:00; rests until 2026-05-04 12:25:00" in page


@pytest.mark.parametrize("rows", [1, 10])
def test_providers_need_the_same_queries_for_any_number(staff, django_assert_num_queries, rows):
    for _ in range(rows):
        CallbackChannel.objects.create(provider=MaasProviderFactory(), failing_since=NOW)

    with django_assert_num_queries(5):  # session, user, count, rows, the versions to filter by
        staff.get("/admin/maas/maasprovider/")


def pausing_of(provider):
    return MaasProvider.objects.values_list("calls_paused_at", "calls_paused_because").get(pk=provider.pk)


def test_calls_are_paused_with_a_reason_and_resumed(staff, superuser, time_machine):
    time_machine.move_to(NOW, tick=False)
    provider = MaasProviderFactory(name="Vy", base_url="https://mp.example.org")

    assert press(staff, page_of(provider, "pause-calls"), reason="Their server is moved.") == [
        ("success", "The calls to Vy are paused.")
    ]

    assert pausing_of(provider) == (NOW, "Their server is moved.")
    for address in (page_of(provider), "/admin/maas/maasprovider/"):
        assert "since 2026-05-04 12:00:00: Their server is moved." in text(staff.get(address))
    version = provider.history.latest()
    assert (version.history_user, version.calls_paused_because) == (superuser, "Their server is moved.")

    time_machine.move_to(NOW + timedelta(hours=1), tick=False)
    assert press(staff, page_of(provider, "resume-calls")) == [("success", "The calls to Vy go out again.")]
    assert pausing_of(provider) == (None, "")
    assert "Their server is moved. → –" in text(staff.get(page_of(provider, "history")))


def test_a_pause_needs_a_reason(staff):
    provider = MaasProviderFactory()

    response = staff.post(page_of(provider, "pause-calls"), {"_form_submitted": "True", "reason": " "})

    assert b"This field is required." in response.content
    assert pausing_of(provider) == (None, "")


def test_what_is_paused_is_not_paused_again(staff):
    provider = MaasProviderFactory(name="Vy", calls_paused_at=NOW, calls_paused_because="Moving.")

    assert press(staff, page_of(provider, "pause-calls"), reason="Mine.") == [
        ("error", "Calls to Vy are paused already: Moving.")
    ]
    assert pausing_of(provider) == (NOW, "Moving.")


def test_what_is_not_paused_is_not_resumed(staff):
    provider = MaasProviderFactory(name="Vy")

    assert press(staff, page_of(provider, "resume-calls")) == [("error", "Calls to Vy are not paused.")]
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.parametrize(("paused_at", "because", "shown"), [(None, "", "pause-calls"), (NOW, "Why", "resume-calls")])
def test_only_the_button_that_can_be_pressed_is_there(staff, paused_at, because, shown):
    provider = MaasProviderFactory(calls_paused_at=paused_at, calls_paused_because=because)

    page = staff.get(page_of(provider)).content.decode()

    assert {button for button in ("pause-calls", "resume-calls") if button in page} == {shown}


def test_an_owed_call_of_a_paused_provider_says_so(staff):
    CallbackFactory(provider__calls_paused_at=NOW, provider__calls_paused_because="Moving.")

    assert "paused" in text(staff.get(LIST)).partition("<tbody")[2]


@pytest.mark.parametrize("action", ["pause-calls", "resume-calls", "test-call"])
def test_viewing_a_provider_does_not_mean_acting(signed_in, action):
    provider, client = MaasProviderFactory(base_url="http://127.0.0.1:9"), signed_in("view_maasprovider")
    before, versions = pausing_of(provider), provider.history.count()

    assert client.post(page_of(provider, action), ANSWER).status_code == 403

    assert (pausing_of(provider), provider.history.count()) == (before, versions)


def test_a_test_call_says_what_came_of_it_and_is_remembered(staff, superuser):
    with Receiver().listening() as receiver:
        provider = MaasProviderFactory(base_url=receiver.url, calls_paused_at=NOW, calls_paused_because="Moving.")
        receiver.answer(404)
        receiver.answer(500, body=b"out of order")

        [(level, said)] = press(staff, page_of(provider, "test-call"))

    assert [sent.path for sent in receiver.received] == ["/operator/ping", "/operator/meta"]
    assert level == "error"
    assert said.startswith(f"GET {receiver.url}/operator/meta: 500 in ")
    assert said.endswith(" ms. out of order")
    version = provider.history.latest()
    assert version.history_user == superuser
    assert version.history_change_reason.startswith("Test call: 500, ")
    assert version.history_change_reason in text(staff.get(page_of(provider, "history")))
    assert not Callback.objects.exists()
