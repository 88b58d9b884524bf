"""The question of how to read a source, and the answer that it has no labels."""

import pytest

from core.datasets.layouts.layout import AmbiguousLayout
from core.datasets.store.store import DatasetStore
from pages.components.shell import session
from tests.conftest import draw_folder
from tests.pages.conftest import button, send_file, wait_until, words
from tests.pages.test_data import zipped

TAKE = "Take them without labels"


@pytest.fixture
def lone(tmp_path):
    """Pictures in no folder, named as cameras do."""
    folder = tmp_path / "lone"
    folder.mkdir()
    for number, path in enumerate(draw_folder(tmp_path / "drawn", 2).rglob("*.png")):
        path.rename(folder / f"IMG_{number:04d}.png")
    return zipped(folder)


def ended(app):
    wait_until(lambda: not session.jobs().running())
    app.run()
    assert not app.exception
    return app


def test_lone_pictures_can_be_taken_without_labels(open_page, home, lone):
    app = ended(send_file(open_page("data"), "lone.zip", lone))
    text = words(app).replace("\\", "")
    assert "The pictures in lone.zip don't lie in folders." in text
    assert "Only to adapt a model to them, import them without labels." in text
    assert "--layout" not in text, "no options of the command line"
    assert "Without labels" in text and "1 class" not in text
    app = ended(button(app, TAKE).click().run())
    (dataset,) = DatasetStore(home).list()
    assert len(dataset.samples) == 6 and not dataset.has_labels
    assert "No labels." in words(app)
    assert "Train a model" not in [item.label for item in app.button]


@pytest.mark.parametrize("section", ["pictures", "check", "classes", "versions"])
def test_a_data_set_without_labels_has_all_its_sections(open_page, home, tmp_path, section):
    folder = draw_folder(tmp_path / "one", 3, names=("circle",))
    with pytest.raises(AmbiguousLayout, match="Only one class, circle") as asked:
        DatasetStore(home).import_source(folder)
    (way,) = asked.value.candidates
    dataset = DatasetStore(home).import_source(folder, options=way.options)
    open_page("data", dataset=dataset.id, section=section)


def test_they_can_be_left_alone(open_page, home, lone):
    app = ended(send_file(open_page("data"), "lone.zip", lone))
    app = button(app, "Don't import it").click().run()
    assert not app.exception
    assert TAKE not in [item.label for item in app.button]
    assert DatasetStore(home).list() == []
