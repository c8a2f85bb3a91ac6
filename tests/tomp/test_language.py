"""The client's best wish among the languages we publish, and never a refusal."""

import json

import pytest
from django.test import Client
from django.urls import get_resolver
from hypothesis import given
from hypothesis import strategies as st

from fleet import catalogue, information
from fleet.models import Condition
from tests.client import MpClient, refused
from tests.factories import MaasProviderFactory
from tests.fleet_factories import (
    AlertFactory,
    AssetFactory,
    AssetTypeFactory,
    ConditionFactory,
    FarePartFactory,
    PricingPlanFactory,
    RegionFactory,
    StationFactory,
    SystemFactory,
)
from tomp import errors, language, titles
from tomp.language import in_any_language, in_language, preferred

PUBLISHED = ["en", "nl", "nb"]
EXPECTED = {"Duplicated customer", "The lock is not closed"}  # of the wiki's table, for what is not refused yet


@pytest.mark.parametrize(
    ("header", "answered"),
    [
        ("nl", "nl"),
        ("NL", "nl"),
        ("nl-BE", "nl"),
        ("nl_BE", "nl"),
        ("fr, nl;q=0.5, en;q=0.8", "en"),
        ("fr;q=1.0, nl;q=0.9, en;q=0.1", "nl"),
        ("nl, en", "nl"),
        ("en, nl", "en"),
        ("nl ; q=0.3 , nb", "nb"),
        ("nl;Q=0.3, nb;Q=0.4", "nb"),
        ("No_nb", "nb"),
        ("NOB", "nb"),
        ("no", "nb"),
        ("nor", "nb"),
        ("nn", "nb"),
        ("nn-NO, en;q=0.5", "nb"),
        ("nld", "nl"),
        ("eng-GB", "en"),
        ("*", "en"),
        ("fr, *;q=0.1", "en"),
        ("*, nl;q=0.5", "en"),
        (None, "en"),
        ("", "en"),
        ("fr", "en"),
        ("xx-YY-zz", "en"),
        ("en;q=0, nl;q=0.1", "nl"),
        ("en;q=0", "nl"),
        ("en;q=0, *", "nl"),
        ("en;q=0.000, nl;q=0, nb;q=0", "en"),
        # Malformed items are skipped, the others count.
        (",,,nl", "nl"),
        ("nl;q=", "en"),
        ("nl;q=abc, nb", "nb"),
        ("nl;q=2, nb", "nb"),
        ("nl;q=1.5, nb", "nb"),
        ("nl;q=-1, nb", "nb"),
        ("nl;q=0.1234, nb;q=0.1", "nb"),
        ("nl\n, nb", "nl"),
        ("ŉl, nb", "nb"),
        ("en;q=" + "9" * 500, "en"),
        ("a" * 4000, "en"),
        ("x," * 4000 + "nl", "en"),
    ],
    ids=lambda text: str(text)[:30],
)
def test_the_dearest_wish_that_is_published_wins(header, answered):
    assert preferred(header, PUBLISHED) == answered


@pytest.mark.parametrize(
    ("header", "answered"), [("nl-BE", "nl-BE"), ("nl", "nl-NL"), ("nl-AW", "nl-NL"), ("en, nl-be", "nl-BE")]
)
def test_the_very_tag_beats_its_relatives(header, answered):
    assert preferred(header, ["nl-NL", "nl-BE"]) == answered


@pytest.mark.parametrize(("header", "answered"), [("nn", "nn"), ("nb", "nb"), ("no", "nb"), ("NNO", "nn")])
def test_the_two_norwegians_stand_in_for_each_other_only_where_one_is_absent(header, answered):
    assert preferred(header, ["en", "nn", "nb"]) == answered
    assert preferred(header, ["en", "nn"]) == "nn"


@given(st.text(max_size=200), st.lists(st.sampled_from(["en", "nl", "de-CH", "nb"]), min_size=1, unique=True))
def test_any_header_gets_a_published_language(header, published):
    assert preferred(header, published) in published


