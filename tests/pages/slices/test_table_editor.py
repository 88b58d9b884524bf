"""The editor of the user's table: a column, many cells at once, what is unsaved, and the way back."""

import pytest

from core.datasets.attributes.own_attributes import read_attributes, read_former
from core.datasets.attributes.table_edits import TableEdits, save_edits
from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import load_evaluations
from core.settings import settings
from pages.components.slices.table_editor import Draft, take
from tests.pages.conftest import button, fields, words


@pytest.fixture
def results(open_page, trained):
    run = trained.get("Good run")
    (evaluation,) = load_evaluations(trained.folder(run.id))
    app = open_page("run", run=run.id)
    app.dataset = DatasetStore(settings()).get(run.dataset_id)
    app.paths = set(evaluation.paths)
    app.toggle(key=f"edit_table_{app.dataset.id}").set_value(True).run()
    assert not app.exception
    return app


def add_column(app, name: str, values: str) -> None:
    app.text_input(key=f"table_column_{app.dataset.id}").set_value(name)
    app.text_input(key=f"table_values_{app.dataset.id}").set_value(values)
    button(app, "Add the column").click().run()
    assert not app.exception


def fill(app, value: str) -> None:
    names = fields(app)
    next(names[key] for key in names if key.startswith(f"table_fill_{app.dataset.id}_value")).set_value(value)
    names[f"table_fill_{app.dataset.id}_which"].set_value("all")
    app.run()
    button(app, "Fill").click().run()
    assert not app.exception


def test_a_column_is_added_filled_saved_and_taken_back(results):
    app = results
    add_column(app, "light *x*", "day, night")
    assert "Not saved yet: the values to choose from in light \\*x\\*" in words(app)
    fill(app, "day")
    assert f"and {len(app.paths)} values" in words(app)
    fields(app)[f"table_class_{app.dataset.id}"].set_value(0).run()
    fill(app, "night")
    # Nothing is written before it is saved.
    assert read_attributes(app.dataset) is None
    button(app, "Save").click().run()
    assert not app.exception
    found = read_attributes(app.dataset)
    of_first = {sample.path for sample in app.dataset.samples if sample.label == 0}
    assert found.values == {path: ("night" if path in of_first else "day",) for path in app.paths}
    assert "Not saved yet" not in words(app)
    assert "light *x*" in fields(app)["by"].options

    save_edits(app.dataset, TableEdits().with_cells("place", "house", sorted(app.paths)))
    app.run()
    assert "place" in words(app)
    button(app, "Back to the former table").click().run()
    assert not app.exception
    assert read_attributes(app.dataset).columns == ("light *x*",)
    assert read_former(app.dataset).columns == ("light *x*", "place")


def test_what_is_no_column_is_refused_and_changes_are_discarded(results):
    app = results
    add_column(app, "light", "day")
    assert "Expected 2 to 10 different values for the column light" in words(app)
    assert app.text_input(key=f"table_column_{app.dataset.id}").value == "light"
    add_column(app, "light", "day, night")
    assert "Expected 2 to 10" not in words(app)
    button(app, "Discard").click().run()
    assert "Not saved yet" not in words(app)
    assert "Fill" not in [item.label for item in app.button]
    assert read_attributes(app.dataset) is None


def test_what_is_changed_in_the_rows_is_noted_by_picture():
    draft = Draft()
    take(draft, ["a", "b"], {0: {"own:light": "day", "ticked": True}, 1: {"own:light": None, "name": "no"}})
    take(draft, ["b", "c"], {0: {"ticked": True}, 1: {"own:light": "night"}})
    assert draft.edits.cells == {"a": {"light": "day"}, "b": {"light": ""}, "c": {"light": "night"}}
    assert draft.ticked == {"a", "b"}
    take(draft, ["a"], {0: {"ticked": False}})
    assert draft.ticked == {"b"}
