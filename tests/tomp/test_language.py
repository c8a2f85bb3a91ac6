"""The client's best wish among the languages we publish, and never a refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.client import MpClient
from tests.factories import MaasProviderFactory
from tests.fleet_factories import SystemFactory
from tomp import language
from tomp.language import in_any_language, in_language, preferred

PUBLISHED = ["en", "nl", "nb"]


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


def test_refusals_are_english(mp):
    response = mp.get("/bookings/unknown", headers={"Accept-Language": "nl"})

    assert response.status_code == 404
    assert response.headers["Content-Language"] == "en"
