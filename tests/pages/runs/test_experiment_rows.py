"""An experiment in the list of runs: one row, which opens."""

import pytest

from core.experiments.experiment import Arm, Experiment, Kind
from core.experiments.store import ExperimentStore
from core.runs.records.store import Run, RunStore

ARM = "frozen"


def train(trained: RunStore, experiment: Experiment) -> Run:
    """Puts a run for the experiment's arm into the queue."""
    good = trained.get("Good run")
    return trained.create(
        good.dataset_id, good.dataset_name, good.config, "recommended", "The arm", 3, experiment.id, ARM
    )


@pytest.fixture
def stopped(trained: RunStore) -> tuple[Experiment, Run]:
    """An experiment whose only run was stopped in the queue."""
    good = trained.get("Good run")
    arm = Arm(ARM, "frozen", 0, 0, "recommended", good.config)
    experiment = ExperimentStore(trained.home).create(Kind.RACE, good.dataset_id, good.dataset_name, [arm])
    run = train(trained, experiment)
    trained.request_stop(run.id)
    return experiment, run


def links(app) -> list[str]:
    return [link.proto.query_string for link in app.get("page_link")]


def test_an_experiment_is_one_row_that_opens_to_its_runs(open_page, stopped) -> None:
    experiment, run = stopped
    app = open_page("runs")
    assert len([item for item in app.caption if item.value.startswith("0 of 1 run, not complete · ")]) == 1
    assert f"experiment={experiment.id}" in links(app)
    assert f"run={run.id}" not in links(app)
    app.session_state[f"experiment_row_{experiment.id}"] = True
    app.run()
    assert f"run={run.id}" in links(app)


def test_a_row_stays_open_while_its_experiment_goes_on(open_page, trained: RunStore, stopped) -> None:
    """Streamlit takes an expander with another label for another expander, which is closed."""
    experiment, _ = stopped
    app = open_page("runs")
    app.session_state[f"experiment_row_{experiment.id}"] = True
    app.run()
    run = train(trained, experiment)
    app.run()
    assert f"run={run.id}" in links(app)
    assert len([item for item in app.caption if item.value.startswith("0 of 1 run, at work · ")]) == 1
