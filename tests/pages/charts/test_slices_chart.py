"""The accuracies of groups, drawn."""

import pytest

from core.evaluation.slices import GroupScore
from pages.components.charts.slices_chart import accuracies


def test_dots_and_intervals():
    scores = [GroupScore(0, 50, 45, 0.9, 0.9), GroupScore(1, 8, 4, 0.5, 0.5)]
    figure = accuracies(scores, ["Bright (over 200)", "<b>dark</b>"], 0.8)
    (dots,) = figure.data
    assert list(dots.x) == [0.9, 0.5]
    low, high = scores[0].interval
    assert (dots.x[0] - dots.error_x.arrayminus[0], dots.x[0] + dots.error_x.array[0]) == pytest.approx((low, high))
    assert list(dots.marker.symbol) == ["circle", "circle-open"]
    assert list(figure.layout.yaxis.ticktext) == ["Bright<br>(over 200)", "&lt;b&gt;dark&lt;/b&gt;"]
    assert figure.layout.shapes[0].x0 == 0.8
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1]
