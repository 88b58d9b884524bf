"""The page of an experiment."""

import pytest

from core.experiments.experiment import Kind
from core.experiments.plans import PLANS
from core.experiments.progress import ExperimentStatus, state_of
from core.experiments.store import ExperimentStore
from core.runs import queue
from core.runs.records.store import RunStore
from tests.pages.conftest import button, words


@pytest.mark.parametrize("kind", PLANS)
def test_every_kind_says_what_came_out(open_page, make_experiment, kind: Kind) -> None:
    experiment = make_experiment(kind, lambda arm: 30 if arm.lane in ("scratch", "published") else 3)
    app = open_page("demo", experiment=experiment.id)
    assert "Shapes" in app.title[0].value
    assert not app.info
    assert not app.error
    assert "right" in words(app) or "points" in words(app)
    assert "All numbers" in [item.label for item in app.expander]
    assert "Replay" in [item.label for item in app.button]


def test_a_race_has_a_commentary(open_page, make_experiment) -> None:
    experiment = make_experiment(Kind.RACE, lambda arm: 30 if arm.lane == "scratch" else 3)
    text = words(open_page("demo", experiment=experiment.id))
    assert "the frozen network already beats 3 epochs from scratch" in text.replace("\\", "")
    assert "Pretrained features **gain 45 points" in text


def test_what_is_missing_can_be_trained(open_page, make_experiment, trained: RunStore) -> None:
    experiment = make_experiment(Kind.RACE, lambda arm: None if arm.lane == "scratch" else 2)
    app = open_page("demo", experiment=experiment.id)
    assert "missing or ended early" in app.info[0].value
    app = button(app, "Go on").click().run()
    assert not app.exception
    state = state_of(experiment, trained.list())
    assert state.status == ExperimentStatus.AT_WORK
    assert button(app, "Stop")
    assert any("2 of 3 runs done" in item.value for item in app.caption)
    button(app, "Stop").click().run()
    for run in state_of(experiment, trained.list()).runs:
        assert run.stop_requested or run.status.is_finished
        queue.stop(trained, run.id)


def test_the_accuracy_asked_for_can_be_changed(open_page, make_experiment) -> None:
    experiment = make_experiment(Kind.SAMPLES, lambda arm: round(30 / arm.x) * 2)
    app = open_page("demo", experiment=experiment.id)
    assert "95 %" in words(app)
    app.select_slider(key="experiment_target").set_value(80).run()
    assert "80 %" in words(app)


def test_an_experiment_that_is_gone(open_page, trained) -> None:
    app = open_page("demo", experiment="00000000")
    assert "There is no such experiment" in app.info[0].value


def test_deleting_is_asked_about_first(open_page, make_experiment, home) -> None:
    experiment = make_experiment(Kind.AUGMENTATION)
    app = button(open_page("demo", experiment=experiment.id), "Delete this experiment").click().run()
    assert "with its runs and models" in words(app)
    assert ExperimentStore(home.home).list() == [experiment]
