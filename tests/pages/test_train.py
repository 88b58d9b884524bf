from threading import Event

import psutil
import pytest

from core.backbones import availability
from core.backbones.table import get_backbone
from core.config.recipes import explain_recommended, recipe_config
from core.config.training_config import SETTINGS, TrainingConfig, option_names
from core.datasets.store.store import DatasetStore
from core.events import Event as Progress
from core.forecast import wording as forecasts
from core.forecast.wording import shortage
from core.processes.inference_client import ESTIMATES_LOG_NAME, LOG_NAME
from core.runs import queue
from core.runs.records.store import RunStatus, RunStore
from core.runs.worker.liveness import worker_lock
from pages.components.shell import session
from pages.components.training import advanced_form, cached_estimates, connection, estimates, setup_form
from tests.conftest import draw_folder
from tests.pages.conftest import button, fields, wait_until, words


@pytest.fixture
def shapes(home, shape_folder):
    return DatasetStore(home).import_source(shape_folder, name="Shapes")


@pytest.fixture
def app(app):
    """The app, with all groups of fields open."""
    for name in advanced_form.GROUPS:
        app.session_state[advanced_form.group_key(name)] = True
    return app


PATIENCE_SECONDS = 90


def picture(app):
    """Returns the picture of the network."""
    (found,) = [item.proto.body for item in app.get("html") if 'class="network"' in item.proto.body]
    return found


def form_values(app):
    return {name: fields(app)[name].value for name in setup_form.FIELDS}


def test_without_data_start_is_disabled_and_the_next_step_is_shown(open_page):
    app = open_page("train")
    assert button(app, "Start training").disabled
    assert "There is no data set to train on yet" in app.info[0].value
    assert button(app, "Bring pictures").click().run().title[0].value == "Data"


def test_every_field_has_a_widget_of_its_name(open_page, shapes):
    app = open_page("train")
    assert set(option_names()) - {"validation_split"} <= fields(app).keys()


def test_form_starts_with_the_recommended_recipe(open_page, shapes):
    app = open_page("train")
    expected = recipe_config("recommended", 24).options()
    assert form_values(app) == {name: expected[name] for name in setup_form.FIELDS}
    assert "3,843 trainable parameters" in picture(app)
    assert "75\\.1 % of ImageNet" in words(app)
    assert button(app, "Start training").disabled is False


@pytest.mark.parametrize("recipe", ["article", "fine_tune"])
def test_recipe_fills_the_form(open_page, shapes, recipe):
    app = open_page("train")
    fields(app)["recipe"].set_value(recipe).run()
    expected = recipe_config(recipe, 24).options()
    assert not app.exception
    assert form_values(app) == {name: expected[name] for name in setup_form.FIELDS}


def test_recommended_says_what_it_chose_and_why_until_something_is_changed(open_page, shapes):
    reasons = explain_recommended(recipe_config("recommended", 24), 24, 3)
    app = open_page("train")
    assert reasons in words(app)
    fields(app)["epochs"].set_value(7).run()
    assert reasons not in words(app)
    fields(app)["epochs"].set_value(recipe_config("recommended", 24).optimization.epochs).run()
    assert reasons in words(app)
    fields(app)["recipe"].set_value("article").run()
    assert reasons not in words(app)


def test_the_page_does_not_wait_for_the_forecast_and_costs_nothing_unseen(open_page, home, shapes):
    app = open_page("train")
    assert "Measuring this machine" in words(app)
    assert not button(app, "Start training").disabled
    fields(app)["epochs"].set_value(7).run()
    assert not (home.home / LOG_NAME).exists()
    assert not (home.home / ESTIMATES_LOG_NAME).exists()


def measured(app, shapes):
    """Waits for the form's forecast, like its timer."""
    config = TrainingConfig().with_options(**form_values(app), validation_split=shapes.validation_split)
    question = estimates.time_question(config, shapes.id)
    cached_estimates.forecasts().ask(question)
    found = cached_estimates.forecasts().wait(question, PATIENCE_SECONDS)
    app.run()
    assert not app.exception
    return found


