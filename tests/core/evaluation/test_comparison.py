"""The comparison of two models, against published numbers, and against what repeated sampling shows."""

import numpy as np
import pytest
from scipy.stats import binomtest

from core.evaluation.comparison import (
    PairedComparison,
    UnpairedComparison,
    are_of_same_pictures,
    compare,
    compare_answers,
    paired_interval,
    sign_test,
)
from core.evaluation.evaluation import Evaluation, wilson_interval


def evaluation(labels, answers, paths=None) -> Evaluation:
    probabilities = np.eye(2)[np.array(answers)]
    paths = paths or [f"{index}.png" for index in range(len(labels))]
    return Evaluation("validation", ("cat", "dog"), np.array(labels), probabilities, tuple(paths))


def answers(both: int, only_first: int, only_second: int, neither: int) -> tuple[np.ndarray, np.ndarray]:
    first = np.repeat([True, True, False, False], [both, only_first, only_second, neither])
    second = np.repeat([True, False, True, False], [both, only_first, only_second, neither])
    return first, second


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((1, 1, 7, 12), -0.507, -0.026),  # airway reactivity, Fagerland et al. 2014, doi:10.1002/sim.6148
        ((20, 12, 2, 16), 0.056, 0.329),  # two culture media, Armitage and Berry 1994
    ],
)
def test_the_interval_of_paired_shares_agrees_with_published_ones(counts, low, high):
    interval = paired_interval(*counts[:3], total=sum(counts))
    assert interval == pytest.approx((low, high), abs=0.0006)


def test_the_exact_test_agrees_with_a_published_one():
    found = compare_answers(*answers(20, 12, 2, 16))
    assert found.p_value == pytest.approx(0.0129, abs=0.00005)
    assert (found.num_pictures, found.only_first, found.only_second) == (50, 12, 2)
    assert found.difference == pytest.approx(0.2)
    assert found.better == 1
    assert compare_answers(*answers(20, 2, 12, 16)).better == -1


@pytest.mark.parametrize(("first", "second"), [(0, 0), (0, 1), (3, 3), (12, 2), (2, 12), (500, 430), (3000, 2800)])
def test_the_exact_test_is_scipys(first, second):
    expected = binomtest(first, first + second).pvalue if first + second else 1.0
    assert sign_test(first, second) == pytest.approx(expected, rel=1e-9)


def test_models_that_differ_on_few_pictures_cannot_be_told_apart():
    assert compare_answers(*answers(280, 5, 4, 11)).better == 0
    same = compare_answers(*answers(300, 0, 0, 0))
    assert (same.p_value, same.better, same.difference) == (1.0, 0, 0.0)
    assert same.interval[0] < 0 < same.interval[1]


def test_a_stricter_confidence_asks_for_more():
    assert compare_answers(*answers(20, 12, 2, 16), confidence=0.99).better == 0
    usual, strict = (paired_interval(20, 12, 2, 50, confidence) for confidence in (0.95, 0.99))
    assert strict[0] < usual[0] < usual[1] < strict[1]


def test_the_interval_covers_the_true_difference_as_often_as_promised():
    draw = np.random.default_rng(0)
    chances = (0.8, 0.11, 0.05, 0.04)  # a true difference of 0.06
    tables = draw.multinomial(120, chances, size=500)
    intervals = [paired_interval(*table[:3].tolist(), total=120) for table in tables]
    covered = np.mean([low <= 0.06 <= high for low, high in intervals])
    assert 0.93 <= covered <= 0.985


def test_equally_good_models_are_rarely_called_different():
    draw = np.random.default_rng(1)
    tables = draw.multinomial(120, (0.8, 0.08, 0.08, 0.04), size=400)
    wrongly = np.mean([compare_answers(*answers(*table)).better != 0 for table in tables])
    assert wrongly <= 0.06


def test_the_same_pictures_are_compared_one_by_one_in_whatever_order_they_are():
    first = evaluation([0, 0, 1, 1], [0, 0, 1, 0])
    second = evaluation([1, 1, 0, 0], [1, 1, 0, 1], ["3.png", "2.png", "1.png", "0.png"])
    found = compare(first, second, is_same_dataset=True)
    assert isinstance(found, PairedComparison)
    # The first is wrong on 3.png only, the second on 0.png only.
    assert (found.num_pictures, found.only_first, found.only_second) == (4, 1, 1)


@pytest.mark.parametrize(
    "other",
    [
        evaluation([0, 1], [0, 1], ["0.png", "8.png"]),  # another picture
        evaluation([0, 1, 1], [0, 1, 1]),  # one more
        evaluation([0, 0], [0, 1]),  # relabelled
    ],
)
def test_different_pictures_are_compared_by_their_intervals(other):
    first = evaluation([0, 1], [0, 1])
    assert not are_of_same_pictures(first, other)
    assert compare(first, other, is_same_dataset=True) == UnpairedComparison(first.interval, other.interval)


def test_equal_paths_in_different_data_sets_are_different_pictures():
    first = evaluation([0, 1], [0, 1])
    assert isinstance(compare(first, first, is_same_dataset=False), UnpairedComparison)


def test_intervals_that_do_not_overlap_tell_models_apart():
    good, poor = wilson_interval(95, 100), wilson_interval(60, 100)
    assert UnpairedComparison(good, poor).better == 1
    assert UnpairedComparison(poor, good).better == -1
    assert UnpairedComparison(good, wilson_interval(90, 100)).better == 0
