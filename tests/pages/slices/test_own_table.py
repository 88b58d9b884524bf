"""A table of groups on the page: looked at first, then used, and refused with one sentence."""

import pytest

from core.datasets.attributes.own_attributes import read_attributes
from core.datasets.store.store import DatasetStore
from core.settings import settings
from tests.pages.conftest import button, fields, words


@pytest.fixture
def page(open_page, trained):
    run = trained.get("Good run")
    dataset = DatasetStore(settings()).get(run.dataset_id)
    app = open_page("run", run=run.id)

    def upload(content: bytes):
        (field,) = [item for item in app.file_uploader if item.key.startswith("own_table_")]
        field.set_value(("more.csv", content, "text/csv")).run()
        assert not app.exception
        return app

    upload.dataset = dataset
    return upload


def rows(dataset) -> bytes:
    lines = [f"{sample.name},{'day' if at % 2 else 'night'}" for at, sample in enumerate(dataset.samples)]
    return "\n".join(["file,light", *lines, "elephant.png,day"]).encode()


def test_table_is_looked_at_and_then_used(page):
    app = page(rows(page.dataset))
    assert f"light, of {len(page.dataset.samples)} of" in words(app)
    assert "name no picture of this data set: 1 row" in words(app)
    assert read_attributes(page.dataset) is None
    assert "light" not in fields(app)["by"].options
    button(app, "Use this table").click().run()
    assert not app.exception
    assert read_attributes(page.dataset).columns == ("light",)
    assert "light" in fields(app)["by"].options
    assert "Use this table" not in [item.label for item in app.button]
    fields(app)["by"].set_value("own:light").run()
    assert not app.exception
    assert ["day", "night"] in [list(item.value["Group"]) for item in app.dataframe if "Group" in item.value]


def test_what_is_no_table_is_refused_and_nothing_is_kept(page):
    app = page(b"\x89PNG\0\0")
    assert [item.value for item in app.error] == [
        "Expected a table as text\\. more\\.csv is of another kind\\. Save it as CSV\\."
    ]
    assert "Use this table" not in [item.label for item in app.button]
    assert read_attributes(page.dataset) is None