@pytest.mark.parametrize(
    ("text", "asked", "found"),
    [
        ({"en": "Station", "nl": "Halte"}, "nl", "Halte"),
        ({"en": "Station", "nl": "Halte"}, "nl-BE", "Halte"),
        ({"en": "Station", "nl-BE": "Halte"}, "nl", "Halte"),
        ({"en": "Station", "nl": "Halte"}, "fr", "Station"),
        ({}, "en", ""),
        (None, "en", ""),
    ],
)
def test_a_text_is_found_in_the_language_or_the_nearest_there_is(text, asked, found):
    assert in_language(text, asked) == found


@pytest.mark.parametrize(("text", "found"), [({"nl": "Halte", "en": "Station"}, "Halte"), ({}, ""), (None, "")])
def test_staff_see_the_first_text(text, found):
    assert in_any_language(text) == found


@pytest.mark.parametrize("tag", ["en", "nl-BE", "nb_NO", "zh-Hant-TW", "nob"])
def test_these_are_tags(tag):
    assert language.TAG.match(tag)


@pytest.mark.parametrize("tag", ["", "e", "english", "en-", "-en", "en--GB", "en\n", "en GB", "e1", "en-x"])
def test_these_are_none(tag):
    assert not language.TAG.match(tag)


@pytest.fixture
def mp(db, api_version):
    SystemFactory(languages=["nl", "en-GB"])
    return MpClient(MaasProviderFactory(), api_version)


@pytest.mark.parametrize(
    ("header", "answered"), [("en", "en-GB"), ("fr, nl;q=0.1", "nl"), (None, "nl"), ("No_nb", "nl")]
)
def test_every_answer_says_its_language(mp, header, answered):
    response = mp.get("/bookings", headers={"Accept-Language": header})

    assert response.status_code == 200
    assert response.headers["Content-Language"] == answered


@pytest.mark.parametrize(
    ("header", "language", "title"),
    [
        ("en", "en", "Not found"),
        ("nl-BE", "nl", "Niet gevonden"),
        ("nb", "nb", "Ikke funnet"),
        ("no", "nb", "Ikke funnet"),
        ("nn", "nb", "Ikke funnet"),
        ("No_nb", "nb", "Ikke funnet"),
        ("NOB", "nb", "Ikke funnet"),
        ("sv, de-CH;q=0.9, nl;q=0.1", "de", "Nicht gefunden"),
        ("fr", "fr", "Introuvable"),
        ("sv", "en", "Not found"),
        (None, "en", "Not found"),
    ],
)
def test_a_refusal_speaks_languages_the_operator_does_not_publish(mp, header, language, title):
    response = mp.get("/bookings/unknown", headers={"Accept-Language": header})

    error = refused(response, 404, 3204)
    assert response.headers["Content-Language"] == language
    assert (error["title"], error["type"]) == (title, "Not found")
    assert error["detail"] == "Booking 'unknown' not found."


@pytest.mark.parametrize("path", ["/nothing", "/bookings/1/nothing"])
def test_a_refusal_at_no_operation_speaks_them_too(mp, path):
    response = mp.get(path, headers={"Accept-Language": "de"})

    assert refused(response, 404, 7204)["title"] == "Nicht gefunden"
    assert response.headers["Content-Language"] == "de"


def test_a_refusal_around_the_views_speaks_them_too():
    response = Client().get("/tomp/operator/ping", headers={"Host": "evil.example", "Accept-Language": "fr"})

    assert refused(response, 400, 7002)["title"] == "Une donnée n’est pas valide"
    assert response.headers["Content-Language"] == "fr"


@pytest.mark.parametrize("header", ["nl", "de", "nb", "fr"])
def test_the_detail_is_english_for_whoever_reads_the_log(mp, header):
    mp.headers["Accept-Language"] = header

    assert refused(mp.post("/bookings", {}), 400, 3001)["detail"] == "Field: id, Reason: This field is required."
    assert refused(mp.post("/bookings", b"{"), 400, 3002)["detail"].startswith("The body is not valid JSON")


