"""Changes to a table picture by picture: columns, cells, what is refused, and that nobody's changes are lost."""

import csv
import io

import pytest

from core.datasets.attributes.groupings import groupings
from core.datasets.attributes.own_attributes import read_attributes, read_table, save_attributes
from core.datasets.attributes.table_edits import TableEdits, as_rows, choices, edited, save_edits, with_column
from core.errors import DatasetError


@pytest.fixture
def pets(store, zip_of, picture, tmp_path):
    path = tmp_path / "pets.zip"
    names = [f"{name}/{name}{number}.png" for name in ("cat", "dog") for number in range(3)]
    path.write_bytes(zip_of({name: picture(number) for number, name in enumerate(names)}))
    return store.import_source(path)


@pytest.fixture
def light(pets):
    """Changes that add a column to nothing, with a value for two pictures."""
    edits = with_column(TableEdits(), edited(None, TableEdits()), "light", ["day", "night", "dusk"])
    first, second = (sample.path for sample in pets.samples[:2])
    return edits.with_cells("light", "day", [first]).with_cells("light", "night", [second])


def test_a_table_is_made_from_nothing_and_gives_groups(pets, light):
    save_edits(pets, light)
    found = read_attributes(pets)
    assert (found.file_name, found.columns) == ("", ("light",))
    assert [found.values.get(sample.path) for sample in pets.samples[:3]] == [("day",), ("night",), None]
    # What nobody was given yet can still be chosen after a reload.
    assert choices(found, "light") == ("day", "night", "dusk")
    (own,) = [item for item in groupings(pets, list(found.values), found).offered if item.name == "own:light"]
    assert [group.parameters["value"] for group in own.groups] == ["day", "night"]


def test_changes_hold_for_the_table_as_it_is_when_they_are_saved(pets, light):
    third = pets.samples[2].path
    other = TableEdits().with_cells("place", "house", [third, pets.samples[0].path])
    save_edits(pets, other)
    save_edits(pets, light)
    found = read_attributes(pets)
    assert found.columns == ("place", "light")
    assert found.values[pets.samples[0].path] == ("house", "day")
    assert found.values[third] == ("house", "")


def test_cells_of_an_uploaded_table_are_changed_and_emptied(pets):
    save_attributes(pets, read_table(pets, "more.csv", b"file,light\ncat0.png,day\ncat1.png,night\nlion.png,day\n"))
    first, second = list(read_attributes(pets).values)
    save_edits(pets, TableEdits().with_cells("light", "", [first]).with_cells("light", "<b>=1\x1b", [second]))
    found = read_attributes(pets)
    assert found.file_name == "more.csv"
    assert found.values == {second: ("<b>=1\\x1b",)}
    assert found.num_strange == 0


def test_a_column_of_the_same_name_gets_further_values(light):
    table = edited(None, light)
    further = with_column(light, table, " Light", ["noon", "day"])
    assert edited(None, further).columns == ("light",)
    assert choices(edited(None, further), "light") == ("day", "night", "dusk", "noon")
    assert light.num_cells == further.num_cells == 2


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        (" ", ["a", "b"], "a name for the column"),
        ("place", ["a", "a", " "], "2 to 10 different values for the column place. Received 1"),
        ("place", list("abcdefghijk"), "Received 11"),
        ("light", list("abcdefgh"), "Received 11"),
    ],
)
def test_what_is_no_column_is_refused(light, name, values, words):
    with pytest.raises(DatasetError, match=words):
        with_column(light, edited(None, light), name, values)


def test_no_more_columns_than_an_upload_may_have(light):
    full = TableEdits({f"c{number}": ("a", "b") for number in range(50)})
    with pytest.raises(DatasetError, match="up to 50 columns"):
        with_column(full, edited(None, full), "one more", ["a", "b"])


def test_many_different_values_are_typed(pets):
    edits = TableEdits({"age": tuple(map(str, range(11)))})
    assert choices(edited(None, edits), "age") == ()


@pytest.mark.parametrize("column", ["light", "file"])
def test_it_can_be_downloaded_and_uploaded_again(pets, column):
    edits = TableEdits().with_cells(column, "day", [pets.samples[0].path]).with_cells(column, "a, b", ["gone"])
    table = edited(None, edits.with_cells(column, "night", [pets.samples[4].path]))
    text = io.StringIO()
    csv.writer(text).writerows(as_rows(pets, table))
    again = read_table(pets, "again.csv", text.getvalue().encode())
    assert again.columns == (column,)
    filled = {path: row for path, row in again.values.items() if any(row)}
    assert filled == {pets.samples[0].path: ("day",), pets.samples[4].path: ("night",)}
