"""Setting up an experiment."""

import pytest

from core.experiments import words
from core.experiments.experiment import Kind
from core.experiments.plans import PLANS
from core.experiments.progress import ExperimentStatus, state_of
from core.experiments.store import ExperimentStore
from core.runs import queue
from core.runs.records.store import RunStore
from core.settings import Settings
from tests.pages.conftest import button


# The others differ only in their plans.
@pytest.mark.parametrize("kind", [Kind.RACE, Kind.AUGMENTATION])
def test_a_kind_can_be_started_in_one_click(open_page, trained: RunStore, home: Settings, kind: Kind) -> None:
    app = open_page("demo", kind=kind.value)
    app = button(app, "Start").click().run()
    assert not app.exception
    (experiment,) = ExperimentStore(home.home).list()
    assert experiment.kind == kind
    assert experiment.dataset_name == "Shapes"
    state = state_of(experiment, trained.list())
    assert state.status == ExperimentStatus.AT_WORK
    assert len(state.runs) == len(state.arms) > 0
    assert app.query_params["experiment"] == experiment.id
    for run in reversed(state.runs):
        queue.stop(trained, run.id)


@pytest.mark.parametrize("kind", PLANS)
def test_every_kind_can_be_set_up(open_page, trained: RunStore, kind: Kind) -> None:
    app = open_page("demo", kind=kind.value)
    assert app.title[0].value == words.TITLES[kind]
    assert not button(app, "Start").disabled


def test_built_in_samples_can_be_chosen_without_any_data_set(open_page, app, home: Settings) -> None:
    app = open_page("demo", kind="race")
    assert app.selectbox(key="experiment_pictures").options[0].startswith("Puzzle pieces (built-in sample")


def test_an_invalid_choice_is_said_and_nothing_starts(open_page, trained, home: Settings) -> None:
    app = open_page("demo", kind="race")
    app.multiselect(key="experiment_lanes").set_value(["frozen"]).run()
    assert "two or more lanes" in app.error[0].value
    assert button(app, "Start").disabled
    assert ExperimentStore(home.home).list() == []
