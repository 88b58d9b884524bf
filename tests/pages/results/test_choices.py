"""What is chosen for one run isn't chosen for another."""

import shutil

import pytest

from core.runs.records.store import RunStatus
from tests.pages.conftest import words


@pytest.fixture
def other(trained):
    """A second run with the same model."""
    run = trained.get("Good run")
    other = trained.create(run.dataset_id, run.dataset_name, run.config, name="Other run")
    trained.claim(slots=1)
    shutil.copytree(trained.folder(run.id), trained.folder(other.id), dirs_exist_ok=True)
    trained.finish(other.id, RunStatus.COMPLETED, metrics=run.metrics)
    return other


def test_another_run_begins_without_the_choices_of_the_last_one(open_page, trained, other):
    run = trained.get("Good run")
    app = open_page("run", run=run.id)
    app.slider(key="at").set_value(0.2)
    app.selectbox(key="curves_of").set_value("stripes").run()
    assert "At 0.2 it answers" in words(app)
    app.query_params["run"] = other.id
    app.run()
    assert app.title[0].value == "Other run"
    assert (app.slider(key="at").value, app.selectbox(key="curves_of").value) == (0, "circle")
