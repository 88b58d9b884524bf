import io
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.datasets.store.store import DatasetStore
from pages.components.shell import session
from tests.conftest import SHAPES, draw_shape
from tests.pages.conftest import APP, button, send_file, wait_until, words


@pytest.fixture
def store(home):
    return DatasetStore(home)


@pytest.fixture
def twofold(tmp_path):
    """Folders with two kinds of classes: colours outside, shapes inside."""
    generator = np.random.default_rng(3)
    for colour in ("red", "blue"):
        for shape in SHAPES[:2]:
            folder = tmp_path / "twofold" / colour / shape
            folder.mkdir(parents=True)
            for number in range(4):
                draw_shape(shape, generator).save(folder / f"{number}.png")
    return tmp_path / "twofold"


def ended(app):
    """Waits for the import, whose result is shown once, perhaps already."""
    wait_until(lambda: not session.jobs().running())
    if not (app.error or app.toast):
        app.run()
    assert not app.exception
    return app


def test_folder_that_can_be_read_in_two_ways_is_asked_about(open_page, store, twofold):
    app = open_page("data", add="folder")
    app.text_input[0].set_value(str(twofold))
    app = ended(button(app, "Import").click().run())
    text = words(app).replace("\\", "")
    assert "**twofold** can be read in 2 ways. What are its classes?" in text
    assert "blue (8), red (8)" in text
    assert "circle (8), square (8)" in text
    assert not app.error
    assert store.list() == []
    job = session.jobs().latest("import")
    inner = next(candidate.name for candidate in job.failure.candidates if "circle" in candidate.class_names)
    ended(app.button(key=f"use_{job.id}_{inner}").click().run())
    (dataset,) = store.list()
    assert dataset.class_names == ("circle", "square")
    assert "can be read in" not in words(app.run())


@pytest.mark.slow
def test_classes_of_nearly_the_same_name_and_classes_of_one_picture_are_asked_about(open_page, store, tmp_path):
    path = tmp_path / "letters.zip"
    generator = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("A/1", "A/2", "a/1", "a/2", "b/1", "b/2", "lone/1"):
            buffer = io.BytesIO()
            draw_shape("circle", generator).save(buffer, "PNG")
            archive.writestr(f"{name}.png", buffer.getvalue())
    app = open_page("data", add="folder")
    app.text_input[0].set_value(str(path))
    app = ended(button(app, "Import").click().run())
    assert "A (2) and a (2) stay apart" in words(app).replace("\\", "")
    assert "Make them one class each" in [item.label for item in app.button]
    app = ended(button(app, "Keep them apart").click().run())
    text = words(app).replace("\\", "")
    assert "Some classes of **letters.zip** have too few pictures to learn from. Go on without them?" in text
    assert "1 class with too few pictures to learn from is left out: lone." in text
    ended(button(app, "Leave these classes out").click().run())
    (dataset,) = store.list()
    assert dataset.class_names == ("A", "a", "b")


def test_question_answered_in_one_tab_is_not_asked_of_another(open_page, store, twofold):
    first = open_page("data", add="folder")
    first.text_input[0].set_value(str(twofold))
    first = ended(button(first, "Import").click().run())
    job = session.jobs().latest("import")
    second = AppTest.from_file(str(APP), default_timeout=60).run().switch_page("pages/data.py").run()
    for app in (first, second):
        assert {"Use the outer folders", "Use the inner folders"} <= {item.label for item in app.button}
    ended(button(first, "Use the inner folders").click().run())
    second = button(second, "Use the outer folders").click().run()
    assert second.info[0].value == "The question about twofold has already been answered."
    assert not session.jobs().running()
    assert session.jobs().get(job.id) is None
    assert [dataset.class_names for dataset in store.list()] == [("circle", "square")]


def test_the_question_about_an_upload_survives_a_reload_and_can_be_dismissed(open_page, home, store, twofold, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "both"), "zip", twofold)
    ended(send_file(open_page("data"), "both.zip", Path(archive).read_bytes()))
    app = open_page("data")
    assert "**both.zip** can be read in 2 ways" in words(app).replace("\\", "")
    app = button(app, "None of these").click().run()
    assert "can be read in" not in words(app)
    assert store.list() == []
    assert not list(home.datasets.glob(".importing-*/upload"))


def test_answer_about_an_upload_imports_it(open_page, store, twofold, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "both"), "zip", twofold)
    app = ended(send_file(open_page("data"), "both.zip", Path(archive).read_bytes()))
    job = session.jobs().latest("import")
    outer = next(candidate.name for candidate in job.failure.candidates if "red" in candidate.class_names)
    ended(app.button(key=f"use_{job.id}_{outer}").click().run())
    (dataset,) = store.list()
    assert (dataset.name, dataset.class_names) == ("both", ("blue", "red"))
