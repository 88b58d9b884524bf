"""A table about pictures: what it may look like, what is refused, and that it is kept whole."""

import json
from dataclasses import replace

import pytest

from core.datasets.attributes.own_attributes import (
    ATTRIBUTES_NAME,
    FORMER_NAME,
    bring_back_former,
    change_attributes,
    read_attributes,
    read_former,
    read_table,
    remove_attributes,
    save_attributes,
    take_over_attributes,
)
from core.datasets.edit import REMOVE, RENAME_CLASS, Edit
from core.datasets.store.store import DatasetStore
from core.errors import DatasetError


@pytest.fixture
def pets(store, zip_of, picture, tmp_path):
    path = tmp_path / "pets.zip"
    names = [f"{name}/{name}{number}.png" for name in ("cat", "dog") for number in range(3)]
    names += ["cat/same.png", "dog/same.png"]
    path.write_bytes(zip_of({name: picture(number) for number, name in enumerate(names)}))
    return store.import_source(path)


def by_name(dataset, attributes):
    return {sample.name: attributes.values.get(sample.path) for sample in dataset.samples}


def test_values_are_found_by_name_and_by_path(pets):
    table = b"file,light,place\ncat0.png,day,house\ndog/dog1.png,night,\ncat/same.png,day,garden\n"
    found = read_table(pets, "more.csv", table)
    assert found.columns == ("light", "place")
    values = by_name(pets, found)
    assert values["cat/cat0.png"] == ("day", "house")
    assert values["dog/dog1.png"] == ("night", "")
    assert values["cat/same.png"] == ("day", "garden")
    assert values["dog/same.png"] is None
    assert (found.num_rows, found.num_strange, found.num_ambiguous) == (3, 0, 0)


def test_strange_ambiguous_and_contradicting_rows_are_counted_and_not_guessed(pets):
    rows = ["cat0.png,day", "cat1.png,day", "cat1.png,night", "cat2.png,day", "cat2.png,day"]
    rows += ["same.png,day", "elephant.png,day"]
    found = read_table(pets, "more.csv", "\n".join(["file,light", *rows]).encode())
    assert (found.num_rows, found.num_strange, found.num_ambiguous, found.num_contradicted) == (7, 1, 1, 1)
    values = by_name(pets, found)
    assert values["cat/cat1.png"] is None
    assert values["cat/cat2.png"] == ("day",)
    assert values["cat/same.png"] is values["dog/same.png"] is None


@pytest.mark.parametrize(("separator", "encoding"), [(";", "cp1252"), ("\t", "utf-16"), (",", "utf-8-sig")])
def test_separators_and_encodings(pets, separator, encoding):
    lines = [["Bild", "Straße"], ["cat0.png", "Küche"], ["dog0.png", "Höhle"], ["dog1.png", "Küche"]]
    data = "\r\n".join(separator.join(line) for line in lines).encode(encoding)
    found = read_table(pets, "more.csv", data)
    assert found.columns == ("Straße",)
    assert by_name(pets, found)["dog/dog0.png"] == ("Höhle",)


def test_cells_like_formulas_are_texts(pets):
    table = b'file,light\ncat0.png,"=HYPERLINK(""http://x"")"\ndog0.png,<img src=x>\x1b[31m\ndog1.png,NaN\n'
    values = by_name(pets, read_table(pets, "more.csv", table))
    assert values["cat/cat0.png"] == ('=HYPERLINK("http://x")',)
    assert values["dog/dog0.png"] == ("<img src=x>\\x1b[31m",)
    assert values["dog/dog1.png"] == ("",)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "isn't one"),
        (b"only one column\n", "isn't one"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "of another kind"),
        (b"PK\x03\x04\0\0", "of another kind"),
        (b"file,light\nelephant.png,day\nlion.png,night\n", "None of the columns of more.csv names two"),
        (b"light,place\nday,house\nnight,garden\n", "None of the columns of more.csv names two"),
        (b"cat0.png,day\ncat1.png,night\n", "a first row with a name for each column"),
        (b"file,light,\ncat0.png,day,1\ncat1.png,night,2\n", "a first row with a name for each column"),
        (b"file,light,Light\ncat0.png,day,1\ncat1.png,night,2\n", "several called light"),
        (b"file," + b",".join(b"c%d" % n for n in range(60)) + b"\ncat0.png\ncat1.png\n", "up to 50 columns"),
        (b"file,light\n" + b"cat0.png,day\n" * 900_000, "up to 10 MB"),
        (b'file,light\ncat0.png,"' + b"x" * 200_000, "isn't one"),
    ],
)
def test_what_is_no_such_table_is_refused_in_one_sentence(pets, data, words):
    with pytest.raises(DatasetError, match=words) as refusal:
        read_table(pets, "more.csv", data)
    assert str(refusal.value).startswith("Expected ")
    assert read_attributes(pets) is None


