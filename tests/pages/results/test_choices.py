"""What is chosen for one run isn't chosen for another."""

import shutil

import pytest

from core.runs.records.store import RunStatus
from tests.pages.conftest import fields, words


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
    fields(app)["at"].set_value(0.2)
    fields(app)["curves_of"].set_value("2").run()
    assert "At 0.2 it answers" in words(app)
    assert (app.query_params["at"], app.query_params["curves_of"]) == ("0.2", "2")
    app.query_params.clear()
    app.query_params["run"] = other.id
    app.run()
    assert app.title[0].value == "Other run"
    assert (fields(app)["at"].value, fields(app)["curves_of"].value) == (0, "0")


def test_a_choice_that_the_browser_does_not_know_of_yet_is_not_lost(open_page, trained):
    app = open_page("run", run=trained.get("Good run").id)
    fields(app)["at"].set_value(0.2).run()
    # The next request was sent before the address had the first choice.
    del app.query_params["at"]
    fields(app)["curves_of"].set_value("2").run()
    assert (app.query_params["at"], app.query_params["curves_of"]) == ("0.2", "2")
    assert "At 0.2 it answers" in words(app)


def test_the_default_is_not_written(open_page, trained):
    app = open_page("run", run=trained.get("Good run").id, at="0.2", curves_of="1")
    fields(app)["at"].set_value(0.0)
    fields(app)["curves_of"].set_value("0").run()
    assert "at" not in app.query_params
    assert "curves_of" not in app.query_params
