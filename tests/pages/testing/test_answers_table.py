"""The table of all answers and its CSV file."""

import pytest

from core.evaluation.prediction import Prediction, Verdict
from core.images.decoding import PictureError
from pages.components.testing import answers_table
from pages.components.testing.answering import Answered
from pages.components.testing.picture import Picture

NAMES = ("=cat", "dog")


@pytest.fixture
def answered():
    sure = Prediction("=cat", 0.9, NAMES, (0.9, 0.1), Verdict.SURE)
    unlike = Prediction("dog", 0.7, NAMES, (0.3, 0.7), Verdict.UNLIKE)
    broken = Prediction("", 0.0, NAMES, (0.0, 0.0), Verdict.UNLIKE, error=str(PictureError("empty")))
    pictures = [Picture("@a.png", b"", "a"), Picture("b.png", b"", "b"), Picture("c.png", b"", "c")]
    return [
        Answered(number, picture, answer)
        for number, (picture, answer) in enumerate(zip(pictures, (sure, unlike, broken), strict=True), 1)
    ]


def test_csv_has_every_probability_and_no_formula(answered):
    assert answers_table.as_csv(answered).decode("utf-8-sig").splitlines() == [
        "picture,answer,nearest class,probability,verdict,error,'=cat,dog",
        "'@a.png,'=cat,,0.900000,sure,,0.900000,0.100000",
        "b.png,,dog,0.700000,unlike anything seen,,0.300000,0.700000",
        'c.png,,,,,"empty, it has 0 bytes",,',
    ]


def test_what_is_unlike_anything_seen_has_no_answer_but_a_nearest_class(answered):
    columns = answers_table.columns(answered)
    assert columns["Answer"] == ["=cat", None, None]
    assert columns["Nearest class"] == [None, "dog", None]
    assert columns["Verdict"] == ["sure", "unlike anything seen", "empty, it has 0 bytes"]
    assert "True class" not in columns
