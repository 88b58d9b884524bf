"""Imports from end to end: what is imported, what is reported, and that nothing is ever left half-done."""

import io
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.datasets.layouts.layout import AmbiguousLayout
from core.datasets.layouts.options import ReadingOptions
from core.datasets.store.manifest import MANIFEST_NAME
from core.datasets.store.store import DatasetStore
from core.errors import DatasetError, Stopped
from core.settings import Settings
from core.wording.dataset_notes import dataset_note
from core.wording.reasons import reason
from tests.core.datasets.store.conftest import NAMES, left_behind, refusal

SPLITS = ("train", "validation", "train", "test")


# Importing


def test_a_zip_becomes_a_data_set(store, archive, pets, picture):
    dataset = store.import_source(archive(pets | {"readme.txt": b"hello", "cats/broken.jpg": picture(0, "JPEG")[:300]}))
    assert dataset.name == "pets"
    assert dataset.class_names == ("cats", "dogs")
    assert dict(dataset.distribution().counts) == {"": (5, 5)}
    assert dataset.num_ignored == 1
    assert [(item.name, reason(item.reason)) for item in dataset.skipped] == [
        ("cats/broken.jpg", "cut off, the file ends before the picture does")
    ]
    first = dataset.samples[0]
    assert (first.path, first.name, first.width, first.height) == ("pictures/00000000.png", "cats/0.png", 12, 12)
    assert dataset.picture_path(first).read_bytes() == pets["cats/0.png"]
    assert len(list((dataset.folder / "pictures").iterdir())) == 10


def test_given_splits_are_kept(store, archive, pets):
    files = {f"data/{split}/{name}": content for split, (name, content) in zip(SPLITS * 3, pets.items(), strict=False)}
    dataset = store.import_source(archive(files))
    assert dataset.has_split
    assert set(dataset.distribution().counts) == {"train", "validation", "test"}


def test_names_in_an_old_encoding_are_classes_of_their_own(store, tmp_path, raw_zip, entry, picture):
    names = [f"{name}/{number}.png".encode("gbk") for name in "五武工攻" for number in range(3)]
    path = tmp_path / "signs.zip"
    path.write_bytes(raw_zip([entry(name, picture(number)) for number, name in enumerate(names)]))
    dataset = store.import_source(path)
    assert set(dataset.class_names) == set("五武工攻") and set(dataset.distribution().counts[""]) == {3}
    assert [note.code for note in dataset.receipt] == ["outer_folders", "name_encoding"]
    told = store.import_source(path, options=ReadingOptions(encoding="cp949"))
    assert len(told.class_names) == 4 and not set(told.class_names) & set(dataset.class_names)


def test_a_folder_and_an_upload_and_a_tar_give_the_same_data_set(store, archive, pets, tmp_path):
    path = archive(pets)
    for name, data in pets.items():
        target = tmp_path / "folder" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    subprocess.run(["tar", "czf", tmp_path / "pets.tgz", "-C", tmp_path, "folder"], check=True)
    sources = [path, tmp_path / "folder", str(tmp_path / "pets.tgz"), io.BytesIO(path.read_bytes())]
    indexes = [store.import_source(source, "the same") for source in sources]
    assert len({dataset.id for dataset in indexes}) == 1
    assert len(store.list()) == 1


def test_the_same_content_twice_is_the_first_data_set(store, archive, pets, tmp_path):
    first = store.import_source(archive(pets))
    again = store.import_source(archive(dict(reversed(pets.items())) | {"cats/broken.png": b"no"}, "other name.zip"))
    assert (again.id, again.name, again.samples) == (first.id, first.name, first.samples)
    assert (
        dataset_note(again.notes[0])
        == f"These {len(first.samples)} pictures were here already, as {first.name}: nothing was added."
    )
    assert [skipped.name for skipped in again.skipped] == ["cats/broken.png"]
    assert store.get(first.id) == first
    assert left_behind(tmp_path) == [first.id]


