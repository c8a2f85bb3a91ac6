"""A sentence …"""

import json

import pytest
from django.utils.translation import override

from tomp.sentences import Refusal, Sentence, told

LARGE = Sentence("%(name)s has more than %(rows)s rows: split it.", name="fleet.csv", rows=200_000)
OWNED = Sentence("has %(owners)s", owners=[Sentence("stations"), Sentence("asset types")])
NAMED = Sentence("%(column)s is missing", column=Sentence.name("vehicle_number", "vehicle number"))


@pytest.mark.parametrize(
    ("sentence", "text", "english", "german"),
    [
        (Sentence("is not there any more"), "is not there any more", "is not there any more", "ist nicht mehr da"),
        (LARGE, "fleet.csv has more than 200,000 rows: split it.",
         "fleet.csv has more than 200,000 rows: split it.",
         "fleet.csv hat mehr als 200.000 Zeilen: teilen Sie die Datei auf."),
        (OWNED, "has stations, asset types", "has stations, asset types",
         "wird gebraucht von: Stationen, Fahrzeugtypen"),
        (NAMED, "vehicle_number is missing", "vehicle number is missing", "Fahrzeugnummer fehlt"),
        (Sentence("50 % of 'it' is unknown"), "50 % of 'it' is unknown", "50 % of 'it' is unknown",
         "50 % of 'it' is unknown"),
        (Sentence(""), "", "", ""),
    ],
    ids=["plain", "figures", "a list", "a name", "no pattern", "empty"],
)  # fmt: skip
def test_is_english_by_itself_and_told_to_each_reader(sentence, text, english, german):
    kept = json.loads(json.dumps(sentence.kept()))

    for one in (sentence, Sentence.of(kept)):
        assert (one, one.kept()) == (text, kept)
        with override("en"):
            assert told(one) == english
        with override("de"):
            assert told(one) == german


def test_without_details_is_kept_as_a_text():
    assert Sentence("is not there any more").kept() == "is not there any more"


def test_that_is_none_is_told_as_it_is():
    with override("de"):
        assert told("is not there any more") == "is not there any more"


def test_can_be_why_something_is_refused():
    refusal = Refusal("Cannot read %(name)s: %(reason)s.", name="fleet.csv", reason=Sentence("the file is not there"))

    assert str(refusal) == "Cannot read fleet.csv: the file is not there."
    with override("de"):
        assert refusal.told() == "fleet.csv kann nicht gelesen werden: die Datei ist nicht da."
