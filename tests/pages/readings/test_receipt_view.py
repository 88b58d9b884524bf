import csv
import io
import tarfile

import pytest

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.runs.records.store import RunStore
from pages.components.dataset import dataset_views
from pages.components.imports.kept_sources import kept_sources
from pages.components.shell import session
from tests.conftest import SHAPES
from tests.pages.conftest import button, send_file, wait_until, words
from tests.pages.test_data import zipped


@pytest.fixture
def store(home):
    return DatasetStore(home)


@pytest.fixture
def labelled(shape_folder, tmp_path):
    """Class folders, and a table that disagrees about every third picture."""
    rows = io.StringIO()
    table = csv.writer(rows)
    table.writerow(["file", "label"])
    for place, name in enumerate(SHAPES):
        for number in range(10):
            told = SHAPES[(place + 1) % 3] if number % 3 == 0 else name
            table.writerow([f"{name}/{name} {number}.png", told])
    (shape_folder / "labels.csv").write_text(rows.getvalue())
    return zipped(shape_folder)


def ended(app):
    wait_until(lambda: not session.jobs().running())
    app.run()
    assert not app.exception
    return app


def test_an_upload_shows_its_labels_until_the_user_confirms_them(open_page, store, home, shape_folder):
    app = ended(send_file(open_page("data"), "shapes.zip", zipped(shape_folder)))
    assert "Are these labels right?** 30 pictures in 3 classes." in words(app)
    assert "The folders are the classes: pictures in circle are circle" in words(app)
    assert list(home.datasets.glob(".importing-*")), "the upload is kept meanwhile"
    app = button(app, "Looks right").click().run()
    assert "Are these labels right?" not in words(app)
    assert "The folders are the classes: pictures in circle are circle" in words(app), (
        "and still says where they come from"
    )
    assert not list(home.datasets.glob(".importing-*"))
    (dataset,) = store.list()
    assert kept_sources().get(dataset.id) is None


def test_another_reading_replaces_the_first_without_another_upload(open_page, store, labelled):
    app = ended(send_file(open_page("data"), "shapes.zip", labelled))
    app = ended(button(app, "Use the outer folders").click().run())
    (first,) = store.list()
    app = ended(button(app, "Change how this is read").click().run())
    assert {"Use the outer folders", "Use the table of labels", "Use the file names"} <= {
        item.label for item in app.button
    }
    app = ended(button(app, "Use the table of labels").click().run())
    (second,) = store.list()
    assert second.id != first.id
    assert second.name == first.name
    assert "From labels.csv, column label" in words(app).replace("\\", "")
    assert kept_sources().get(second.id) is not None, "and may be read in another way once more"


@pytest.mark.slow
def test_a_cancelled_change_leaves_everything_as_it_is(open_page, store, shape_folder):
    app = ended(send_file(open_page("data"), "shapes.zip", zipped(shape_folder)))
    app = ended(button(app, "Change how this is read").click().run())
    app = button(app, "Keep it as it is").click().run()
    (dataset,) = store.list()
    assert kept_sources().get(dataset.id) is not None
    app = ended(button(app, "Change how this is read").click().run())
    app = ended(button(app, "Use the outer folders").click().run())
    assert store.list() == [dataset], "the same reading is the same data set"


@pytest.mark.slow
def test_a_data_set_with_runs_is_not_replaced(open_page, store, home, labelled):
    app = ended(send_file(open_page("data"), "shapes.zip", labelled))
    app = ended(button(app, "Use the outer folders").click().run())
    (first,) = store.list()
    RunStore(home.database).create(first.id, first.name, TrainingConfig())
    app = ended(button(app, "Change how this is read").click().run())
    ended(button(app, "Use the table of labels").click().run())
    assert {dataset.id for dataset in store.list()} > {first.id}


def test_a_folder_on_the_server_is_never_deleted(open_page, store, shape_folder):
    app = open_page("data", add="folder")
    app.text_input[0].set_value(str(shape_folder))
    app = ended(button(app, "Import").click().run())
    (dataset,) = store.list()
    assert kept_sources().get(dataset.id) is not None
    button(app, "Looks right").click().run()
    assert shape_folder.is_dir()


@pytest.mark.slow
def test_names_are_read_in_another_encoding_at_a_choice(open_page, store, shape_folder, tmp_path):
    path, old_names = tmp_path / "old.tar", ("кошка", "собака", "рыба")
    with tarfile.open(path, "w", encoding="cp866", format=tarfile.GNU_FORMAT) as archive:
        for shape, name in zip(SHAPES, old_names, strict=True):
            archive.add(shape_folder / shape, name)
    app = open_page("data", add="folder")
    app.text_input[0].set_value(str(path))
    app = ended(button(app, "Import").click().run())
    (dataset,) = store.list()
    assert set(dataset.class_names) == set(old_names)
    choice = next(item for item in app.selectbox if item.label == "Encoding of the names")
    assert choice.value == "cp866" and "DOS 866 (Cyrillic)" in choice.options
    app = ended(choice.set_value("cp1251").run())
    (other,) = store.list()
    assert len(other.class_names) == 3 and not set(other.class_names) & set(old_names)
    choice = next(item for item in app.selectbox if item.label == "Encoding of the names")
    ended(choice.set_value("cp866").run())
    assert set(store.list()[0].class_names) == set(old_names), "and back again"


def test_deleting_a_data_set_lets_go_of_its_source(open_page, store, home, shape_folder):
    ended(send_file(open_page("data"), "shapes.zip", zipped(shape_folder)))
    (dataset,) = store.list()
    assert kept_sources().get(dataset.id) is not None
    assert dataset_views.delete(dataset)
    assert store.list() == []
    assert not list(home.datasets.glob(".importing-*"))


def test_a_source_that_can_only_be_read_in_one_way_says_so(open_page, store, shape_folder):
    for number, path in enumerate(sorted(shape_folder.rglob("*.png"))):
        path.rename(path.with_name(f"{number}.png"))
    app = ended(send_file(open_page("data"), "shapes.zip", zipped(shape_folder)))
    app = ended(button(app, "Change how this is read").click().run())
    assert "can only be read in this way" in words(app)
    app = button(app, "Keep it as it is").click().run()
    assert len(store.list()) == 1