def test_the_same_content_imported_at_once_is_one_data_set(store, archive, pets, tmp_path):
    path = archive(pets)
    with ThreadPoolExecutor(4) as pool:
        indexes = list(pool.map(store.import_source, [path] * 4))
    assert len({dataset.id for dataset in indexes}) == 1
    assert sum(not dataset.notes for dataset in indexes) == 1
    assert left_behind(tmp_path) == [indexes[0].id]


def test_events_of_all_phases(store, archive, pets):
    events = []
    store.import_source(archive(pets), on_event=events.append)
    ends = {event.phase: (event.step, event.total) for event in events}
    assert ends == {"extract": (10, 10), "pictures": (10, 10), "audit": (10, 10)}


def test_names(store, archive, pets, picture):
    first = store.import_source(archive(pets, "Pets.tar.gz"), "  my \n pets ")
    assert first.name == "my pets"
    second = store.import_source(archive(pets | {"cats/x.png": picture(99)}), "my pets")
    assert second.name == "my pets (2)"
    upload = io.BytesIO(archive(pets | {"cats/x.png": picture(98)}).read_bytes())
    upload.name = "../../<img src=x>\u202e.zip"
    assert store.import_source(upload).name == "<img src=x>\\u202e"


def test_an_upload_without_a_name_can_be_refused(store, tmp_path):
    assert refusal(store, io.BytesIO(b"hello"), tmp_path) == (
        "Expected a zip of pictures in class folders. The archive is a text file. Make a zip of the folders and choose "
        "that."
    )


# Layouts


def test_a_table_beside_the_pictures_says_the_classes(store, archive, picture):
    files = {f"images/{number}.png": picture(number) for number in range(6)}
    rows = "".join(f"{number},{NAMES[number % 2]}\n" for number in range(5))
    dataset = store.import_source(archive(files | {"labels.csv": b"id,label\n" + rows.encode()}))
    assert dataset.class_names == NAMES
    assert dict(dataset.distribution().counts) == {"": (3, 2)}
    assert [(item.name, reason(item.reason)) for item in dataset.skipped] == [
        ("images/5.png", "labels.csv says no class for it")
    ]
    assert dataset.num_ignored == 1


def test_file_names_say_the_classes_and_unlabelled_pictures_are_counted(store, archive, picture, tmp_path):
    files = {f"train/{name}.{n}.png": picture(100 * label + n) for label, name in enumerate(NAMES) for n in range(20)}
    dataset = store.import_source(archive(files | {f"test1/{n}.png": picture(1000 + n) for n in range(25)}))
    assert dataset.class_names == NAMES
    assert dict(dataset.distribution().counts) == {"": (20, 20)}
    assert dataset.skipped == ()
    assert tuple(map(dataset_note, dataset.notes)) == ("25 pictures in test1 have no class and were left out.",)
    assert len(list((dataset.folder / "pictures").iterdir())) == 40


def test_the_user_chooses_between_two_layouts(store, archive, picture, tmp_path):
    folders = ("animals/cats", "animals/dogs", "vehicles/cars")
    files = {f"{folder}/{n}.png": picture(100 * label + n) for label, folder in enumerate(folders) for n in range(2)}
    path = archive(files)
    phases = []
    with pytest.raises(AmbiguousLayout) as caught:
        store.import_source(path, on_event=lambda event: phases.append(event.phase))
    assert str(caught.value) == (
        "pets.zip can be read in two ways. Choose a layout: class_folders, 2 classes: animals (4), vehicles (2); or "
        "inner_folders, 3 classes: cars (2), cats (2), dogs (2)."
    )
    assert set(phases) == {"extract"}
    assert left_behind(tmp_path) == []
    outer, inner = (store.import_source(path, options=candidate.options) for candidate in caught.value.candidates)
    assert outer.class_names == ("animals", "vehicles")
    assert inner.class_names == ("cars", "cats", "dogs")
    assert outer.id != inner.id


def test_a_layout_that_doesnt_fit(store, archive, pets, tmp_path):
    with pytest.raises(DatasetError) as caught:
        store.import_source(archive(pets), options=ReadingOptions("csv"))
    assert str(caught.value) == (
        "pets.zip can't be read by the layout csv: it has no CSV with a column of picture names and one of classes. "
        "Choose class_folders."
    )
    assert left_behind(tmp_path) == []


