"""How good a model is, in sentences."""

import numpy as np
import pytest

from core.evaluation.evaluation import Evaluation, wilson_interval
from core.evaluation.macro_f1 import MacroF1
from core.evaluation.threshold import Answers
from core.evaluation.words import results as results_wording


@pytest.mark.parametrize(
    ("right", "total", "words"),
    [
        (45, 50, "45 of 50 right: plausibly 79 to 96 % on new pictures of this kind."),
        (0, 10, "0 of 10 right: plausibly 0 to 28 % on new pictures of this kind."),
        (10, 10, "10 of 10 right: plausibly 72 to 100 % on new pictures of this kind."),
        (147, 148, "147 of 148 right: plausibly 96.3 to 99.9 % on new pictures of this kind."),
        (1994, 5000, "1,994 of 5,000 right: plausibly 38.5 to 41.2 % on new pictures of this kind."),
    ],
)
def test_right_answers_come_with_their_interval(right, total, words):
    assert results_wording.right_answers(right, total, wilson_interval(right, total)) == words


def test_only_all_of_them_are_called_so():
    assert results_wording.percent(1.0) == "100 %"
    assert results_wording.percent(0.99999) == "99.9 %"
    assert results_wording.percent(0.0) == "0 %"
    assert results_wording.plausibly((0.95, 0.9999)) == "plausibly 95.0 to 99.9 %"


def test_macro_f1_says_where_there_is_no_interval():
    found = results_wording.macro_f1(MacroF1(0.897, (0.81, 0.97)))
    assert found == "Macro F1, in which every class counts the same: 89.7 %, plausibly 81 to 97 %."
    assert "100 %. Without a single mistake there is nothing" in results_wording.macro_f1(MacroF1(1.0, None))
    assert "0 %. Without a single right answer" in results_wording.macro_f1(MacroF1(0.0, None))


def answers_of(top, labels, threshold):
    probabilities = np.stack([top, 1 - np.array(top)], axis=1)
    paths = tuple(map(str, range(len(top))))
    return Answers(Evaluation("test", ("a", "b"), np.array(labels), probabilities, paths), threshold)


def test_a_threshold_says_what_it_answers_and_what_it_leaves():
    top, labels = [0.95] * 140 + [0.97] * 8 + [0.6] * 32, [0] * 146 + [1] * 2 + [0] * 32
    assert results_wording.answers_at(answers_of(top, labels, 0.9)) == (
        "At 0.9 it answers 82.2 % of the pictures and 98.6 % of those rightly (plausibly 95.2 to 99.6 %). "
        "32 of 180 get no answer."
    )
    assert results_wording.answers_at(answers_of(top, labels, 0.98)) == "At 0.98 it answers none of 180 pictures."
    everything = results_wording.answers_at(answers_of(top, labels, 0.5))
    assert everything == "At 0.5 it answers all 180 pictures, and 98.9 % of those rightly (plausibly 96.0 to 99.7 %)."
    assert results_wording.answers_at(answers_of(top, labels, 0.0)).startswith(
        "It answers all 180 pictures, and 98.9 %"
    )
