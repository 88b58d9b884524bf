"""A table that isn't understood, and the columns that a person names."""

import pytest

from core.datasets.store.store import DatasetStore
from pages.components.shell import session
from tests.conftest import SHAPES, draw_folder
from tests.pages.conftest import button, send_file, wait_until, words
from tests.pages.test_data import zipped


@pytest.fixture
def puzzling(tmp_path):
    """Pictures in one folder, and a table none of whose columns is called like one of classes."""
    folder = tmp_path / "flat" / "images"
    folder.mkdir(parents=True)
    rows = []
    for number, path in enumerate(sorted(draw_folder(tmp_path / "drawn", 4).rglob("*.png"))):
        rows.append(f"{number}x.png,{number * 1.25},{path.parent.name}")
        path.rename(folder / f"{number}x.png")
    (folder.parent / "notes.csv").write_text("\n".join(["where,area,remark", *rows]))
    return zipped(folder.parent)


def ended(app):
    wait_until(lambda: not session.jobs().running())
    app.run()
    assert not app.exception
    return app


def test_the_columns_can_be_named_on_the_page(open_page, home, puzzling):
    app = ended(send_file(open_page("data"), "puzzle.zip", puzzling))
    assert "notes.csv isn't understood" in words(app).replace("\\", "")
    assert "Which column holds what?" in words(app)
    text = words(app).replace("\\", "")
    assert "Choose the right column below." in text
    assert "--" not in text, "no options of the command line"
    select = {item.label: item for item in app.selectbox}
    assert select["Classes"].options == ["Found by itself", "where", "area", "remark"]
    select["Classes"].set_value("remark")
    ended(button(app, "Read it with these columns").click().run())
    (dataset,) = DatasetStore(home).list()
    assert dataset.class_names == SHAPES


def test_a_wrong_column_is_asked_about_again_and_the_source_can_be_dropped(open_page, home, puzzling):
    app = ended(send_file(open_page("data"), "puzzle.zip", puzzling))
    next(item for item in app.selectbox if item.label == "Names of the pictures").set_value("area")
    app = ended(button(app, "Read it with these columns").click().run())
    assert "Which column holds what?" in words(app)
    app = button(app, "Don't import it").click().run()
    assert "Which column holds what?" not in words(app)
    assert DatasetStore(home).list() == []
    assert not list(home.datasets.glob(".importing-*"))