# Pictures sorted by hand


def test_pictures_sorted_by_hand_become_a_data_set(store, archive, pets, tmp_path):
    path = tmp_path / "on disk.png"
    path.write_bytes(pets["cats/0.png"])
    classes = {
        name: [("picture.png", io.BytesIO(data)) for own, data in pets.items() if own.startswith(name)]
        for name in NAMES
    }
    classes["cats"][0] = (path.name, path)
    classes["dogs"].append(("page.html", io.BytesIO(b"<html>")))
    events = []
    dataset = store.import_pictures(classes, " my  pets ", events.append)
    assert dataset.name == "my pets"
    assert dataset.class_names == NAMES
    assert [sample.name for sample in dataset.samples[:2]] == ["cats/on disk.png", "cats/picture.png"]
    assert [(item.name, reason(item.reason)) for item in dataset.skipped] == [
        ("dogs/page.html", "not a picture that can be read, it is a web page")
    ]
    assert {event.phase: event.step for event in events} == {"extract": 11, "pictures": 10, "audit": 10}
    assert store.import_source(archive(pets)).id == dataset.id
    assert left_behind(tmp_path) == [dataset.id]


def test_classes_sorted_by_hand_may_be_called_anything(store, picture):
    classes = {
        name: [(f"cat.{n}.png", io.BytesIO(picture(100 * label + n))) for n in range(2)]
        for label, name in enumerate(("train", "val", "=1+1"))
    }
    dataset = store.import_pictures(classes, "words")
    assert dataset.class_names == ("=1+1", "train", "val")
    assert not dataset.has_split


def test_pictures_sorted_by_hand_can_be_too_few(store, picture, tmp_path):
    with pytest.raises(DatasetError) as caught:
        store.import_pictures({"cats": [("1.png", io.BytesIO(picture(1)))], "dogs": []}, "pets")
    assert str(caught.value).startswith("pets has only one class, cats. There have to be at least two to tell apart.")
    with pytest.raises(Stopped):
        store.import_pictures({"cats": [("1.png", io.BytesIO(picture(1)))]}, "pets", should_stop=lambda: True)
    assert left_behind(tmp_path) == []


# Refusals


def test_not_a_zip(store, tmp_path):
    path = tmp_path / "pets.zip"
    path.write_bytes(b"Rar!\x1a\x07\0")
    assert "pets.zip is a RAR archive" in refusal(store, path, tmp_path)


def test_nothing_there(store, tmp_path):
    text = refusal(store, tmp_path / "gone.zip", tmp_path)
    assert text == (
        f"Expected a zip file or a folder at {tmp_path / 'gone.zip'}. It can't be opened: No such file or directory. "
        "Check the path."
    )


def test_a_home_that_cant_be_written(archive, pets, tmp_path):
    (tmp_path / "home").write_text("a file, not a folder")
    with pytest.raises(DatasetError) as caught:
        DatasetStore(Settings(home=tmp_path / "home")).import_source(archive(pets))
    assert str(caught.value) == (
        f"pets.zip could not be imported into {tmp_path / 'home' / 'datasets'}: its folder can't be written (Not a "
        "directory). Fix that, or set TRANSFER_STUDIO_HOME to another folder."
    )


def test_absurd_expansion(store, archive, pets, tmp_path):
    path = archive(pets | {"cats/bomb.bmp": b"BM" + b"\0" * 30_000_000})
    assert "unpacks to more than 200 times its size" in refusal(store, path, tmp_path)


# Stopping and dying


@pytest.mark.parametrize("phase", ["extract", "pictures"])
def test_stopping_leaves_nothing(store, archive, pets, tmp_path, phase):
    phases = []
    with pytest.raises(Stopped):
        store.import_source(
            archive(pets), on_event=lambda event: phases.append(event.phase), should_stop=lambda: phase in phases
        )
    assert phases[-1] == phase
    assert left_behind(tmp_path) == []


