"""Accuracies with their intervals, checked against other computations and by simulation."""

import math

import numpy as np
import pytest
from scipy import stats

from core.evaluation.comparison import PairedComparison, UnpairedComparison
from core.evaluation.evaluation import wilson_interval
from core.experiments.experiment import Kind
from core.experiments.results import (
    T_QUANTILES,
    compare_outcomes,
    interval_of_draws,
    interval_of_gains,
    kendall,
    measured,
    outcomes,
)
from tests.core.experiments.conftest import outcome, some_right, state_with

SIMULATIONS = 1000


def test_quantiles_are_those_of_students_t():
    expected = [stats.t.ppf(0.975, freedom) for freedom in range(1, 10)]
    assert pytest.approx(expected, abs=0.006) == T_QUANTILES


def test_one_draw_has_wilsons_interval():
    assert interval_of_draws([0.9], 50) == wilson_interval(45, 50)


def test_equal_draws_have_the_interval_of_their_pictures():
    assert interval_of_draws([0.9, 0.9, 0.9], 50) == pytest.approx(wilson_interval(45, 50))


def test_draws_add_their_part():
    # Mean 0.8; Wilson at 80 of 100 is 0.7112 to 0.8666; the draws' is 4.30 * 0.1 / sqrt(3) = 0.2483.
    low, high = interval_of_draws([0.7, 0.8, 0.9], 100)
    assert low == pytest.approx(0.8 - math.hypot(0.0888, 0.2483), abs=2e-4)
    assert high == 1.0
    assert interval_of_draws([0.0, 1.0], 10) == (0.0, 1.0)


def draws_of(generator: np.random.Generator, num_draws: int, num_pictures: int, spread: float) -> np.ndarray:
    """Right answers of models trained on different draws, for the same pictures, some of which are hard for all."""
    hardness = generator.normal(1.2, 0.8, num_pictures)
    models = generator.normal(0, spread, num_draws)
    return generator.random((num_draws, num_pictures)) < stats.norm.cdf(models[:, None] + hardness[None, :])


@pytest.mark.parametrize("spread", [0.0, 0.3])
@pytest.mark.parametrize(("num_draws", "num_pictures"), [(2, 40), (3, 40), (3, 200), (6, 100)])
def test_the_interval_covers_the_truth_as_often_as_it_says(num_draws, num_pictures, spread):
    generator = np.random.default_rng(num_draws * 1000 + num_pictures)
    truth = stats.norm.cdf(1.2 / math.sqrt(1 + 0.8**2 + spread**2))
    covered = 0
    for _ in range(SIMULATIONS):
        rights = draws_of(generator, num_draws, num_pictures, spread)
        low, high = interval_of_draws(rights.mean(axis=1).tolist(), num_pictures)
        covered += low <= truth <= high
    assert covered / SIMULATIONS >= 0.94


@pytest.mark.parametrize(("num_draws", "num_pictures"), [(1, 60), (2, 40), (3, 20), (3, 150)])
def test_equal_arms_are_seldom_told_apart(num_draws, num_pictures):
    generator = np.random.default_rng(num_draws * 1000 + num_pictures)
    wrong = 0
    for _ in range(500):
        # As alike as two models are that differ by chance, and equally good on all the pictures there are.
        # What the draw matters can't be told from a single one: then it is about these two models.
        rights = draws_of(generator, 2 * num_draws, num_pictures, 0.2 if num_draws > 1 else 0.0)
        pairs = [(outcome("a", rights[2 * one]), outcome("b", rights[2 * one + 1])) for one in range(num_draws)]
        low, high = interval_of_gains(pairs)
        wrong += low > 0 or high < 0
    assert wrong / 500 <= 0.08  # 5 % and what 500 of them vary


def test_draws_that_agree_on_a_single_picture_prove_nothing():
    pairs = [(outcome("a", some_right(15, 20)), outcome("b", some_right(14, 20)))] * 3
    low, high = interval_of_gains(pairs)
    assert low < 0 < 0.05 < high


def test_a_large_gain_in_every_draw_is_one():
    pairs = [(outcome("a", some_right(right, 100)), outcome("b", some_right(60, 100))) for right in (88, 90, 92)]
    low, high = interval_of_gains(pairs)
    assert 0 < low < 0.3 < high <= 1
    mirrored = interval_of_gains([(other, one) for one, other in pairs])
    assert mirrored == pytest.approx((-high, -low))


