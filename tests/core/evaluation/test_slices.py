"""The metrics by group, against Fairlearn, scikit-learn and published intervals, and what chance makes of gaps."""

import subprocess
import sys

import numpy as np
import pytest
from fairlearn.metrics import MetricFrame
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from core.evaluation.evaluation import Evaluation, wilson_interval
from core.evaluation.macro_f1 import macro_f1
from core.evaluation.slices import (
    UNKNOWN,
    GroupScore,
    difference_interval,
    largest_gap,
    slice_by,
)


def evaluation(labels, answers, num_classes: int = 3) -> Evaluation:
    names = tuple(f"class {number}" for number in range(num_classes))
    paths = tuple(f"{index}.png" for index in range(len(labels)))
    return Evaluation("validation", names, np.array(labels), np.eye(num_classes)[np.array(answers)], paths)


def drawn(shares: list[float], each: int, seed: int = 0) -> tuple[Evaluation, np.ndarray]:
    """Draws answers: in each group, this share of them is right."""
    generator = np.random.default_rng(seed)
    group_of = np.repeat(np.arange(len(shares)), each)
    labels = generator.integers(3, size=len(group_of))
    is_right = generator.random(len(group_of)) < np.array(shares)[group_of]
    return evaluation(labels, np.where(is_right, labels, (labels + 1) % 3)), group_of


def score(group: int, right: int, total: int) -> GroupScore:
    return GroupScore(group, total, right, 0.0, 0.0)


def test_numbers_are_those_of_fairlearn_and_scikit_learn():
    found, group_of = drawn([0.9, 0.6, 0.7], 60)
    slices = slice_by(found, group_of)
    frame = MetricFrame(
        metrics=accuracy_score, y_true=found.labels, y_pred=found.predictions, sensitive_features=group_of
    )
    assert [group.group for group in slices.groups] == [0, 1, 2]
    for group in slices.groups:
        chosen = group_of == group.group
        labels, answers = found.labels[chosen], found.predictions[chosen]
        assert group.num_pictures == 60
        assert group.accuracy == pytest.approx(frame.by_group[group.group])
        assert group.accuracy == pytest.approx(accuracy_score(labels, answers))
        assert group.interval == wilson_interval(group.num_right, 60)
        assert group.macro_recall == pytest.approx(balanced_accuracy_score(labels, answers))
        assert group.macro_f1 == pytest.approx(f1_score(labels, answers, average="macro"))
        assert group.macro_f1 == pytest.approx(macro_f1(labels, answers, 3))
    assert slices.differences["accuracy"] == pytest.approx(frame.difference())
    assert slices.gap.difference == pytest.approx(frame.difference())


def test_only_classes_of_the_group_count():
    slices = slice_by(evaluation([0, 0, 0, 1], [0, 0, 2, 1]), np.array([0, 0, 0, 1]))
    assert slices.groups[0].macro_recall == pytest.approx(2 / 3)
    assert slices.groups[0].macro_f1 == pytest.approx(0.8)
    assert slices.groups[1].macro_recall == slices.groups[1].macro_f1 == 1


# Newcombe 1998, table II, method 10.
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((0, 10), (0, 10), (-0.2775, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
    ],
)
def test_interval_of_a_difference_is_the_published_one(first, second, expected):
    assert difference_interval(first, second) == pytest.approx(expected, abs=5e-5)


def test_dark_pictures_that_are_answered_worse_are_reported():
    slices = slice_by(*drawn([0.6, 0.92, 0.95], 100))
    assert slices.gap.is_sure
    assert (slices.gap.worse.group, slices.gap.better.group, slices.gap.num_pairs) == (0, 2, 3)
    assert slices.gap.interval[0] < slices.gap.difference < slices.gap.interval[1]


def test_gap_that_chance_makes_is_rarely_called_sure():
    """With ten groups there are 45 pairs: without the correction, chance would make a gap in every second set."""
    generator = np.random.default_rng(1)
    sure = [
        largest_gap([score(group, int(right), 80) for group, right in enumerate(generator.binomial(80, 0.8, 10))])
        for _ in range(300)
    ]
    assert sum(gap.is_sure for gap in sure) / 300 <= 0.05
    plain = [difference_interval((gap.better.num_right, 80), (gap.worse.num_right, 80))[0] > 0 for gap in sure]
    assert sum(plain) / 300 > 0.4


def test_sure_gap_goes_before_a_larger_one_of_few_pictures():
    gap = largest_gap([score(0, 940, 1000), score(1, 850, 1000), score(2, 8, 10)])
    assert (gap.better.group, gap.worse.group, gap.is_sure) == (0, 1, True)


def test_small_groups_and_unknown_pictures_are_counted_and_not_compared():
    labels = [0] * 40
    answers = [0] * 20 + [1] * 9 + [0] * 5 + [1] * 6
    group_of = np.array([0] * 20 + [1] * 9 + [UNKNOWN] * 11)
    slices = slice_by(evaluation(labels, answers), group_of)
    assert [group.is_too_small for group in slices.groups] == [False, True]
    assert (slices.unknown.num_pictures, slices.unknown.num_right) == (11, 5)
    assert slices.gap is None
    assert slices.differences == {}


def test_differences_are_between_the_groups_that_are_compared():
    found, group_of = drawn([0.9, 0.6, 0.7], 60)
    labels, answers = found.labels.tolist() + [0] * 5, found.predictions.tolist() + [1] * 5
    slices = slice_by(evaluation(labels, answers), np.append(group_of, [3] * 5))
    assert slices.groups[3].accuracy == 0
    assert slices.differences == slice_by(found, group_of).differences


def test_nothing_is_known_of_any_picture():
    slices = slice_by(evaluation([0, 1], [0, 1]), np.full(2, UNKNOWN))
    assert (slices.groups, slices.gap) == ((), None)


def test_fairlearn_brings_no_tensorflow_and_is_loaded_when_needed():
    code = (
        "import sys, numpy as np; from core.evaluation import slices; assert 'sklearn' not in sys.modules;"
        "from tests.core.evaluation.test_slices import drawn; slices.slice_by(*drawn([0.5, 0.6], 20));"
        "assert 'fairlearn' in sys.modules; assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
