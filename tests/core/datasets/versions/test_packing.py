"""Data sets as zips that come back as the same data set."""

import io
import re
import zipfile

import pytest

from core.datasets.edit import Edit
from core.datasets.layouts.layout import AmbiguousLayout
from core.datasets.layouts.options import ReadingOptions
from core.datasets.versions.packing import plan, write_zip
from core.errors import DatasetError, Stopped


@pytest.fixture
def imported(store, zip_of, tmp_path):
    def imported(files, name="pets.zip"):
        path = tmp_path / name
        path.write_bytes(zip_of(files))
        return store.import_source(path)

    return imported


@pytest.fixture
def pets(imported, picture):
    return imported(
        {f"{name}/my {name}.{n}.png": picture(100 * len(name) + n) for name in ("cat", "mouse") for n in range(3)}
    )


def packed(dataset):
    file = io.BytesIO()
    write_zip(dataset, file)
    return file


def names(dataset):
    return [name for _, name in plan(dataset).names]


def reimported(store, dataset):
    """Imports the packed zip after the data set was deleted, so that it has to be created again."""
    file = packed(dataset)
    store.delete(dataset.id)
    return store.import_source(file)


def test_class_folders_with_numbered_pictures(pets):
    with zipfile.ZipFile(packed(pets)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == names(pets)
        for sample, name in plan(pets).names:
            assert archive.read(name) == pets.picture_path(sample).read_bytes()
    assert names(pets) == [
        "cat/0001 my cat.0.png",
        "cat/0002 my cat.1.png",
        "cat/0003 my cat.2.png",
        "mouse/0001 my mouse.0.png",
        "mouse/0002 my mouse.1.png",
        "mouse/0003 my mouse.2.png",
    ]


def test_what_was_packed_comes_back_as_the_same_data_set(store, pets):
    assert reimported(store, pets).id == pets.id


def test_given_splits_come_back(store, imported, picture):
    dataset = imported(
        {
            f"{split}/{name}/{n}.png": picture(1000 * s + 100 * c + n)
            for s, split in enumerate(("train", "validation", "test"))
            for c, name in enumerate(("cat", "dog"))
            for n in range(3)
        }
    )
    assert names(dataset)[0] == "test/cat/0001 0.png"
    assert reimported(store, dataset).id == dataset.id


def test_a_data_set_whose_validation_pictures_are_all_broken_comes_back(store, imported, picture):
    files = {f"train/{name}/{n}.png": picture(100 * c + n) for c, name in enumerate(("cat", "dog")) for n in range(3)}
    dataset = imported(files | {f"validation/{name}/0.png": b"not a picture" for name in ("cat", "dog")})
    assert dict(dataset.distribution().counts) == {"": (3, 3)}
    assert reimported(store, dataset).id == dataset.id


def test_a_version_comes_back(store, pets):
    version = store.derive(
        pets.id,
        [
            Edit("rename_class", class_names=("mouse", "big mouse: Brontë's (1)")),
            Edit("relabel", tuple(sample.path for sample in pets.samples[:2]), ("bat",)),
            Edit("leave_out_class", class_names=("cat",)),
        ],
    )
    assert reimported(store, version).id == version.id


def test_strange_class_names_come_back(store, imported, picture):
    strange = ("a\u202eb", "猫", "Zoë & co", "tab\there", "train", "con.")
    dataset = imported({f"{name}/{n}.png": picture(100 * c + n) for c, name in enumerate(strange) for n in range(3)})
    assert dataset.class_names == ("Zoë & co", "a\\u202eb", "con.", "tab\\x09here", "train", "猫")
    assert reimported(store, dataset).id == dataset.id


@pytest.mark.parametrize(
    "classes",
    [("T-shirt/top", "coat"), ("train", "test"), (".net", "C:"), ('say "a, b"', "a/b/c"), ("=1/2", "+a")],
    ids=["slash", "splits", "hidden", "quotes", "formulas"],
)
@pytest.mark.parametrize("splits", [("",), ("train", "validation")], ids=["undecided", "split"])
def test_class_names_that_arent_folder_names_come_back_by_a_table(store, imported, picture, classes, splits):
    rows, files = ["filename,label,split"], {}
    for number in range(12):
        files[f"pictures/{number}.png"] = picture(number)
        label = classes[number % 2].replace('"', '""')
        rows.append(f'{number}.png,"{label}",{splits[number // 2 % len(splits)]}')
    dataset = imported(files | {"labels.csv": "\n".join(rows).encode()})
    assert dataset.class_names == tuple(sorted(classes))
    assert dataset.has_split == (len(splits) > 1)
    assert reimported(store, dataset).id == dataset.id


def test_classes_that_differ_only_by_case_come_back_when_they_are_to_be_kept(store, imported, picture, tmp_path):
    files = {f"{name}/{n}.png": picture(100 * c + n) for c, name in enumerate(("A", "a", "10", "9")) for n in range(3)}
    with pytest.raises(AmbiguousLayout):
        imported(files)
    keep = ReadingOptions(similar_classes="keep")
    dataset = store.import_source(tmp_path / "pets.zip", options=keep)
    assert dataset.class_names == ("9", "10", "A", "a")
    assert names(dataset)[0].startswith("10/")
    file = packed(dataset)
    store.delete(dataset.id)
    with pytest.raises(AmbiguousLayout) as caught:
        store.import_source(file)
    assert caught.value.candidates[0].options == ReadingOptions("class_folders", similar_classes="keep")
    assert store.import_source(file, options=keep).id == dataset.id


def test_a_zip_of_a_zip_has_the_same_names(store, pets):
    assert names(reimported(store, pets)) == names(pets)


def test_names_are_safe_and_unique(imported, picture):
    dataset = imported(
        {
            f"cat/{name}.png": picture(n)
            for n, name in enumerate(("A", "a", 'x<>:"|?*y', "ü" * 200, "x..", "nul\x01", " "))
        }
        | {f"dog/{n}/same.png": picture(100 + n) for n in range(3)}
    )
    found = names(dataset)
    assert len({name.casefold() for name in found}) == len(found) == 10
    for name in found:
        assert re.fullmatch(r'(cat|dog)/\d{4} [^<>:"/\\|?*\x00-\x1f]{1,80}\.png', name), name


def test_the_extension_is_what_the_picture_is(imported, picture):
    dataset = imported({f"{name}/{n}.jpg": picture(10 * c + n, "GIF") for c, name in enumerate("ab") for n in range(2)})
    assert names(dataset)[0] == "a/0001 0.gif"


def test_the_same_data_set_makes_the_same_file(pets):
    assert packed(pets).getvalue() == packed(pets).getvalue()


class OneWay(io.RawIOBase):
    """A file that can only be written to, such as a connection to a browser."""

    def __init__(self):
        self.content = b""

    def writable(self):
        return True

    def write(self, data):
        self.content += bytes(data)
        return len(data)


def test_a_stream_that_cannot_seek_will_do(store, pets):
    file = OneWay()
    write_zip(pets, file)
    store.delete(pets.id)
    assert store.import_source(io.BytesIO(file.content)).id == pets.id


def test_events_and_stopping(pets, tmp_path):
    events = []
    write_zip(pets, tmp_path / "pets.zip", on_event=events.append)
    assert {(event.phase, event.total) for event in events} == {("pack", 6)}
    assert events[-1].step == 6
    with pytest.raises(Stopped):
        write_zip(pets, tmp_path / "stopped.zip", should_stop=lambda: True)


def test_a_missing_picture_is_reported(pets):
    pets.picture_path(pets.samples[2]).unlink()
    with pytest.raises(DatasetError) as caught:
        packed(pets)
    assert str(caught.value) == (
        "The picture pictures/00000002.png of pets can't be read (No such file or directory). Import the data set "
        "again."
    )