def test_a_failing_listener_leaves_nothing(store, archive, pets, tmp_path):
    def fail(event):
        raise RuntimeError(event.phase)

    with pytest.raises(RuntimeError):
        store.import_source(archive(pets), on_event=fail)
    assert left_behind(tmp_path) == []


# Finding and changing


@pytest.fixture
def three(store, archive, pets, picture):
    return [store.import_source(archive(pets | {"cats/x.png": picture(n)}), f"set {n}") for n in range(3)]


def test_the_newest_is_listed_first(store, three):
    assert [dataset.name for dataset in store.list()] == ["set 2", "set 1", "set 0"]


def test_no_data_sets_yet(store):
    assert store.list() == []
    with pytest.raises(DatasetError, match=r"There is no data set 'x'. Data sets here: none yet, import one first."):
        store.get("x")


def test_getting_by_id_name_and_prefix(store, three):
    for key in (three[1].id, "set 1", three[1].id[:8]):
        assert store.get(key) == three[1]
    with pytest.raises(DatasetError) as caught:
        store.get("set")
    assert str(caught.value).startswith("There is no data set 'set'. Data sets here: set 2 (")
    with pytest.raises(DatasetError):
        store.get("")


def test_a_prefix_that_fits_several(store, archive, picture, tmp_path):
    indexes = []
    while len({dataset.id[0] for dataset in indexes}) == len(indexes):
        number = len(indexes)
        files = {f"{name}/{n}.png": picture(100 * number + n) for name in NAMES for n in range(2)}
        indexes.append(store.import_source(archive(files), f"set {number}"))
    with pytest.raises(DatasetError, match="fits more than one data set"):
        store.get(indexes[-1].id[0])


def test_renaming(store, three):
    assert store.rename(three[0].id, " pets ").name == "pets"
    assert store.get("pets").samples == three[0].samples
    with pytest.raises(DatasetError, match=r"There is a data set called set 1 already. Choose another name."):
        store.rename("pets", "set 1")
    with pytest.raises(DatasetError, match=r"Expected a name for the data set. Received an empty one"):
        store.rename("pets", " \n")


def test_the_validation_share_lasts(store, three):
    assert store.get(three[0].id).validation_split == 0.2
    store.set_validation_split(three[0].id, 0.4)
    dataset = store.get(three[0].id)
    assert dataset.validation_split == 0.4
    assert dataset.id == three[0].id
    assert dataset.with_split().distribution().counts["validation"] == (2, 2)
    with pytest.raises(DatasetError, match="Expected a validation share"):
        store.set_validation_split(three[0].id, 0.9)


def test_deleting(store, three, tmp_path):
    store.delete(three[0].id)
    assert left_behind(tmp_path) == sorted([three[1].id, three[2].id])
    with pytest.raises(DatasetError, match="There is no data set"):
        store.delete(three[0].id)


def test_a_deleted_data_set_can_be_imported_again(store, archive, pets):
    first = store.import_source(archive(pets))
    store.delete(first.id)
    assert store.import_source(archive(pets)).id == first.id


def test_another_store_sees_the_same(store, three, tmp_path):
    other = DatasetStore(Settings(home=tmp_path / "home"))
    assert other.list() == store.list()
    other.rename("set 0", "renamed")
    assert store.get("renamed").id == three[0].id


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 99}', '{"format": 1}'])
def test_a_damaged_record_hides_that_data_set_alone(store, three, content):
    (three[0].folder / MANIFEST_NAME).write_text(content)
    assert [dataset.name for dataset in store.list()] == ["set 2", "set 1"]


def test_renaming_at_once_never_breaks_the_record(store, three):
    stop = threading.Event()
    names = []

    def look():
        while not stop.is_set():
            names.append(store.get(three[0].id).name)

    with ThreadPoolExecutor(3) as pool:
        looking = pool.submit(look)
        list(pool.map(lambda number: store.rename(three[0].id, f"name {number}"), range(20)))
        stop.set()
        looking.result()
    assert names
    assert len(store.list()) == 3