def everything_that_can_be_refused(kind=errors.TompError):
    yield kind
    for subclass in kind.__subclasses__():
        if not subclass.__module__.startswith("tests."):
            yield from everything_that_can_be_refused(subclass)


@pytest.mark.parametrize("language", titles.LANGUAGES[1:])
def test_every_title_is_translated(language):
    get_resolver().urlconf_module  # noqa: B018 -- whoever raises them is loaded
    every = {kind.title for kind in everything_that_can_be_refused()}

    assert sorted(title for title in every if language not in titles.TITLES.get(title, {})) == []
    assert sorted(titles.TITLES.keys() - every - EXPECTED) == []


@pytest.mark.parametrize("title", titles.TITLES)
def test_a_translation_differs_from_the_english_and_ends_like_it(title):
    translations = titles.TITLES[title]

    assert translations.keys() == set(titles.LANGUAGES[1:])
    assert title not in translations.values()
    assert not any(text.endswith(".") or text != text.strip() for text in translations.values())


# What the operator publishes


@pytest.fixture
def bilingual(clock, api_version):
    """A client of an operator of whom everything is told in two languages."""
    catalogue.forget()
    SystemFactory(languages=["en", "nl"], name={"en": "Rides", "nl": "Ritten"})
    information.forget()
    yield MpClient(MaasProviderFactory(), api_version)
    catalogue.forget()


def told_by(answer):
    assert answer.status_code in (200, 201)
    return answer.headers["Content-Language"], json.dumps(answer.json(), ensure_ascii=False)


@pytest.mark.parametrize(("language", "other"), [("en", "nl"), ("nl", "en")])
def test_all_that_is_published_is_in_the_language_asked_for(bilingual, language, other):
    station = StationFactory(station_id="dom", name=both("station"))
    RegionFactory(region_id="centre", name=both("region"))
    AlertFactory(summary=both("summary"), description=both("description"))
    plan = PricingPlanFactory(name=both("plan"), description=both("tariff"), parts=[FarePartFactory.build()])
    bike = AssetTypeFactory(docked=True, name=both("type"), default_plan=plan)
    ConditionFactory(
        asset_type=bike,
        kind=Condition.Kind.ONBOARDING_STEPS,
        details={"steps": [{"action": "UNLOCK_LOCKER", "text": both("step")}]},
    )
    AssetFactory.create_batch(3, asset_type=bike, station=station, state_of_charge=80)
    bilingual.headers["Accept-Language"] = f"sv, {language}-XX;q=0.8, {other};q=0.1"
    trip = {"from": {"stationId": "dom"}}
    offers = bilingual.offers(**trip)
    booking_id = bilingual.book(offers.json()["options"][0]["id"]).json()["id"]

    answers = {
        "information": bilingual.get("/operator/information"),
        "regions": bilingual.get("/operator/regions"),
        "stations": bilingual.get("/operator/stations"),
        "available assets": bilingual.get("/operator/available-assets"),
        "pricing plans": bilingual.get("/operator/pricing-plans"),
        "alerts": bilingual.get("/operator/alerts"),
        "inquiries": bilingual.post("/planning/inquiries", trip),
        "offers": offers,
        "booking": bilingual.get(f"/bookings/{booking_id}"),
        "bookings": bilingual.get("/bookings"),
        "commit": bilingual.operation(booking_id, "COMMIT"),
        "leg": bilingual.get(f"/legs/{booking_id}"),
        "event": bilingual.event(booking_id, "PREPARE"),
        "one-stop": bilingual.one_stop(**trip, useAssetTypes=[bike.type_id]),
    }

    for name, answer in answers.items():
        spoken, text = told_by(answer)
        assert spoken == language, name
        assert f"({other})" not in text, (name, text)
    trips = {"inquiries", "offers", "booking", "bookings", "commit", "leg", "event", "one-stop"}
    for name in trips:
        for what in ("station", "type", "step"):
            assert f"{what} ({language})" in told_by(answers[name])[1], name


def both(what):
    return {"en": f"{what} (en)", "nl": f"{what} (nl)"}
