"""What operators ask of providers, asked of us (semantics §5.3) …"""

import pytest

from tests.client import refused
from tests.journey import given_leg, nothing_changes

CALLS = [("PUT", ""), ("POST", "/progress"), ("POST", "/confirmation")]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_is_refused_and_says_why(mp, method, path):
    leg = given_leg(mp.provider, state="IN_USE")

    with nothing_changes():
        answer = mp.call(method, f"/legs/{leg.id}{path}", {"type": "START_LEG"})

    assert "is offered by MaaS providers" in refused(answer, 403, 4006)["detail"]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_tells_nothing_about_the_legs_of_others(mp, other_mp, method, path):
    leg = given_leg(other_mp.provider)

    refused(mp.call(method, f"/legs/{leg.id}{path}", {}), 404, 4204)


def test_is_not_listed_as_ours(mp, api_version):
    [meta] = [each for each in mp.get("/operator/meta").json() if each["version"] == api_version]

    listed = {(each["method"], each["path"]) for each in meta["endpoints"]}
    assert not {("PUT", "/legs/{id}"), ("POST", "/legs/{id}/progress"), ("POST", "/legs/{id}/confirmation")} & listed
