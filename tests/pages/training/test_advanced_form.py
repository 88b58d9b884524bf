"""The fields of the set-up: labels, what locks them, what they refuse."""

import pytest

from core.config.training_config import SETTINGS, option_names
from core.datasets.layouts.layout import UNLABELLED
from core.datasets.layouts.options import ReadingOptions
from core.datasets.store.store import DatasetStore
from core.runs.records.store import RunStore
from pages.components.training import advanced_form
from tests.conftest import draw_folder
from tests.pages.conftest import button, fields, picture_of_the_network, words

pytestmark = pytest.mark.usefixtures("all_groups")


def test_every_field_has_a_widget_of_its_name(open_page, shapes):
    app = open_page("train")
    assert set(option_names()) - {"validation_split"} <= fields(app).keys()


def test_labels_and_help_are_those_of_the_fields(open_page, shapes):
    app = open_page("train")
    drawn = {name: widget for name, widget in fields(app).items() if name in SETTINGS}
    assert drawn.keys() == SETTINGS.keys() - {"validation_split"}
    for name, widget in drawn.items():
        assert widget.label == SETTINGS[name].label
        assert widget.help.startswith(SETTINGS[name].help)


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


def test_network_picture_follows_the_form(open_page, shapes):
    app = open_page("train")
    fields(app)["trainable_blocks"].set_value(2).run()
    assert "the last 2 and the head are trained" in picture_of_the_network(app)
    assert picture_of_the_network(app).count('class="network-trained" title') == 3


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("epochs", -5, "a whole number from 1 to 1000 for epochs. Received -5"),
        ("epochs", 1001, "a whole number from 1 to 1000 for epochs. Received 1001"),
        ("image_size", 2000, "for image_size. Received 2000"),
        ("learning_rate", -0.5, "a number from 1e-07 to 10 for learning_rate. Received -0.5"),
        ("seed", -1, "for seed. Received -1"),
        ("epochs", None, "Epochs is empty: type a number."),
        ("units", None, "Hidden units is empty: type a number."),
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


@pytest.fixture
def sketches(home, tmp_path):
    """Three pictures without labels."""
    drawn = draw_folder(tmp_path / "drawn", 1, seed=7)
    folder = tmp_path / "Sketches"
    folder.mkdir()
    for path in drawn.rglob("*.png"):
        path.rename(folder / path.name)
    return DatasetStore(home).import_source(folder, options=ReadingOptions(layout=UNLABELLED))


def test_a_model_is_adapted_to_another_data_set(open_page, home, shapes, sketches):
    app = open_page("train")
    (choice,) = [box for box in app.selectbox if box.label == "Data set"]
    assert choice.options == ["Shapes"], "nothing can be trained without labels"
    field = fields(app)["adapt_to"]
    assert (field.value, field.options, field.disabled) == ("", ["None", "Sketches"], False)
    field.set_value(sketches.id).run()
    assert "then adapted to unlabelled pictures" in words(app)
    assert "it won't say how good the model is on the others" in words(app)
    assert not button(app, "Start training").disabled
    fields(app)["trainable_blocks"].set_value(1).run()
    assert button(app, "Start training").disabled
    assert "no pictures to adapt to unless a pretrained network stays frozen" in words(app)
    assert not fields(app)["adapt_to"].disabled, "it may be the one to fix"
    fields(app)["adapt_to"].set_value("").run()
    assert not button(app, "Start training").disabled
    assert fields(app)["adapt_to"].disabled
    assert "Not possible: it needs a pretrained network that stays frozen" in fields(app)["adapt_to"].help
    fields(app)["trainable_blocks"].set_value(0).run()
    fields(app)["adapt_to"].set_value(sketches.id).run()
    DatasetStore(home).delete(sketches.id)
    app.run()
    assert "isn't here: it was deleted" in words(app).replace("\\", "")
    assert button(app, "Start training").disabled
    assert fields(app)["adapt_to"].options[0] == f"a data set that was deleted ({sketches.id})"


def test_without_another_data_set_the_form_says_where_to_bring_one(open_page, shapes):
    app = open_page("train")
    assert "There is no other data set yet." in words(app)
    assert "Add pictures" in [link.proto.label for link in app.get("page_link")]
