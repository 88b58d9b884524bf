import io

import numpy as np
import pytest

from core.datasets.store.store import DatasetStore
from core.datasets.versions.pending_edits import decide
from pages.components.shell import session
from tests.conftest import draw_shape
from tests.pages.conftest import wait_until, words


@pytest.fixture
def store(home):
    return DatasetStore(home)


@pytest.fixture
def shapes(store, shape_folder):
    return store.import_source(shape_folder, name="Shapes")


@pytest.fixture
def generator():
    return np.random.default_rng(77)


@pytest.fixture
def change(open_page, shapes):
    """Returns a function that opens the form of one kind of change."""

    def choose(kind):
        app = open_page("data", section="Classes")
        app.session_state["class_change"] = kind
        return app.run()

    return choose


def pressed(app):
    """Presses the button and waits for the job, whose result is shown once, perhaps already."""
    app.button(key="make_change").click().run()
    wait_until(lambda: not session.jobs().running())
    if not (app.error or app.toast):
        app.run()
    assert not app.exception
    return app


def made(app, store, parent):
    """Returns the version that the pressed button makes."""
    assert not pressed(app).error
    return next(dataset for dataset in store.list() if dataset.parent == parent.id)


def test_average_picture_of_each_class(open_page, shapes):
    app = open_page("data", section="Classes")
    wait_until(lambda: len(app.run().image) == 3)
    assert [image.proto.imgs[0].alt for image in app.image] == [
        f"Average picture of {name}" for name in ("circle", "square", "stripes")
    ]
    assert "**circle** · 10 pictures" in words(app)


def test_class_is_renamed(change, store, shapes):
    app = change("Rename")
    # Typed and pressed at once, so that both reach the server together.
    app.text_input(key=f"rename_to_{shapes.id}_circle").set_value("disc")
    assert made(app, store, shapes).class_names == ("disc", "square", "stripes")


def test_name_typed_last_counts(change, store, shapes):
    app = change("Rename")
    app.text_input(key=f"rename_to_{shapes.id}_circle").set_value("disc").run()
    app.text_input(key=f"rename_to_{shapes.id}_circle").set_value("round")
    assert made(app, store, shapes).class_names == ("round", "square", "stripes")


def test_rename_to_the_same_name_says_what_is_missing(change, store, shapes):
    app = change("Rename")
    assert not app.warning
    app.button(key="make_change").click().run()
    assert app.warning[0].value == "Type another name for the class."
    assert not app.text_input(key=f"rename_to_{shapes.id}_circle").set_value("disc").run().warning
    assert store.list() == [shapes]


def test_a_taken_name_is_refused_with_a_message(change, store, shapes):
    app = change("Rename")
    app.text_input(key=f"rename_to_{shapes.id}_circle").set_value("Square").run()
    assert pressed(app).error[0].value.startswith("There is a class called square already")
    assert store.list() == [shapes]


def test_classes_are_merged(change, store, shapes):
    app = change("Merge")
    app.multiselect(key=f"merge_{shapes.id}").set_value(["circle"]).run()
    app.button(key="make_change").click().run()
    assert app.warning[0].value == "Choose two or more classes."
    app.multiselect(key=f"merge_{shapes.id}").set_value(["circle", "square"]).run()
    assert not app.warning
    app.text_input(key=f"merge_to_{shapes.id}_circle").set_value("solid")
    version = made(app, store, shapes)
    assert dict(zip(version.class_names, version.distribution().totals, strict=True)) == {"solid": 20, "stripes": 10}


def test_class_is_left_out_but_two_stay(change, store, shapes):
    app = change("Leave out")
    app.button(key="make_change").click().run()
    assert app.warning[0].value == "Choose one or more classes."
    app.multiselect(key=f"leave_out_{shapes.id}").set_value(["circle", "square"])
    app.button(key="make_change").click().run()
    assert app.warning[0].value == "At least two classes have to remain."
    app.multiselect(key=f"leave_out_{shapes.id}").set_value(["circle"])
    assert made(app, store, shapes).class_names == ("square", "stripes")


def test_fewer_pictures_of_each_class(change, store, shapes):
    app = change("Take fewer")
    app.number_input(key=f"subset_{shapes.id}").set_value(4)
    assert made(app, store, shapes).distribution().totals == (4, 4, 4)


def test_pictures_are_added_to_a_class(change, store, shapes, generator):
    app = change("Add pictures")
    for number in range(3):
        app.file_uploader[0].upload(f"{number}.png", png(generator), "image/png")
    app.run()
    assert app.button(key="make_change").label == "Add 3 pictures"
    app.selectbox(key=f"add_to_{shapes.id}").set_value("square")
    version = made(app, store, shapes)
    assert dict(zip(version.class_names, version.distribution().totals, strict=True))["square"] == 13
    assert app.file_uploader[0].value in (None, [])


def test_decisions_about_pictures_are_applied_along_with_a_change(change, store, shapes):
    decide(shapes, [shapes.samples[0].path], "remove")
    app = change("Leave out")
    assert "Your decisions about pictures are applied along with it." in words(app)
    app.multiselect(key=f"leave_out_{shapes.id}").set_value(["stripes"]).run()
    version = made(app, store, shapes)
    assert [edit.kind for edit in version.edits] == ["remove", "leave_out_class"]
    assert len(version.samples) == 19


def png(generator):
    buffer = io.BytesIO()
    draw_shape("circle", generator).save(buffer, "PNG")
    return buffer.getvalue()