@pytest.mark.slow
def test_forecast_stands_beside_start_and_follows_the_form(open_page, shapes):
    app = open_page("train")
    fields(app)["image_size"].set_value(64).run()
    found = measured(app, shapes).result
    sentence = forecasts.details(found)
    assert sentence in words(app).replace("\\", "")
    assert f"**{forecasts.total(found)}**" in words(app)
    fields(app)["learning_rate"].set_value(0.5).run()
    assert sentence in words(app).replace("\\", ""), "a rate changes nothing of the time"
    fields(app)["epochs"].set_value(1000).run()
    assert "Measuring this machine" in words(app)
    assert "measuring" in fields(app)["recipe"].proto.captions[2]
    longer = measured(app, shapes).result
    assert forecasts.total(longer) in words(app)
    assert forecasts.details(longer) in words(app).replace("\\", "")

    fields(app)["flip"].set_value(True).run()
    fields(app)["views"].set_value(4).run()
    assert "4 copies of each of 24 training pictures, 3 of them changed: 96 to read." in words(app)
    assert measured(app, shapes).result.views_seconds > 0
    assert "96 to read, " in words(app)

    for picture in shapes.folder.glob("pictures/*"):
        picture.unlink()
    fields(app)["image_size"].set_value(96).run()
    assert measured(app, shapes).error
    assert "No forecast." in words(app)
    assert not button(app, "Start training").disabled


@pytest.mark.slow
def test_a_card_says_how_long_its_recipe_takes(open_page, shapes):
    app = open_page("train")
    assert "measuring … · works offline" in fields(app)["recipe"].proto.captions[0]
    found = measured(app, shapes)
    time = forecasts.about(found.result.total_seconds)
    assert f"**{time}** · works offline" in fields(app)["recipe"].proto.captions[0]


@pytest.mark.slow
def test_a_rate_is_found_shown_and_applied_with_one_click(open_page, shapes):
    app = open_page("train")
    fields(app)["image_size"].set_value(64).run()
    button(app, "Find a learning rate").click().run()
    assert "Looking for a learning rate" in words(app)
    config = TrainingConfig().with_options(**form_values(app), validation_split=shapes.validation_split)
    question = estimates.rate_question(config, shapes.id)
    curve = cached_estimates.rate_curves().wait(question, PATIENCE_SECONDS).result
    app.run()
    rate = f"{curve.suggestion:.0e}"
    assert f"falling fastest at {rate}" in app.get("plotly_chart")[0].proto.alt
    button(app, f"Use {rate}").click().run()
    assert fields(app)["learning_rate"].value == curve.suggestion
    assert button(app, f"Use {rate}"), "the curve stays when its suggestion is taken"
    fields(app)["batch_size"].set_value(8).run()
    assert "use_rate" not in {item.key for item in app.button}

    for picture in shapes.folder.glob("pictures/*"):
        picture.unlink()
    fields(app)["image_size"].set_value(96).run()
    button(app, "Find a learning rate").click().run()
    config = TrainingConfig().with_options(**form_values(app), validation_split=shapes.validation_split)
    cached_estimates.rate_curves().wait(estimates.rate_question(config, shapes.id), PATIENCE_SECONDS)
    app.run()
    assert app.warning


