"""An experiment in the list of runs: one row, which opens."""

from core.experiments.experiment import Arm, Kind
from core.experiments.store import ExperimentStore
from core.runs.records.store import RunStore


def test_an_experiment_is_one_row_that_opens_to_its_runs(open_page, trained: RunStore) -> None:
    good = trained.get("Good run")
    arm = Arm("frozen", "frozen", 0, 0, "recommended", good.config)
    experiment = ExperimentStore(trained.home).create(Kind.RACE, good.dataset_id, good.dataset_name, [arm])
    run = trained.create(
        good.dataset_id, good.dataset_name, good.config, "recommended", "The arm", 3, experiment.id, "frozen"
    )
    trained.request_stop(run.id)
    app = open_page("runs")
    rows = [item.label for item in app.expander]
    assert len([label for label in rows if "0 of 1 run, not complete" in label]) == 1
    assert f"run={run.id}" not in [link.proto.query_string for link in app.get("page_link")]
    app.session_state[f"experiment_row_{experiment.id}"] = True
    app.run()
    links = [link.proto.query_string for link in app.get("page_link")]
    assert f"run={run.id}" in links
    assert f"experiment={experiment.id}" in links
