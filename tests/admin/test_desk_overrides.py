"""What staff say to travellers, and whom they call: afterwards API, vehicles, journal, callbacks and story agree …"""

from maas import pausing, services
from maas.models import ApiKey, Callback, CallbackState
from support import services as support
from support.models import SupportRequest
from tests.admin.test_forms import filled_in
from tests.factories import ApiKeyFactory
from tests.fleet_factories import AssetFactory
from tests.journey import NOW, minutes
from tests.town import WHY, Act, ActsOfStaff, nothing
from tests.trip_factories import SupportRequestFactory, SupportStatusFactory

INBOX = "/admin/support/supportrequest/"


# How things are before


def asked(town):
    """About the trip that is held; `mud` is in the inbox."""
    told = town.mp.post("/support/", {"id": str(town.booking("HELD").pk), "comment": "mud", "supportType": "NOT_CLEAN"})
    town.kept["mud"] = SupportRequest.objects.get(reference=told.json()["id"]).pk


def asked_twice(town):
    """About one vehicle, by two trips."""
    asset = AssetFactory(vehicle_number="DIRTY", state="STORED")
    for comment, trip in (("mud", "HELD"), ("more mud", "RIDDEN")):
        request = SupportRequestFactory(booking=town.booking(trip), asset=asset, comment=comment, created_at=NOW)
        SupportStatusFactory(request=request)
        town.kept[comment] = request.pk


def closed(town):
    asked(town)
    close(town)


def close(town):
    support.close(request_id=town.kept["mud"], result="SOLVED", comment="Washed.", now=NOW, actor="rita")


def one_of_two_is_closed(town):
    asked_twice(town)
    close(town)


def taken(town):
    asked(town)
    SupportRequest.objects.update(assigned_to="ingrid")


def paused(town):
    pausing.pause(provider_id=town.mp.provider.pk, reason="Moving.", now=NOW)


def given_up(town):
    call = Callback.objects.get()
    call.attempt(at=NOW, status=404, outcome="404: {}")
    call.give_up()
    call.save()
    town.kept["call"] = call.pk


def delivered(town):
    given_up(town)
    Callback.objects.update(state=CallbackState.DELIVERED)


def with_a_key(town):
    town.kept["key"] = ApiKeyFactory(provider=town.mp.provider, label="app").pk


def revoked(town):
    with_a_key(town)
    ApiKey.objects.filter(pk=town.kept["key"]).update(revoked_at=NOW - minutes(1))


def with_a_secret(town):
    services.rotate_client_secret(provider=town.mp.provider, actor="rita")


def with_two_secrets(town):
    with_a_secret(town)
    services.replace_client_secret(provider_id=town.mp.provider.pk, overlap=minutes(60), now=NOW, actor="rita")


# Where staff do it


def of_the_request(button):
    return lambda town: f"{INBOX}{town.kept['mud']}/{button}/"


def as_shown(town):
    return filled_in(town.client, of_the_request("change")(town))


def of_the_provider(button):
    return lambda town: f"/admin/maas/maasprovider/{town.mp.provider.pk}/{button}/"


def of_the_call(town):
    return f"/admin/maas/callback/{town.kept['call']}/send_again/"


def merged(town):
    return {"kept": town.kept["mud"], "repeated": [town.kept["more mud"]], "comment": WHY}


def selected(town):
    both = [town.kept["mud"], town.kept["more mud"]]
    return {"action": "merge_selected", "_selected_action": both, "kept": both[0], "comment": WHY}


def chosen_call(town):
    return {"action": "send_all_again", "_selected_action": [town.kept["call"]]}


def key(**more):
    return lambda town: {"key": town.kept["key"], **more}


def is_now(status, comment=WHY, result="", who="", of="mud"):
    return {("support", of): (status, comment, result, who)}


REQUEST, PROVIDER = "Support request", "MaaS provider"
ANSWERED = (REQUEST, "status", WHY)
MERGED = [ANSWERED, (REQUEST, "changed", "Merged into this: …"), (REQUEST, "changed", "Merged into …")]


def by(about, why):
    return [(about, "changed", why)]