@pytest.mark.slow
def test_a_rate_search_shows_its_progress_and_can_be_cancelled(open_page, home, tmp_path):
    DatasetStore(home).import_source(draw_folder(tmp_path / "many", 120, seed=1), name="Many")
    app = open_page("train")
    fields(app)["image_size"].set_value(320).run()
    app = button(app, "Find a learning rate").click().run()
    (question, _) = app.session_state["rate_asked"]
    curves = cached_estimates.rate_curves()
    reading = "Reading pictures through the network"

    def is_reading() -> bool:
        curves.ask(question)  # Like the page's timer.
        return (curves.progress(question) or Progress("")).phase == "features"

    wait_until(is_reading)
    assert reading in app.run().get("progress")[0].proto.text
    asked = fields(app)["batch_size"].value
    button(app, "Cancel").click().run()
    assert "Looking for a learning rate" not in words(app)
    assert "Cancel" not in [item.label for item in app.button]
    wait_until(lambda: curves.progress(question) is None)
    assert curves.get(question) is None

    button(app, "Find a learning rate").click().run()
    wait_until(lambda: curves.ask(question) or curves.progress(question) is not None)
    fields(app)["batch_size"].set_value(asked // 2).run()
    wait_until(lambda: curves.progress(question) is None)
    assert curves.get(question) is None, "what the form doesn't ask any more isn't looked for any more"
    assert "Looking for a learning rate" not in words(app)


def test_another_backbone_brings_its_own_size(open_page, shapes):
    app = open_page("train")
    fields(app)["trainable_blocks"].set_value(9).run()
    fields(app)["backbone"].set_value("inceptionv3").run()
    assert fields(app)["image_size"].value == 299
    assert fields(app)["trainable_blocks"].value == 5


def test_from_scratch_trains_every_block(open_page, shapes):
    app = open_page("train")
    fields(app)["weights"].set_value("none").run()
    assert fields(app)["trainable_blocks"].value == 9
    fields(app)["weights"].set_value("imagenet").run()
    assert fields(app)["trainable_blocks"].value == 0


NUMBERS = ("learning_rate", "fine_tune_learning_rate", "rate_decay", "head_epochs", "views")


def locked(app):
    return {name for name in NUMBERS if fields(app)[name].disabled}


def test_settings_that_are_not_used_are_locked_and_say_why(open_page, shapes):
    app = open_page("train")
    fields(app)["flip"].set_value(True).run()
    assert locked(app) == {"fine_tune_learning_rate", "rate_decay", "head_epochs"}
    assert fields(app)["rate_decay"].help.endswith("1 gives all the same rate. Not used while all blocks stay frozen.")
    fields(app)["trainable_blocks"].set_value(2).run()
    assert not locked(app)
    assert "Not used" not in fields(app)["rate_decay"].help
    fields(app)["head_epochs"].set_value(0).run()
    assert locked(app) == {"learning_rate"}
    assert "the head is never trained alone" in fields(app)["learning_rate"].help
    assert button(app, "Find a learning rate").disabled
    fields(app)["flip"].set_value(False).run()
    assert locked(app) == {"learning_rate", "views"}


def test_from_scratch_the_only_rate_says_what_it_applies_to(open_page, shapes):
    app = open_page("train")
    fields(app)["flip"].set_value(True).run()
    assert "Trains the head" in button(app, "Find a learning rate").help
    fields(app)["weights"].set_value("none").run()
    assert locked(app) == {"fine_tune_learning_rate", "head_epochs", "views"}
    assert fields(app)["engine"].disabled
    assert "from scratch the whole network" in fields(app)["learning_rate"].help
    assert "Not used from scratch" in fields(app)["fine_tune_learning_rate"].help
    assert "Trains the network" in button(app, "Find a learning rate").help
    assert not button(app, "Find a learning rate").disabled


def test_labels_and_help_are_those_of_the_fields(open_page, shapes):
    app = open_page("train")
    drawn = {name: widget for name, widget in fields(app).items() if name in SETTINGS}
    assert drawn.keys() == SETTINGS.keys() - {"validation_split"}
    for name, widget in drawn.items():
        assert widget.label == SETTINGS[name].label
        assert widget.help.startswith(SETTINGS[name].help)


def test_network_picture_follows_the_form(open_page, shapes):
    app = open_page("train")
    fields(app)["trainable_blocks"].set_value(2).run()
    assert "the last 2 and the head are trained" in picture(app)
    assert picture(app).count('class="network-trained" title') == 3


def test_augmentation_is_previewed_on_pictures_of_the_data_set(open_page, shapes):
    app = open_page("train")
    assert "No change is on" in words(app)
    assert fields(app)["views"].disabled
    fields(app)["flip"].set_value(True).run()
    assert [image.captions[0] for image in app.image] == ["As it is", "Changed copy 1"]
    fields(app)["views"].set_value(4).run()
    assert [image.captions[0] for image in app.image][1:] == ["Changed copy 1", "Changed copy 2", "Changed copy 3"]
    fields(app)["views"].set_value(1).run()
    assert len(app.image) == 1
    fields(app)["views"].set_value(50).run()
    assert len(app.image) == 12
    assert "The first 11 of 49 changed copies" in words(app)
    assert not button(app, "Another picture").click().run().exception
    fields(app)["trainable_blocks"].set_value(9).run()
    fields(app)["head_epochs"].set_value(0).run()
    assert [image.captions[0] for image in app.image][1:] == [f"Example {n}" for n in range(1, 6)]


def test_copies_cost_nothing_if_every_block_is_trained(open_page, shapes):
    app = open_page("train")
    fields(app)["flip"].set_value(True).run()
    fields(app)["trainable_blocks"].set_value(9).run()
    assert "nothing is computed ahead" in words(app)


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


@pytest.fixture
def network(monkeypatch):
    """A network that is down, which is noticed once this is set, and no package that carries weights of VGG16."""
    noticed, packaged = Event(), availability.bundled_weights
    monkeypatch.setattr(
        availability, "bundled_weights", lambda backbone: None if backbone.name == "vgg16" else packaged(backbone)
    )

    def refuse(address: object, timeout: float) -> None:
        noticed.wait(PATIENCE_SECONDS)
        raise OSError("The network is down.")

    for name in connection.PROXIES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KERAS_HOME", "/nowhere")
    monkeypatch.delenv("TRANSFER_STUDIO_WEIGHTS", raising=False)
    monkeypatch.setattr(connection.socket, "create_connection", refuse)
    yield noticed
    noticed.set()


def test_weights_that_cannot_be_downloaded_are_told_at_card_list_and_start(open_page, home, shapes, network):
    app = open_page("train")
    assert "needs weights: download of 56 MB" in fields(app)["recipe"].proto.captions[1]
    fields(app)["backbone"].set_value("densenet121").run()
    url = get_backbone("densenet121").weights_file.url
    connection.look(url)
    app.run()
    # Nobody waits for the network: Start is only refused once it is known to be down.
    assert not button(app, "Start training").disabled
    assert "no internet now" not in words(app)

    network.set()
    wait_until(lambda: connection.is_known(url))
    app.run()
    assert button(app, "Start training").disabled
    assert "needs weights: download of 27 MB, no internet now. Choose EfficientNet" in words(app).replace("\\", "")
    assert get_backbone("densenet121").weights_file.name in button(app, "Start training").help.replace("\\", "")
    assert "needs weights: download of 56 MB, no internet now" in fields(app)["recipe"].proto.captions[1]
    assert fields(app)["backbone"].value == "densenet121", "its text has changed, not the choice"
    (line,) = [option for option in fields(app)["backbone"].options if option.startswith("DenseNet121")]
    assert line.endswith("needs weights: download of 27 MB, no internet now")

    button(app, "Use EfficientNet-Lite0").click().run()
    assert fields(app)["backbone"].value == "efficientnet_lite0"
    assert not button(app, "Start training").disabled


def test_runs_before_it_are_told_before_start(open_page, trained):
    assert "before this one" not in words(open_page("train"))
    good = trained.get("Good run")
    runs = [trained.create(good.dataset_id, good.dataset_name, good.config, name=f"Run {n}") for n in (1, 2)]
    trained.claim(1)
    trained.folder(runs[0].id).mkdir(parents=True, exist_ok=True)
    with worker_lock(trained.folder(runs[0].id)):  # held like its worker would
        both = words(open_page("train"))
        queue.stop(trained, runs[1].id)
        one = words(open_page("train"))
        trained.finish(runs[0].id, RunStatus.STOPPED)
    assert "2 runs before this one (Run 1 first, about " in both
    assert "1 run before this one (Run 1, about " in one


def test_changes_are_named_and_undone(open_page, shapes):
    app = open_page("train")
    fields(app)["recipe"].set_value("article").run()
    assert "Changed from" not in words(app)
    fields(app)["backbone"].set_value("efficientnet_lite0").run()
    fields(app)["epochs"].set_value(3).run()
    assert "Changed from Article: Backbone, Image size and Epochs." in words(app).replace("\\", "")
    button(app, "Undo").click().run()
    expected = recipe_config("article", 24).options()
    assert form_values(app) == {name: expected[name] for name in setup_form.FIELDS}
    assert "Changed from" not in words(app)


def test_a_closed_group_keeps_what_was_set_and_is_trained_with(open_page, home, shapes):
    app = open_page("train")
    fields(app)["seed"].set_value(5)
    fields(app)["batch_size"].set_value(8).run()
    app.session_state[advanced_form.group_key("learning")] = False
    app.run()
    assert "seed" not in fields(app)
    fields(app)["epochs"].set_value(1).run()
    button(app, "Start training").click().run()
    (run,) = RunStore(home.database).list()
    assert (run.config.seed, run.config.optimization.batch_size, run.config.optimization.epochs) == (5, 8, 1)
    app.switch_page("pages/train.py").run()
    app.session_state[advanced_form.group_key("learning")] = True
    app.run()
    assert (fields(app)["seed"].value, fields(app)["batch_size"].value) == (5, 8)


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
    fields(app)["batch_size"].set_value(16).run()
    app.selectbox[0].set_value(shapes.id).run()
    assert fields(app)["epochs"].value == recipe_config("recommended", 24).optimization.epochs
    assert fields(app)["batch_size"].value == 16
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
        assert app.selectbox(key="dataset_choice").value == dataset.id
        assert app.session_state[session.CHOSEN_DATASET] == dataset.id
        assert f"{len(dataset.samples)} pictures: " in words(app)
    app.switch_page("pages/data.py")
    app.query_params["section"] = "pictures"
    assert app.run().title[0].value == "Other"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("epochs", -5, "a whole number from 1 to 1000 for epochs. Received -5"),
        ("epochs", 1001, "a whole number from 1 to 1000 for epochs. Received 1001"),
        ("image_size", 2000, "for image_size. Received 2000"),
        ("learning_rate", -0.5, "a number from 1e-07 to 10 for learning_rate. Received -0.5"),
        ("seed", -1, "for seed. Received -1"),
        ("epochs", None, "Epochs is empty: type a number."),
        ("weight_decay", None, "Weight decay is empty: type a number."),
    ],
)
def test_an_invalid_number_is_refused_beside_start(open_page, shapes, name, value, reason):
    app = open_page("train")
    good = fields(app)[name].value
    fields(app)[name].set_value(value).run()
    assert not app.exception
    assert fields(app)[name].value == value
    assert button(app, "Start training").disabled
    assert reason in words(app).replace("\\", "")
    fields(app)[name].set_value(good).run()
    assert not button(app, "Start training").disabled


def test_an_invalid_number_can_be_fixed_even_in_a_field_that_would_be_locked(open_page, shapes):
    app = open_page("train")
    fields(app)["trainable_blocks"].set_value(2).run()
    fields(app)["head_epochs"].set_value(None).run()
    fields(app)["trainable_blocks"].set_value(0).run()
    assert "Head epochs is empty" in words(app)
    assert not fields(app)["head_epochs"].disabled
    fields(app)["head_epochs"].set_value(5).run()
    assert fields(app)["head_epochs"].disabled
    assert not button(app, "Start training").disabled


def test_start_is_disabled_if_training_does_not_fit_in_memory(open_page, shapes):
    app = open_page("train")
    fields(app)["pooling"].set_value("flatten").run()
    fields(app)["image_size"].set_value(1024).run()
    fields(app)["units"].set_value(4096).run()
    config = TrainingConfig().with_options(**form_values(app))
    assert "GB of memory" in shortage(config.trainable_params(3), psutil.virtual_memory().available)
    assert button(app, "Start training").disabled
    assert f"{config.trainable_params(3):,} trainable parameters need about" in words(app).replace("\\", "")
    fields(app)["units"].set_value(0).run()
    assert not button(app, "Start training").disabled
