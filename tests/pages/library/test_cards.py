"""The list of data sets: what its cards say, where they lead, and that it stays fast when it is long."""

import hashlib
import time
from dataclasses import replace

import pytest

from core.datasets.edit import REMOVE, Edit
from core.datasets.layouts.layout import UNLABELLED
from core.datasets.layouts.options import ReadingOptions
from core.datasets.store.manifest import write_manifest
from core.datasets.store.store import DatasetStore
from core.runs.records.store import RunStore
from pages.components import wording
from pages.components.shell import session
from tests.conftest import draw_folder
from tests.pages.conftest import button, words

MANY = 200
SECONDS = 5


def links(app):
    """Returns the address of each link by its label."""
    protos = [item.proto for item in app.get("page_link")]
    return {proto.label: f"{proto.page}?{proto.query_string}" for proto in protos}


@pytest.fixture
def many(home, shape_folder):
    """Data sets of a few pictures each; their record is all that the list reads."""
    first = DatasetStore(home).import_source(shape_folder, name="Shapes")
    for number in range(1, MANY):
        dataset_id = hashlib.sha256(str(number).encode()).hexdigest()[:12]
        folder = home.datasets / dataset_id
        folder.mkdir()
        named = replace(first, id=dataset_id, name=f"Copy {number}", folder=folder, created=float(number))
        write_manifest(named)
    return first


def test_a_card_says_what_is_in_it_and_how_good_its_best_model_is(open_page, trained):
    (dataset,) = DatasetStore(session.dataset_store().settings).list()
    best = next(run for run in trained.list() if run.has_model)
    app = open_page("data")
    assert app.title[0].value == "Data"
    assert f"{wording.count(3, 'class')} · {wording.count(30, 'picture')}" in words(app)
    assert [image.proto.imgs[0].alt for image in app.image][:4] == ["circle", "square", "stripes", "circle"]
    assert links(app)["**Shapes**"] == f"data?dataset={dataset.id}"
    accuracy = wording.percent(best.metrics["val_accuracy"])
    assert links(app)[f"Best: **{accuracy}**, Good run"] == f"run?run={best.id}"


def test_a_version_stands_beside_its_original_and_says_what_was_changed(open_page, home, shape_folder):
    store = DatasetStore(home)
    shapes = store.import_source(shape_folder, name="Shapes")
    store.import_source(draw_folder(home.home / "drawn", 3, seed=7), name="Other")
    store.derive(shapes.id, [Edit(REMOVE, tuple(sample.path for sample in shapes.samples[:2]))])
    app = open_page("data")
    named = [label for label in links(app) if label.startswith("**")]
    assert named == ["**Shapes**", "**Shapes, version 2**", "**Other**"]
    assert "Version 2 of Shapes: 2 pictures removed" in words(app)
    assert words(app).count("No model yet") == 3
    store.delete(shapes.id)
    assert "A version of a data set that was deleted" in words(app.run())


def test_pictures_without_labels_are_not_offered_for_training(open_page, home, shape_folder):
    store = DatasetStore(home)
    lone = store.import_source(draw_folder(home.home / "drawn", 3), options=ReadingOptions(layout=UNLABELLED))
    for page in ("data", "home"):
        app = open_page(page)
        assert "no labels" in words(app) and wording.WITHOUT_LABELS in words(app)
        assert "1 class" not in words(app) and "No model yet" not in words(app)
        assert not [button for button in app.button if button.key == f"train_{lone.id}"]


def test_train_takes_the_data_set_of_the_card(open_page, home, shape_folder):
    store = DatasetStore(home)
    shapes = store.import_source(shape_folder, name="Shapes")
    store.import_source(draw_folder(home.home / "drawn", 3, seed=7), name="Other")
    app = open_page("data")
    app = app.button(key=f"train_{shapes.id}").click().run()
    assert app.title[0].value == "Train a model"
    assert app.session_state[session.CHOSEN_DATASET] == shapes.id


def test_the_list_is_drawn_in_no_time_with_hundreds_of_data_sets(open_page, home, many):
    RunStore(home.database)
    app = open_page("data")
    began = time.perf_counter()
    app.run()
    assert time.perf_counter() - began < SECONDS
    assert len([label for label in links(app) if label.startswith("**")]) == 12
    assert len(app.image) <= 48
    app.text_input(key="find_dataset").set_value("copy 17").run()
    found = [label for label in links(app) if label.startswith("**")]
    assert found == [f"**Copy {number}**" for number in (*range(179, 169, -1), 117, 17)]
    app.text_input(key="find_dataset").set_value("no such").run()
    assert "No data set has such a name or class." in words(app)


def test_add_leads_to_the_ways(open_page, home, shape_folder):
    DatasetStore(home).import_source(shape_folder, name="Shapes")
    app = button(open_page("data"), "Add a data set").click().run()
    assert app.query_params["add"] == ["zip"] or app.query_params["add"] == "zip"
    assert app.title[0].value == "Add a data set"