ANSWER, CLOSE = {"status": "UPDATE_REQUESTED", "comment": WHY}, {"result": "SOLVED", "comment": WHY}
ACTS = {
    "say how urgent it is": Act(
        of_the_request("change"),
        {("urgency", "mud"): ("ERROR_CANNOT_CONTINUE", "SPARE")},
        by(REQUEST, ""),
        "change_supportrequest",
        lambda town: as_shown(town) | {"priority": "ERROR_CANNOT_CONTINUE", "asset": town.pk("SPARE")},
        given=asked,
        refused=asked,
        refused_form=lambda town: {"asset": "0"},
        needs=("priority",),
    ),
    "answer": Act(
        of_the_request("answer"),
        is_now("UPDATE_REQUESTED"),
        [ANSWERED, *by(REQUEST, "Answered: UPDATE_REQUESTED")],
        "change_supportrequest",
        lambda town: ANSWER,
        given=asked,
        refused=closed,
        needs=("status",),
    ),
    "close": Act(
        of_the_request("close"),
        is_now("RESOLVED", result="SOLVED"),
        [ANSWERED, *by(REQUEST, "Closed: SOLVED")],
        "change_supportrequest",
        lambda town: CLOSE,
        given=asked,
        refused=closed,
        needs=("result", "comment"),
    ),
    "reopen": Act(
        of_the_request("reopen"),
        is_now("PROCESSING"),
        [ANSWERED, *by(REQUEST, "Reopened")],
        "change_supportrequest",
        lambda town: {"comment": WHY},
        given=closed,
        refused=asked,
        needs=("comment",),
    ),
    "take": Act(
        of_the_request("take"),
        is_now("PROCESSING", "mud", who="ingrid"),
        by(REQUEST, "Assigned to ingrid"),
        "change_supportrequest",
        given=asked,
        refused=taken,
        needs=(),
    ),
    "assign": Act(
        of_the_request("assign"),
        is_now("PROCESSING", "mud", who="ingrid"),
        by(REQUEST, "Assigned to ingrid"),
        "change_supportrequest",
        lambda town: {"to": "ingrid"},
        given=asked,
        refused=taken,
        needs=(),
    ),
    "note": Act(
        of_the_request("note"),
        {},
        by(REQUEST, "Wrote a note"),
        "change_supportrequest",
        lambda town: {"text": WHY},
        given=asked,
        needs=("text",),
    ),
    "merge": Act(
        of_the_request("merge"),
        is_now("PROCESSING", result="DUPLICATE", of="more mud"),
        MERGED,
        "change_supportrequest",
        merged,
        given=asked_twice,
        refused=one_of_two_is_closed,
        needs=("kept", "repeated"),
    ),
    "merge selected": Act(
        lambda town: INBOX,
        is_now("PROCESSING", result="DUPLICATE", of="more mud"),
        MERGED,
        "change_supportrequest",
        selected,
        given=asked_twice,
        refused=one_of_two_is_closed,
        needs=("kept",),
    ),
    "pause the calls": Act(
        of_the_provider("pause-calls"),
        {("calls", "mp"): WHY},
        by(PROVIDER, "") + by(PROVIDER, f"Paused the calls: {WHY}"),
        "change_maasprovider",
        refused=paused,
    ),
    "resume the calls": Act(
        of_the_provider("resume-calls"),
        {("calls", "mp"): "go"},
        by(PROVIDER, "") + by(PROVIDER, "Resumed the calls"),
        "change_maasprovider",
        given=paused,
        refused=nothing,
        needs=(),
    ),
    "issue a key": Act(
        of_the_provider("issue-api-key"),
        {("keys", "mp"): ["", "new"]},
        by(PROVIDER, "Issued API key … new"),
        "change_maasprovider",
        lambda town: {"label": "new"},
        needs=(),
    ),
    "replace a key": Act(
        of_the_provider("rotate-api-key"),
        {("keys", "mp"): ["", "app", "app"]},
        by(PROVIDER, "Replaced API key … app by … app"),
        "change_maasprovider",
        key(hours=1),
        given=with_a_key,
        refused=revoked,
        needs=("key", "hours"),
    ),
    "revoke a key": Act(
        of_the_provider("revoke-api-key"),
        {("keys", "mp"): [""]},
        by(PROVIDER, "Revoked API key … app"),
        "change_maasprovider",
        key(),
        given=with_a_key,
        refused=revoked,
        needs=("key",),
    ),
    "replace the secret": Act(
        of_the_provider("rotate-client-secret"),
        {("former secret", "mp"): True},
        by(PROVIDER, "Made a new OAuth2 client secret; the one before ends in 1 h"),
        "change_maasprovider",
        lambda town: {"hours": 1},
        given=with_a_secret,
        refused=with_two_secrets,
        needs=("hours",),
    ),
    "end the former secret": Act(
        of_the_provider("end-former-secret"),
        {("former secret", "mp"): False},
        by(PROVIDER, "Ended the former OAuth2 client secret"),
        "change_maasprovider",
        given=with_two_secrets,
        refused=with_a_secret,
        needs=(),
    ),
    "send again": Act(
        of_the_call,
        {("owed", ""): ["SET_IN_USE"]},
        by("Callback", "Sent again"),
        "change_callback",
        given=given_up,
        refused=delivered,
        needs=(),
    ),
    "send many again": Act(
        lambda town: "/admin/maas/callback/",
        {("owed", ""): ["SET_IN_USE"]},
        by("Callback", "Sent again"),
        "change_callback",
        chosen_call,
        given=given_up,
        refused=delivered,
        needs=(),
    ),
}


class TestAtTheDesk(ActsOfStaff):
    acts = ACTS
