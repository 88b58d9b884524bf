"""A race in one click, without any data set."""

import pytest

from core.datasets.store.store import DatasetStore
from core.experiments import progress
from core.experiments.store import ExperimentStore
from core.runs.records.store import RunStore
from tests.pages.conftest import button


@pytest.mark.slow
def test_one_click_imports_a_sample_and_starts_three_runs(open_page, home) -> None:
    app = button(open_page("home"), "Start a race").click().run()
    assert not app.exception
    (race,) = ExperimentStore(home.home).list()
    runs = RunStore(home.database)
    assert [run.arm for run in reversed(runs.list())] == ["frozen", "fine_tuned", "scratch"]
    assert [dataset.name for dataset in DatasetStore(home).list()] == ["Puzzle pieces"]
    progress.stop(runs, race)