def test_it_is_kept_replaced_and_removed(pets, store):
    save_attributes(pets, read_table(pets, "../../more.csv", b"file,light\ncat0.png,day\ncat1.png,night\n"))
    again = DatasetStore(store.settings).get(pets.id)
    assert read_attributes(again).file_name == "more.csv"
    assert by_name(pets, read_attributes(again))["cat/cat1.png"] == ("night",)
    other = read_table(pets, "other.csv", b"file,place\ncat0.png,house\ndog1.png,garden\n")
    save_attributes(pets, other)
    assert read_attributes(again) == other
    remove_attributes(pets)
    remove_attributes(pets)
    assert read_attributes(again) is None


@pytest.mark.parametrize("content", ["", "[]", '{"columns": ["a"], "values": {"x": []}}', "{" * 5000, '{"values": 1}'])
def test_damage_is_said(pets, content):
    (pets.folder / ATTRIBUTES_NAME).write_text(content)
    with pytest.raises(DatasetError, match="can't be read"):
        read_attributes(pets)


def test_what_is_kept_is_json(pets):
    save_attributes(pets, read_table(pets, "more.csv", b"file,light\ncat0.png,day\ncat1.png,night\n"))
    assert json.loads((pets.folder / ATTRIBUTES_NAME).read_text())["columns"] == ["light"]


def test_deleted_data_set_is_said(pets, store):
    found = read_table(pets, "more.csv", b"file,light\ncat0.png,day\ncat1.png,night\n")
    store.delete(pets.id)
    with pytest.raises(DatasetError, match="deleted"):
        save_attributes(pets, found)


LIGHT = b"file,light\ncat0.png,day\ncat1.png,night\ndog1.png,day\n"
PLACE = b"file,place\ncat0.png,house\ndog1.png,garden\n"


def test_there_is_a_way_back_to_the_former_table_and_forth_again(pets):
    light, place = read_table(pets, "light.csv", LIGHT), read_table(pets, "place.csv", PLACE)
    save_attributes(pets, light)
    assert read_former(pets) is None
    with pytest.raises(DatasetError, match="no former table"):
        bring_back_former(pets)
    save_attributes(pets, place)
    for present, former in ((light, place), (place, light)):
        bring_back_former(pets)
        assert (read_attributes(pets), read_former(pets)) == (present, former)
    remove_attributes(pets)
    bring_back_former(pets)
    assert (read_attributes(pets), read_former(pets)) == (place, None)


def test_damaged_tables_are_replaced_and_the_former_one_stays(pets):
    light = read_table(pets, "light.csv", LIGHT)
    save_attributes(pets, light)
    remove_attributes(pets)
    (pets.folder / ATTRIBUTES_NAME).write_text("{")
    with pytest.raises(DatasetError, match="can't be read"):
        change_attributes(pets, lambda _: light)
    remove_attributes(pets)
    assert read_former(pets) == light
    (pets.folder / FORMER_NAME).write_text("{")
    assert read_former(pets) is None


def test_a_version_has_the_table_of_the_pictures_that_it_still_has(pets, store):
    save_attributes(pets, replace(read_table(pets, "light.csv", LIGHT), choices={"light": ("day", "night", "dusk")}))
    gone = next(sample.path for sample in pets.samples if sample.name == "cat/cat1.png")
    version = store.derive(pets.id, [Edit(REMOVE, (gone,)), Edit(RENAME_CLASS, (), ("cat", "kitten"))])
    found = read_attributes(version)
    assert by_name(version, found) == {
        "cat/cat0.png": ("day",),
        "cat/cat2.png": None,
        "cat/same.png": None,
        "dog/dog0.png": None,
        "dog/dog1.png": ("day",),
        "dog/dog2.png": None,
        "dog/same.png": None,
    }
    assert gone not in found.values
    assert (found.file_name, found.num_rows, found.choices) == ("light.csv", 2, {"light": ("day", "night", "dusk")})
    # It is the version's own from now on.
    remove_attributes(version)
    assert read_attributes(pets) is not None


@pytest.mark.parametrize("content", [None, "{"])
def test_without_a_table_that_can_be_read_there_is_nothing_to_take_over(pets, tmp_path, content):
    if content:
        (pets.folder / ATTRIBUTES_NAME).write_text(content)
    take_over_attributes(pets, [sample.path for sample in pets.samples], tmp_path)
    assert not (tmp_path / ATTRIBUTES_NAME).exists()
