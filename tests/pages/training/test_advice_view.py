"""What the features are worth, on the form: offered, measured, shown at once where they are at hand."""

import pytest

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.forecast import advice_wording
from core.processes.inference_client import ESTIMATES_LOG_NAME
from pages.components.training import advanced_form, cached_estimates, estimates, setup_form
from tests.pages.conftest import button, fields, words

PATIENCE_SECONDS = 90


@pytest.fixture
def shapes(home, shape_folder):
    return DatasetStore(home).import_source(shape_folder, name="Shapes")


@pytest.fixture
def app(app):
    """The app, with all groups of fields open."""
    for name in advanced_form.GROUPS:
        app.session_state[advanced_form.group_key(name)] = True
    return app


def answered(app, shapes, computes):
    """Waits for the answer to the form's question, like its timer."""
    values = {name: fields(app)[name].value for name in setup_form.FIELDS}
    config = TrainingConfig().with_options(**values, validation_split=shapes.validation_split)
    question = estimates.advice_question(config, shapes.id, computes)
    if not computes:
        cached_estimates.advice().ask(question)
    found = cached_estimates.advice().wait(question, PATIENCE_SECONDS)
    app.run()
    assert not app.exception
    return found.result


def keys(app):
    return {item.key for item in app.button}


@pytest.mark.slow
def test_the_form_offers_to_measure_and_then_says_what_to_expect(open_page, home, shapes):
    app = open_page("train")
    assert "Looking what is known of these pictures" in words(app)
    assert not (home.home / ESTIMATES_LOG_NAME).exists(), "the first drawing asks nothing"
    assert answered(app, shapes, computes=False).num_missing == 24
    assert "24 pictures would go through it first" in words(app)

    button(app, "Measure before training").click().run()
    assert "What is read is kept for training" in words(app)
    found = answered(app, shapes, computes=True)
    assert found.num_tried == 24
    expected = advice_wording.measured(found)
    assert expected in words(app).replace("\\", "")
    assert advice_wording.outlook(found) in words(app).replace("\\", "")
    assert "measure_advice" not in keys(app)
    fields(app)["epochs"].set_value(7).run()
    assert expected in words(app).replace("\\", ""), "epochs change nothing of the features"

    # Another network is another question.
    fields(app)["backbone"].set_value("mobilenetv2").run()
    assert expected not in words(app).replace("\\", "")
    assert "measure_advice" not in keys(app), "its weights aren't here"


@pytest.mark.slow
def test_what_a_run_has_read_is_measured_without_being_asked(open_page, home, trained):
    (shapes,) = DatasetStore(home).list()
    app = open_page("train")
    fields(app)["image_size"].set_value(64).run()
    found = answered(app, shapes, computes=False)
    assert found.num_tried == 24
    assert advice_wording.measured(found) in words(app).replace("\\", "")
    assert "measure_advice" not in keys(app)


def test_from_scratch_nothing_is_offered(open_page, shapes):
    app = open_page("train")
    fields(app)["weights"].set_value("none").run()
    assert "Looking what is known" not in words(app)
