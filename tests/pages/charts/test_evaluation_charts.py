import numpy as np
import pytest

from core.evaluation.curves import ClassCurves
from pages.components.charts import evaluation_charts as charts

CURVES = ClassCurves(
    thresholds=np.array([0.9, 0.6, 0.2]),
    true_positive_rates=np.array([0.5, 1.0, 1.0]),
    false_positive_rates=np.array([0.0, 0.25, 1.0]),
    precisions=np.array([1.0, 2 / 3, 1 / 3]),
    num_positives=2,
    num_negatives=4,
)


def test_confusion_matrix_shows_counts_and_colours_shares():
    figure = charts.confusion_matrix(np.array([[8, 2], [1, 3]]), ["cat", "dog"])
    heat, written = figure.data
    assert [list(row) for row in heat.text] == [[8, 2], [1, 3]]
    assert list(zip(written.y, written.x, written.text, strict=True)) == [
        (0, 0, "8"),
        (0, 1, "2"),
        (1, 0, "1"),
        (1, 1, "3"),
    ]
    assert list(heat.z[0]) == [0.8, 0.2]
    assert list(heat.customdata[0][1]) == ["cat", "taken for dog"]
    assert not figure.layout.shapes


def test_confusion_matrix_has_a_column_for_no_answer_even_beside_a_class_of_that_name():
    figure = charts.confusion_matrix(np.array([[8, 0, 2], [1, 3, 0]]), ["cat", "No answer"])
    heat = figure.data[0]
    assert list(heat.z[0]) == [0.8, 0, 0.2]
    assert list(heat.customdata[1][1]) == ["No answer", "taken for No answer"]
    assert list(heat.customdata[1][2]) == ["No answer", "without an answer"]
    assert list(figure.layout.xaxis.ticktext) == ["cat", "No answer", "No answer"]
    assert list(figure.layout.yaxis.ticktext) == ["cat", "No answer"]


def test_chosen_cell_is_marked():
    figure = charts.confusion_matrix(np.array([[8, 2], [1, 3]]), ["cat", "dog"], chosen=(0, 1))
    assert {(shape.x0, shape.x1, shape.y0, shape.y1) for shape in figure.layout.shapes} == {(0.5, 1.5, -0.5, 0.5)}


@pytest.mark.parametrize(("num_classes", "is_labelled"), [(20, True), (21, False)])
def test_confusion_matrix_names_every_class_or_none(num_classes, is_labelled):
    names = [f"a kind of flower with number {number}" for number in range(num_classes)]
    figure = charts.confusion_matrix(np.eye(num_classes, dtype=int), names)
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        assert axis.showticklabels is is_labelled
        assert list(axis.tickvals) == list(range(num_classes))
        assert axis.ticktext[-1] == f"a kind o…mber {num_classes - 1}"
    assert len(figure.data) == 1 + is_labelled
    assert figure.data[0].customdata[0][0][0] == "a kind of flow…with number 0"


def test_confusion_matrix_of_a_class_without_pictures_has_no_nan():
    assert charts.confusion_matrix(np.array([[0, 0], [1, 3]]), ["cat", "dog"]).data[0].z[0] == [0, 0]


def test_roc_curve_begins_at_nothing_and_marks_the_threshold():
    guessing, line, mark = charts.roc_curve(CURVES, 0.5).data
    assert (guessing.name, mark.name) == ("Guessing", "At 0.5")
    assert list(line.x) == [0, 0.0, 0.25, 1.0]
    assert list(line.y) == [0, 0.5, 1.0, 1.0]
    # The last point that is reached from this probability on.
    assert (mark.x[0], mark.y[0]) == (0.25, 1.0)


def test_precision_is_drawn_against_recall_beside_the_share_of_the_class():
    guessing, line, mark = charts.precision_recall_curve(CURVES, 0.9).data
    assert list(guessing.y) == [pytest.approx(1 / 3)] * 2
    assert list(line.x) == [0.5, 1.0, 1.0]
    assert list(line.y) == [1.0, pytest.approx(2 / 3), pytest.approx(1 / 3)]
    assert (mark.x[0], mark.y[0]) == (0.5, 1.0)


@pytest.mark.parametrize("threshold", [0.0, 0.95])
@pytest.mark.parametrize("draw", [charts.roc_curve, charts.precision_recall_curve])
def test_no_threshold_and_one_that_no_picture_reaches_are_not_marked(draw, threshold):
    assert len(draw(CURVES, threshold).data) == 2
