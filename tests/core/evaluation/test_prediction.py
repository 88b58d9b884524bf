import pytest

from core.evaluation.prediction import Prediction, Verdict, unreadable, verdict


@pytest.mark.parametrize(
    ("probability", "is_familiar", "expected"),
    [
        (0.99, True, Verdict.SURE),
        (0.8, True, Verdict.SURE),
        (0.79, True, Verdict.UNSURE),
        (0.99, False, Verdict.UNLIKE),
        (0.5, False, Verdict.UNLIKE),
    ],
)
def test_verdict(probability, is_familiar, expected):
    assert verdict(probability, is_familiar, sure_probability=0.8) == expected


def test_top_classes_come_best_first():
    prediction = Prediction("b", 0.7, ("a", "b", "c"), (0.1, 0.7, 0.2), Verdict.UNSURE)
    assert prediction.top(2) == [("b", 0.7), ("c", 0.2)]


def test_an_unreadable_picture_has_no_class():
    prediction = unreadable(("a", "b"), "It is cut off.")
    assert (prediction.class_name, prediction.error) == ("", "It is cut off.")


def test_only_what_is_like_something_seen_gets_an_answer():
    answers = {found: Prediction("cat", 0.9, ("cat", "dog"), (0.9, 0.1), found).answer for found in Verdict}
    assert answers == {Verdict.SURE: "cat", Verdict.UNSURE: "cat", Verdict.UNLIKE: ""}
    assert unreadable(("cat", "dog"), "It is cut off.").answer == ""
