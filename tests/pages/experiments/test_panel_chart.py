"""A panel of a recording as a figure."""

from core.experiments.recording import Lane, Panel, Point
from pages.components.experiments.panel_chart import panel_chart


def test_lines_are_in_order_and_have_whiskers_where_there_are_intervals() -> None:
    band = (Point(2, 10, 0.8, 0.7, 0.9), Point(1, 5, 0.6, 0.5, 0.65))
    figure = panel_chart(Panel("Accuracy", "Pictures", "Accuracy", True, (Lane("<b>x</b>", band), Lane("y", ()))))
    first, second = figure.data
    assert first.x == (5, 10)
    assert first.y == (0.6, 0.8)
    assert [round(value, 6) for value in first.error_y.array] == [0.05, 0.1]
    assert [round(value, 6) for value in first.error_y.arrayminus] == [0.1, 0.1]
    assert first.name == "&lt;b&gt;x&lt;/b&gt;"
    assert second.error_y.array is None
    assert figure.layout.yaxis.range[0] == 0.45


def test_other_numbers_than_shares_have_no_percent() -> None:
    figure = panel_chart(Panel("Loss", "Epoch", "Loss", False, (Lane("x", (Point(0, 1, 2.5),)),)))
    assert figure.layout.yaxis.tickformat is None
    assert figure.data[0].mode == "markers"
