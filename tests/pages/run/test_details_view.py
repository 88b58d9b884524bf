"""Settings, network and pictures of a run, which outlive its data set."""

import sqlite3

import pytest

from core.datasets.edit import Edit
from core.datasets.store.store import DatasetStore
from core.nn.training.notes import as_chosen, load_notes
from core.runs.records import rows
from core.runs.records.training_data import TRAINING_DATA_FILE, save_training_data, training_data_of
from core.settings import settings
from tests.pages.conftest import button, fields, picture_of_the_network, words

pytestmark = pytest.mark.usefixtures("all_groups")


def test_settings_have_the_labels_of_the_form(open_page, app, trained):
    run = trained.get("Good run")
    settings_table = open_page("run", run=run.id, section="details").dataframe[0].value
    called = dict(zip(run.config.options(), settings_table["Setting"], strict=True))
    values = dict(zip(run.config.options(), settings_table["Value"], strict=True))
    assert values["backbone"] == "EfficientNet-Lite0"
    assert values["preprocessing"] == "As the network was trained"
    assert values["normalize"] == "On"
    app.switch_page("pages/train.py").run()
    labels = {name: field.label for name, field in fields(app).items() if name in called}
    assert len(labels) > 20
    assert labels == {name: called[name] for name in labels}


def test_run_whose_data_set_was_deleted_still_shows_what_it_showed(open_page, trained):
    run = trained.get("Good run")
    before = open_page("run", run=run.id, section="details")
    network = picture_of_the_network(before)
    chosen = as_chosen(run.config, load_notes(trained.folder(run.id)))
    assert f"<strong>{(sum((1280, 320, 192)[: chosen.head.depths]) + 1) * 3:,}</strong> of " in network
    settings_shown = before.dataframe[0].value.set_index("Setting")["Value"]
    assert settings_shown["Depths"] == f"{chosen.head.depths} (chosen)"
    assert settings_shown["Cross-validated choice"] == "On"
    pictures = next(item for item in before.markdown if "to learn from" in item.value).value
    assert pictures == "24 pictures to learn from, 6 to check with after each epoch."
    DatasetStore(settings()).delete(run.dataset_id)
    after = words(before.run())
    assert picture_of_the_network(before) == network
    assert pictures in after
    assert "Shapes (deleted)" in after
    app = before
    app.query_params["section"] = "results"
    assert app.run().metric[0].label == "Validation accuracy"
    assert "from 24 pictures" in words(app)
    again = button(app, "Train again with changes")
    assert again.disabled
    # Beside the button, because nobody looks for a reason below the pointer.
    assert "The data set of this run was deleted" in next(
        item.value for item in app.caption if "was deleted. Import" in item.value
    )


def test_older_run_takes_what_it_lacks_from_its_evaluation(open_page, trained):
    run = trained.get("Good run")
    (trained.folder(run.id) / TRAINING_DATA_FILE).unlink()
    with sqlite3.connect(trained.path) as connection:
        connection.row_factory = sqlite3.Row
        connection.execute("UPDATE runs SET num_classes = 0 WHERE id = ?", (run.id,))
        rows.seal(connection, run.id)
    connection.close()
    assert trained.get(run.id).num_classes == 0
    app = open_page("run", run=run.id, section="details")
    network = picture_of_the_network(app)
    assert "24 pictures to learn from" in words(app)
    DatasetStore(settings()).delete(run.dataset_id)
    assert picture_of_the_network(app.run()) == network
    assert "3 classes" in words(app)
    app.query_params["section"] = "results"
    assert "It learned to tell 3 classes apart (circle, square and stripes): **" in words(app.run())


def test_version_says_what_it_is_a_version_of(open_page, trained):
    run = trained.get("Good run")
    datasets = DatasetStore(settings())
    derived = datasets.derive(run.dataset_id, [Edit("rename_class", class_names=("circle", "disc"))])
    data = training_data_of(derived.with_split(0.2, 0), "Shapes")
    save_training_data(data, trained.folder(run.id))
    datasets.delete(derived.id)
    datasets.delete(run.dataset_id)
    assert "A version of **Shapes**: " in words(open_page("run", run=run.id))
