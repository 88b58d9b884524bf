import pytest

from core.evaluation.evaluation import wilson_interval
from core.forecast.advice import Advice


def test_accuracy_and_interval_are_those_of_the_counts():
    found = Advice("efficientnet_lite0", num_right=93, num_tried=100)
    assert found.accuracy == pytest.approx(0.93)
    assert found.interval == wilson_interval(93, 100)


def test_before_anything_was_measured_everything_is_possible():
    found = Advice("efficientnet_lite0", num_missing=40)
    assert found.accuracy == 0.0
    assert found.interval == (0.0, 1.0)
