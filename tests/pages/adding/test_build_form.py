"""A data set made by hand, class by class, and what remains of it after a reload or a failure."""

import io

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.datasets.store.store import DatasetStore
from pages.components.shell import session
from tests.conftest import SHAPES, draw_shape
from tests.pages.conftest import APP, button, wait_until, words


@pytest.fixture
def form(open_page):
    return open_page("data", add="classes")


def picture(name, seed):
    buffer = io.BytesIO()
    draw_shape(name, np.random.default_rng(seed)).save(buffer, "PNG")
    return buffer.getvalue()


def drop(app, place, *contents):
    """Drops pictures into the field of a class."""
    field = next(item for item in app.file_uploader if item.label == f"Pictures of class {place}")
    for number, content in enumerate(contents):
        field.upload(f"{number}.png", content, "image/png")
    return app.run()


def name_classes(app, *names):
    for place, name in enumerate(names, start=1):
        app.text_input(key=f"build_class_{place}").set_value(name)
    return app.run()


def reloaded(app):
    """Returns the page after a reload, which is a new session at the same address."""
    fresh = AppTest.from_file(str(APP), default_timeout=60).run().switch_page("pages/data.py")
    for name, values in app.query_params.items():
        fresh.query_params[name] = values
    return fresh.run()


@pytest.mark.slow
def test_data_set_is_built_from_pictures_class_by_class(form, home):
    app = form
    assert "Type the name of each class." in [caption.value for caption in app.caption]
    app.button(key="build").click().run()
    assert app.warning[0].value == "Type the name of each class."
    button(app, "Add a class").click().run()
    name_classes(app, *SHAPES)
    assert "Put two pictures or more, preferably twenty, into circle." in words(app)
    for place, name in enumerate(SHAPES, start=1):
        drop(app, place, *(picture(name, 10 * place + seed) for seed in range(3)))
    assert len(app.image) == 9
    app.text_input(key="build_name").set_value("By hand")
    app.button(key="build").click().run()
    wait_until(lambda: not session.jobs().running())
    app.run()
    (dataset,) = DatasetStore(home).list()
    assert dataset.name == "By hand"
    assert dict(zip(dataset.class_names, dataset.distribution().totals, strict=True)) == dict.fromkeys(SHAPES, 3)
    assert app.query_params["dataset"] == dataset.id
    assert not list(home.datasets.glob(".importing-*")), "nothing of the draft is kept"


def test_two_classes_with_the_same_name_are_pointed_out(form):
    assert "Each class needs a name of its own." in words(name_classes(form, "big cat", " big  cat "))


def test_pictures_are_removed_one_by_one_and_classes_with_all_of_theirs(form, home):
    app = button(form, "Add a class").click().run()
    app = drop(app, 1, picture("circle", 1), picture("circle", 2), b"no picture")
    assert len(app.image) == 2
    assert "Can't be read" in words(app)
    for left in (2, 1):
        app = button(app, "Remove").click().run()
        assert f"{left} picture" in words(app)
    app = button(app, "Remove this class").click().run()
    assert [item.label for item in app.text_input] == ["Class 1", "Class 2", "Name of the data set"]
    assert not app.image
    files = [path for folder in home.datasets.glob(".importing-*") if folder.is_dir() for path in folder.iterdir()]
    assert files == []


def test_a_reload_loses_nothing(form):
    app = drop(name_classes(form, "cat", "dog"), 2, picture("square", 3))
    app.text_input(key="build_name").set_value("Pets").run()
    app = reloaded(app)
    assert [item.value for item in app.text_input] == ["cat", "dog", "Pets"]
    # What a browser shows that draws the fields anew.
    assert [item.proto.default for item in app.text_input] == ["cat", "dog", "Pets"]
    assert len(app.image) == 1


def test_what_is_typed_before_the_browser_knows_of_the_draft_belongs_to_it(form, home):
    app = form
    app.text_input(key="build_class_1").set_value("cat").run()
    del app.query_params["draft"]  # as it was when the second name was typed
    app.text_input(key="build_class_2").set_value("dog").run()
    assert [item.value for item in reloaded(app).text_input][:2] == ["cat", "dog"]
    assert len([folder for folder in home.datasets.glob(".importing-*") if folder.is_dir()]) == 1


@pytest.mark.slow
def test_a_failed_import_loses_nothing(form, home):
    same = picture("square", 4)
    app = drop(
        drop(name_classes(form, "circle", "square"), 1, picture("circle", 1), picture("circle", 2)), 2, same, same
    )
    app.button(key="build").click().run()
    wait_until(lambda: not session.jobs().running())
    app.run()
    assert "The class square" in app.error[0].value.replace("\\", "")
    assert len(app.image) == 4
    app = drop(app, 2, picture("square", 5))
    app.button(key="build").click().run()
    wait_until(lambda: not session.jobs().running())
    assert len(DatasetStore(home).list()) == 1
