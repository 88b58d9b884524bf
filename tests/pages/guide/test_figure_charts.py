"""Charts show what was recorded."""

import pytest

from pages.components.guide import figure_charts, recorded
from pages.components.guide.figure_words import LEAST_COUNT, name_of
from tests.pages.guide.test_recorded import NAMES

CHARTS = [name for name in NAMES if not recorded.load(name).picture]


@pytest.mark.parametrize("name", CHARTS)
def test_every_arm_is_drawn_with_its_values(name: str):
    figure = recorded.load(name)
    drawn = figure_charts.chart(figure)
    traces = {trace.name: trace for trace in drawn.data}
    if name == "unlike":
        assert [list(row) for row in drawn.data[0].z] == [list(line.y) for line in figure.lines]
        return
    for line in figure.lines:
        trace = traces[name_of(line.code)]
        drawn_values = [
            value for index, value in enumerate(line.y) if not line.count or line.count[index] >= LEAST_COUNT
        ]
        assert list(trace.y) == drawn_values and drawn_values
        if line.low:
            tops = [value + up for value, up in zip(trace.y, trace.error_y.array, strict=True)]
            assert tops == pytest.approx(list(line.high))
    assert drawn.layout.showlegend is (len(figure.lines) > 1)


@pytest.mark.parametrize("name", CHARTS)
def test_no_value_lies_outside_its_axis(name: str):
    shown = figure_charts.chart(recorded.load(name)).layout.yaxis.range
    for line in recorded.load(name).lines if shown else ():
        assert shown[0] <= min(line.low or line.y) and max(line.y) <= shown[1]
