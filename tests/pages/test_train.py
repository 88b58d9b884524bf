"""The page that trains: from a data set to a run, and back to the form."""

import pytest

from core.config.recipes import recipe_config
from core.datasets.store.store import DatasetStore
from core.runs.records.store import RunStatus, RunStore
from pages.components.shell import session
from tests.conftest import draw_folder
from tests.pages.conftest import button, fields, words

pytestmark = pytest.mark.usefixtures("all_groups")


def test_without_data_start_is_disabled_and_the_next_step_is_shown(open_page):
    app = open_page("train")
    assert button(app, "Start training").disabled
    assert "There is no data set to train on yet" in app.info[0].value
    assert button(app, "Bring pictures").click().run().title[0].value == "Data"


def test_start_submits_the_configuration_and_goes_to_the_run(open_page, home, shapes):
    DatasetStore(home).set_validation_split(shapes.id, 0.3)
    app = open_page("train")
    fields(app)["epochs"].set_value(2).run()
    fields(app)["image_size"].set_value(64).run()
    app = button(app, "Start training").click().run()
    (run,) = RunStore(home.database).list()
    assert (run.config.optimization.epochs, run.config.image_size, run.config.validation_split) == (2, 64, 0.3)
    assert run.dataset_id == shapes.id
    assert app.query_params["run"] == run.id


def test_choices_survive_other_pages(open_page, app, shapes):
    app = open_page("train")
    fields(app)["epochs"].set_value(17).run()
    fields(app)["seed"].set_value(5).run()
    app.switch_page("pages/data.py").run()
    app.switch_page("pages/train.py").run()
    assert fields(app)["epochs"].value == 17
    assert fields(app)["seed"].value == 5


def test_untouched_fields_follow_another_data_set(open_page, home, shapes, tmp_path):
    large = DatasetStore(home).import_source(draw_folder(tmp_path / "large", 120, seed=1), name="Large")
    app = open_page("train")
    assert fields(app)["epochs"].value == recipe_config("recommended", 288).optimization.epochs
    fields(app)["batch_size"].set_value(12).run()
    app.selectbox[0].set_value(shapes.id).run()
    assert fields(app)["epochs"].value == recipe_config("recommended", 24).optimization.epochs
    assert fields(app)["batch_size"].value == 12
    assert large.id != shapes.id


def test_run_that_failed_leads_back_to_its_settings(open_page, trained):
    failed = trained.get("Failed run")
    assert failed.status == RunStatus.FAILED
    app = button(open_page("run", run=failed.id), "Back to the set-up with these settings").click().run()
    assert app.title[0].value == "Train a model"
    assert fields(app)["weights"].value == "/nowhere.h5"
    assert fields(app)["epochs"].value == 3
    assert button(app, "Start training").disabled
    assert "The weight file /nowhere.h5 is gone" in words(app).replace("\\", "")


def test_choosing_another_data_set_works_every_time(open_page, home, shapes, tmp_path):
    other = DatasetStore(home).import_source(draw_folder(tmp_path / "other", 8, seed=1), name="Other")
    app = open_page("train")
    for dataset in (shapes, other, shapes, other):
        app.selectbox(key="dataset_choice").set_value(dataset.id).run()
        assert not app.exception
        choice = app.selectbox(key="dataset_choice")
        assert choice.value == dataset.id
        # What a browser shows that draws the field anew.
        assert choice.proto.options[choice.proto.default] == dataset.name
        assert app.session_state[session.CHOSEN_DATASET] == dataset.id
        assert f"{len(dataset.samples)} pictures: " in words(app)
    app.switch_page("pages/data.py")
    app.query_params["section"] = "pictures"
    assert app.run().title[0].value == "Other"
