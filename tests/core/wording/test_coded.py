import json

import pytest

from core.wording.coded import Coded, words_of

CATALOGUE = {"late": "It is {minutes:,} minutes late.", "rain": lambda drops: "Rain." if drops else "Drizzle."}
UNKNOWN = "Something else ({code})."


def test_words_are_made_of_code_and_parameters():
    assert words_of(Coded("late", {"minutes": 1200}), CATALOGUE, UNKNOWN) == "It is 1,200 minutes late."
    assert words_of(Coded("rain", {"drops": 0}), CATALOGUE, UNKNOWN) == "Drizzle."


@pytest.mark.parametrize(
    "found", [Coded("snow"), Coded("late"), Coded("rain", {"wind": 1}), Coded("late", {"minutes": "x"})]
)
def test_unknown_codes_are_named(found):
    assert words_of(found, CATALOGUE, UNKNOWN) == f"Something else ({found.code})."


def test_a_sentence_of_an_older_version_stays_as_it_is():
    old = Coded.from_json("It {rained} all day.")
    assert words_of(old, CATALOGUE, UNKNOWN) == "It {rained} all day."
    assert Coded.from_json(json.loads(json.dumps(old.as_json()))) == old


def test_it_can_be_stored_and_compared():
    found = Coded("late", {"minutes": 3, "names": ["a", "b"]})
    again = Coded.from_json(json.loads(json.dumps(found.as_json())))
    assert again == found and len({found, again}) == 1 and found != Coded("late", {"minutes": 4})


@pytest.mark.parametrize("value", [None, 3, [], {}, {"code": "late"}, {"code": 3, "parameters": {}}])
def test_anything_else_is_refused(value):
    with pytest.raises(ValueError, match="Expected a code"):
        Coded.from_json(value)