def test_a_gain_of_everything_stays_within_bounds():
    pairs = [(outcome("a", some_right(3, 3)), outcome("b", some_right(0, 3)))] * 2
    low, high = interval_of_gains(pairs)
    assert -1 <= low <= high <= 1


@pytest.mark.parametrize("seed", range(20))
def test_orders_agree_as_scipy_says(seed):
    generator = np.random.default_rng(seed)
    first = generator.integers(0, 4 + seed, 3 + seed).tolist()
    second = (np.array(first) + generator.normal(0, 2, 3 + seed)).round(seed % 2).tolist()
    expected = stats.kendalltau(first, second).statistic
    assert kendall(first, second) == pytest.approx(expected, nan_ok=True)


def test_no_order_is_not_a_number():
    assert math.isnan(kendall([1, 1, 1], [1, 2, 3]))
    assert kendall([1, 2, 3], [4, 5, 6]) == pytest.approx(1)
    assert kendall([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)


def test_draws_are_measured_together():
    found = [
        outcome("b", some_right(9, 10), x=10, draw=0, seconds=4.0),
        outcome("b", some_right(7, 10), x=5, draw=0, seconds=1.0),
        outcome("b", some_right(5, 10), x=5, draw=1, seconds=3.0),
        outcome("a", some_right(2, 10), x=5, draw=0),
    ]
    few, more, other = measured(found)
    assert (few.lane, few.x, more.x, other.lane) == ("b", 5, 10, "a")
    assert (few.accuracy, few.num_draws, few.num_pictures, few.seconds) == (0.6, 2, 10, 2.0)
    assert few.interval == interval_of_draws([0.7, 0.5], 10)
    assert (more.num_draws, more.interval) == (1, wilson_interval(9, 10))
    assert more.trainable_params == found[0].arm.config.trainable_params(2)
    assert measured([]) == ()


def test_the_time_to_load_tensorflow_is_left_out():
    found = outcome("a", some_right(1, 2), seconds=3.0)
    assert (found.run.seconds_at_work, found.seconds) == (5.0, 3.0)


def test_answers_are_in_the_order_of_the_paths():
    found = outcome("a", [True, False, True])
    mixed = found.evaluation
    order = [2, 0, 1]
    again = type(mixed)(
        "validation",
        mixed.class_names,
        mixed.labels[order],
        mixed.probabilities[order],
        tuple(mixed.paths[index] for index in order),
    )
    assert type(found)(found.arm, found.run, again).is_right.tolist() == [True, False, True]


def test_several_comparisons_are_judged_more_strictly():
    first, second = outcome("a", some_right(97, 100)), outcome("b", some_right(90, 100))
    alone, picked = compare_outcomes(first, second), compare_outcomes(first, second, num_comparisons=10)
    assert isinstance(alone, PairedComparison) and isinstance(picked, PairedComparison)
    assert (alone.better, picked.better, picked.confidence) == (1, 0, 0.995)
    assert picked.interval[0] < alone.interval[0] < alone.interval[1] < picked.interval[1]


def test_where_a_picture_could_not_be_read_only_intervals_are_compared():
    found = compare_outcomes(outcome("a", some_right(9, 10)), outcome("b", some_right(9, 9)))
    assert isinstance(found, UnpairedComparison)


def test_outcomes_are_those_of_real_runs(raced):
    runs, state = raced
    found = outcomes(runs, state)
    assert [one.arm.lane for one in found] == ["frozen", "scratch"]
    for one in found:
        assert one.accuracy == pytest.approx(one.run.metrics["val_accuracy"])
        assert len(one.is_right) == 4 and one.seconds > 0
    assert [one.trainable_params for one in found] == sorted(one.trainable_params for one in found)


def test_an_evaluation_that_can_not_be_read_is_left_out(raced):
    runs, state = raced
    frozen, scratch = state.runs
    (runs.folder(frozen.id) / "evaluation.json").write_text("no")
    (runs.folder(scratch.id) / "evaluation.json").unlink()
    assert outcomes(runs, state) == ()


def test_arms_that_are_not_done_have_no_outcome(raced):
    runs, state = raced
    missing = state_with(Kind.RACE, [], *(one.arm for one in state.arms))
    assert outcomes(runs, missing) == ()
