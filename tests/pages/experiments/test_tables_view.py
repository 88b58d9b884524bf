"""The runs of an experiment as a table."""

from core.experiments.experiment import Kind


def test_the_table_has_a_row_for_each_position_and_links_to_the_runs(open_page, make_experiment, trained) -> None:
    experiment = make_experiment(Kind.SAMPLES)
    app = open_page("demo", experiment=experiment.id)
    links = [link.proto.query_string for link in app.get("page_link")]
    runs = [run.id for run in trained.list() if run.experiment_id == experiment.id]
    assert len(runs) == len(experiment.arms)
    assert all(f"run={run_id}" in links for run_id in runs)
