"""How many pictures an accuracy takes: on curves whose answer is known."""

import math

import numpy as np
import pytest
from scipy import stats

from core.experiments.needed import Needed, pictures_needed
from core.experiments.results import Outcome
from tests.core.experiments.conftest import outcome, some_right

SIZES = (5, 10, 20, 40)
SIMULATIONS = 40


def curve(accuracies: dict[int, float], total: int = 200, num_draws: int = 3) -> list[Outcome]:
    """Outcomes with these accuracies, the same in each draw."""
    return [
        outcome("transfer", some_right(round(accuracy * total), total), x=size, draw=draw)
        for size, accuracy in accuracies.items()
        for draw in range(num_draws)
    ]


def found_for(accuracies: dict[int, float], target: float, **options: int) -> Needed:
    found = pictures_needed(curve(accuracies, **options), target)
    assert found is not None
    return found


def test_between_two_numbers_it_is_the_logarithm_that_counts():
    found = found_for({10: 0.8, 40: 0.9}, 0.85)
    assert found.number == 20  # half way from 10 to 40 in doublings
    assert found_for({10: 0.8, 40: 0.9}, 0.8).number == 10
    assert found_for({10: 0.8, 40: 0.9}, 0.9).number == 40
    assert found_for({5: 0.5, 10: 0.6, 20: 0.8, 40: 0.9}, 0.7).number == round(10 * math.sqrt(2))


def test_the_interval_contains_the_number():
    found = found_for({5: 0.7, 10: 0.8, 20: 0.9, 40: 0.95}, 0.85)
    assert found.number is not None and found.interval[0] < found.number < found.interval[1]
    assert (found.smallest, found.largest, found.target) == (5, 40, 0.85)


def test_more_validation_pictures_narrow_it():
    def width(total: int) -> float:
        low, high = found_for({5: 0.6, 10: 0.7, 20: 0.8, 40: 0.95}, 0.75, total=total).interval
        return high - low

    assert width(2000) < width(200) < width(60)


def test_a_dip_does_not_count_twice():
    assert found_for({5: 0.9, 10: 0.7, 20: 0.95}, 0.85).number == 5


def test_what_the_fewest_reach_is_no_estimate():
    found = found_for({5: 0.99, 10: 1.0}, 0.9)
    assert found.number == found.smallest == 5
    assert found.interval == pytest.approx((5, 5))


def test_a_target_that_is_far_off_is_hopeless():
    found = found_for({10: 0.60, 20: 0.61, 40: 0.61}, 0.95, total=1000)
    assert found.number is None and found.is_hopeless
    assert found.missing == pytest.approx(0.34)
    assert found.interval == (math.inf, math.inf)


def test_a_target_that_the_curve_still_rises_to_is_not():
    found = found_for({10: 0.6, 20: 0.7, 40: 0.8}, 0.95, total=1000)
    assert found.number is None and not found.is_hopeless
    assert found.gain > 0.1


def test_a_target_that_chance_may_have_missed_is_not_hopeless():
    # 9 of 10 and the same nine again: as good as nothing is known about 95 %.
    found = found_for({10: 0.9, 20: 0.9, 40: 0.9}, 0.95, total=10)
    assert found.number is None and not found.is_hopeless
    assert math.isfinite(found.interval[0])


def test_equal_answers_do_not_prove_that_nothing_is_gained():
    found = found_for({10: 0.6, 40: 0.6}, 0.7, total=30)
    assert found.gain == pytest.approx(3 / 30 / 2)  # two doublings
    assert not found.is_hopeless


def test_one_number_tells_nothing():
    assert pictures_needed(curve({10: 0.9}), 0.8) is None
    assert pictures_needed([], 0.8) is None


@pytest.mark.parametrize("position", [0, 1])
def test_a_run_that_could_not_read_a_picture_is_left_out(position):
    good = curve({10: 0.8, 40: 0.9})
    bad = outcome("transfer", some_right(3, 199), x=10)
    found = [bad, *good] if position == 0 else [*good, bad]
    assert pictures_needed(found, 0.85) == pictures_needed(good, 0.85)


def test_the_same_answers_give_the_same_interval():
    accuracies = {5: 0.7, 10: 0.8, 20: 0.9}
    assert found_for(accuracies, 0.85) == found_for(accuracies, 0.85)


def simulated(generator: np.random.Generator, total: int) -> list[Outcome]:
    """Draws of models on the same pictures, some hard for all: rising by 0.35 a doubling, in probits."""
    hardness = generator.normal(0, 0.8, total)
    found = []
    for size in SIZES:
        for draw in range(3):
            level = 0.3 + 0.35 * math.log2(size / SIZES[0]) + generator.normal(0, 0.1)
            right = generator.random(total) < stats.norm.cdf(level + hardness)
            found.append(outcome("transfer", right, x=size, draw=draw))
    return found


def test_the_interval_covers_the_truth():
    def truth(size: float) -> float:
        level = 0.3 + 0.35 * math.log2(size / SIZES[0])
        return float(stats.norm.cdf(level / math.sqrt(1 + 0.8**2 + 0.1**2)))

    target = truth(14.0)
    generator = np.random.default_rng(3)
    covered = 0
    for _ in range(SIMULATIONS):
        found = pictures_needed(simulated(generator, 100), target)
        assert found is not None
        covered += found.interval[0] <= 14 <= found.interval[1]
    assert covered / SIMULATIONS >= 0.93
