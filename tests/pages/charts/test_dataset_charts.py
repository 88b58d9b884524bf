import numpy as np
import pytest

from core.datasets.index import ClassDistribution
from core.datasets.sample import Sample
from pages.components.charts import dataset_charts as charts


def sample(width, height):
    return Sample("pictures/0.jpg", 0, "train", "a.jpg", "0" * 64, width, height)


def test_class_counts_has_one_bar_per_split_and_leaves_out_empty_ones():
    distribution = ClassDistribution(("cat", "dog"), {"train": (3, 4), "validation": (1, 1), "test": (0, 0)})
    figure = charts.class_counts(distribution)
    assert [(trace.name, list(trace.x)) for trace in figure.data] == [("Training", [3, 4]), ("Validation", [1, 1])]
    assert list(figure.layout.yaxis.ticktext) == ["cat", "dog"]


def test_class_changes_has_two_bars_per_class():
    figure = charts.class_changes({"cat": 5, "dog": 3}, {"cat": 4, "bird": 2})
    assert [(trace.name, list(trace.x)) for trace in figure.data] == [("Before", [5, 3, 0]), ("After", [4, 0, 2])]
    assert list(figure.layout.yaxis.ticktext) == ["cat", "dog", "bird"]
    # The numbers are beyond the bars, where nothing cuts them off, and large enough to read.
    assert {(trace.textposition, trace.textfont.size, trace.cliponaxis) for trace in figure.data} == {
        ("outside", 12, False)
    }
    assert figure.layout.xaxis.range[1] > 5


def test_side_histogram_counts_every_picture_by_its_shorter_side():
    figure = charts.side_histogram([sample(400, 30), sample(30, 40), sample(200, 250)])
    (bars,) = figure.data
    assert sum(bars.y) == 3
    assert bars.y[0] == 2
    assert bars.y[-1] == 1
    assert bars.customdata[0].startswith("30 to ")


def test_side_histogram_of_one_size_has_one_bar():
    assert sum(charts.side_histogram([sample(30, 30)] * 4).data[0].y) == 4


def test_histograms_of_nothing_are_empty():
    assert not any(charts.side_histogram([]).data[0].y)
    assert not any(charts.aspect_histogram([]).data[0].y)


@pytest.mark.parametrize(("width", "height", "place"), [(50, 50, 0), (100, 50, 1), (50, 100, -1), (4000, 10, 2)])
def test_aspect_histogram_measures_in_doublings(width, height, place):
    (bars,) = charts.aspect_histogram([sample(width, height)]).data
    (filled,) = np.flatnonzero(bars.y)
    assert bars.x[filled] == pytest.approx(place, abs=0.1)


def test_map_colours_the_chosen_classes_and_marks_pictures():
    coordinates = np.array([[0, 0], [1, 1], [0.5, 0.2], [0.1, 0.9]], dtype=np.float32)
    figure = charts.picture_map(
        coordinates, ["cat", "dog", "cat", "<b>"], ["a", "b", "c", "d"], ["cat", "dog"], marked=[2]
    )
    assert [trace.name for trace in figure.data] == ["Other classes", "cat", "dog", None, None, "To look at"]
    assert [list(trace.x) for trace in figure.data[1:3]] == [[0, 0.5], [1]]
    assert [row[0] for row in figure.data[1].customdata] == [0, 2]
    assert figure.data[0].customdata[0] == [3, "d", "&lt;b&gt;"]
    assert (figure.data[3].x[0], figure.data[3].y[0]) == pytest.approx((0.5, 0.2))
    assert figure.data[3].hoverinfo == "skip"


def test_map_marks_the_chosen_picture_in_two_colours():
    coordinates = np.array([[0, 0], [1, 1], [0.5, 0.2]], dtype=np.float32)
    figure = charts.picture_map(coordinates, ["cat"] * 3, ["a", "b", "c"], ["cat"], marked=[1], chosen=2)
    drawn = [trace for trace in figure.data if list(trace.x) != [None]]
    rings = [trace for trace in drawn if trace.legendgroup == "Chosen"]
    assert [(trace.x[0], trace.y[0]) for trace in rings] == [pytest.approx((0.5, 0.2))] * 2
    assert [trace.marker.color for trace in rings] == [charts.DARK, charts.CHOSEN]
    assert rings[0].marker.line.width > rings[1].marker.line.width
    assert min(trace.marker.size for trace in rings) > max(
        trace.marker.size for trace in drawn if trace.legendgroup != "Chosen"
    )
