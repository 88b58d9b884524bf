import pytest

from core.config.training_config import TrainingConfig
from core.events import Event
from core.forecast.rate_curve import RateCurve
from pages.components.charts import charts


def epoch(number, **metrics):
    return Event("head", number, 10, metrics, epoch=number)


def curve_events():
    return [
        Event("features", 5, 10),
        epoch(1, accuracy=0.7, val_accuracy=0.6, loss=0.6, val_loss=0.7),
        epoch(2, accuracy=0.9, val_accuracy=0.8, loss=0.3, val_loss=0.4),
    ]


def test_learning_curve_has_one_point_per_epoch_for_each_curve():
    figure = charts.learning_curve(curve_events(), "accuracy", TrainingConfig().with_options(epochs=10))
    assert [trace.name for trace in figure.data] == ["Validation", "Training"]
    assert list(figure.data[0].x) == [1, 2]
    assert list(figure.data[0].y) == [0.6, 0.8]
    assert list(figure.data[1].y) == [0.7, 0.9]


def test_axis_of_a_run_that_ended_early_ends_with_its_last_epoch():
    config, events = TrainingConfig().with_options(epochs=600), curve_events()
    assert charts.learning_curve(events, "accuracy", config).layout.xaxis.range[1] == 600.5
    ended = charts.learning_curve(events, "accuracy", config, has_ended=True)
    assert ended.layout.xaxis.range[1] == max(event.epoch for event in events) + 0.5


def test_learning_curve_axis_is_as_long_as_the_run_from_its_first_point_on():
    for events in ([], curve_events()[:2], curve_events()):
        figure = charts.learning_curve(events, "loss", TrainingConfig().with_options(epochs=10))
        assert tuple(figure.layout.xaxis.range) == (0.5, 10.5)


def test_learning_curve_marks_where_fine_tuning_begins():
    config = TrainingConfig().with_options(epochs=4, trainable_blocks=2, head_epochs=3)
    figure = charts.learning_curve(curve_events(), "accuracy", config)
    assert [shape.x0 for shape in figure.layout.shapes] == [3.5]
    assert figure.layout.annotations[0].text == "fine-tuning"
    assert tuple(figure.layout.xaxis.range) == (0.5, 7.5)


def test_learning_curve_without_fine_tuning_marks_nothing():
    assert not charts.learning_curve(curve_events(), "accuracy", TrainingConfig()).layout.shapes


def test_learning_curve_keeps_zoom_while_it_grows():
    first = charts.learning_curve(curve_events()[:2], "loss", TrainingConfig())
    second = charts.learning_curve(curve_events(), "loss", TrainingConfig())
    assert first.layout.uirevision == second.layout.uirevision


def test_comparison_has_one_line_per_run():
    figure = charts.comparison({"first": curve_events(), "<b>second</b>": curve_events()[:2]}, "val_accuracy")
    assert [trace.name for trace in figure.data] == ["first", "&lt;b&gt;second&lt;/b&gt;"]
    assert list(figure.data[0].y) == [0.6, 0.8]
    assert figure.layout.yaxis.title.text == "Validation accuracy"


def test_names_are_escaped_and_shortened():
    assert charts.label("<a href='x'>cat</a>") == "&lt;a href='x'&gt;cat&lt;/a&gt;"
    assert charts.label("a" * 25 + "b" * 25) == "a" * 14 + "…" + "b" * 13


def test_compared_runs_differ_in_name_dash_and_marker():
    names = [f"Flowers with a name that goes on and on and on, {recipe}" for recipe in ("Recommended", "Fine-tuned")]
    figure = charts.comparison(dict.fromkeys(names, curve_events()), "val_accuracy")
    first, second = figure.data
    assert first.name.endswith(", Recommended")
    assert second.name.endswith(", Fine-tuned")
    assert first.line.dash != second.line.dash
    assert first.marker.symbol != second.marker.symbol


def test_rate_curve_marks_the_suggestion_on_the_line():
    curve = RateCurve(rates=(1e-4, 1e-3, 1e-2, 1e-1), losses=(1.0, 0.8, 0.4, 0.9), suggestion=1e-2)
    figure = charts.rate_curve(curve)
    line, mark = figure.data
    assert figure.layout.xaxis.type == "log"
    assert list(line.y) == [1.0, 0.8, 0.4, 0.9]
    assert (mark.x[0], mark.y[0], mark.text[0]) == (1e-2, pytest.approx(0.4), "1e-02")
