"""What came out for many pictures."""

import pytest

from core.evaluation.prediction import Prediction, Verdict, unreadable
from pages.components.testing import summary
from pages.components.testing.answering import Answered
from pages.components.testing.picture import Picture
from pages.components.testing.summary import Order

NAMES = ("cat", "dog")


def answered(number, verdict, cat, similarity=0.9, true_class=""):
    probability, name = max((cat, "cat"), (1 - cat, "dog"))
    answer = Prediction(name, probability, NAMES, (cat, 1 - cat), verdict, similarity)
    return Answered(number, Picture(f"{number}.png", b"", str(number), true_class), answer)


@pytest.fixture
def answers():
    return [
        answered(1, Verdict.SURE, 0.99),
        answered(2, Verdict.UNSURE, 0.6),
        answered(3, Verdict.SURE, 0.1),
        answered(4, Verdict.UNLIKE, 0.95, similarity=0.1),
        answered(5, Verdict.SURE, 0.9),
        answered(6, Verdict.UNLIKE, 0.55, similarity=0.2),
        Answered(7, Picture("7.png", b"", "7"), unreadable(NAMES, "empty")),
    ]


def test_each_picture_is_counted_once_and_by_its_class_only_if_the_model_is_sure(answers):
    groups = summary.groups(answers)
    assert sum(group.size for group in groups) == len(answers)
    assert summary.sentence(groups) == (
        "cat **2** · dog **1** · unsure **1** · unlike anything seen **2** · can't be read **1**"
    )


def test_names_are_shown_unchanged_and_many_classes_are_summed_up():
    names = tuple(f"*{letter}*" for letter in "abcdefghij")
    answers = [
        Answered(
            place,
            Picture("x", b"", str(place)),
            Prediction(name, 1.0, names, tuple(float(name == other) for other in names), Verdict.SURE),
        )
        for place, name in enumerate(names)
    ]
    sentence = summary.sentence(summary.groups(answers))
    assert sentence.startswith(r"\*a\* **1** · \*b\* **1**")
    assert sentence.endswith("2 classes more **2**")


@pytest.mark.parametrize(
    ("order", "numbers"),
    [
        # Of those unlike anything seen, the least similar one first, though its probability is higher.
        (Order.LEAST_SURE, [4, 6, 2, 3, 5, 1]),
        (Order.BY_CLASS, [1, 5, 2, 3, 4, 6]),
        (Order.AS_GIVEN, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_answers_are_put_in_order(answers, order, numbers):
    readable = [one for one in answers if not one.answer.error]
    assert [one.number for one in summary.ordered(reversed(readable), order)] == numbers


def test_every_group_can_be_looked_at_alone(answers):
    for group in summary.groups(answers):
        assert len(summary.in_group(answers, group.code)) == group.size
    assert [one.number for one in summary.in_group(answers, ":cat")] == [1, 5]
    assert [one.number for one in summary.in_group(answers, summary.UNREADABLE)] == [7]


def test_answers_are_right_or_wrong_where_there_are_some_and_the_true_class_is_known():
    answers = [
        answered(1, Verdict.SURE, 0.99, true_class="cat"),
        answered(2, Verdict.UNSURE, 0.6, true_class="dog"),
        answered(3, Verdict.UNLIKE, 0.9, true_class="dog"),
        answered(4, Verdict.SURE, 0.9),
    ]
    assert [summary.is_right(one) for one in answers] == [True, False, None, None]
    assert summary.rightness(answers) == "1 of 2 answers right"
    assert summary.rightness(answers[3:]) == ""
    assert [one.number for one in summary.in_group(answers, summary.WRONG)] == [2]
    assert "wrong" not in summary.sentence(summary.groups(answers))
