"""From extracted files to a data set: what is refused, and which pictures are left out."""

import io
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from core.datasets.archives.archive import ExtractedFile
from core.datasets.layouts.layout import OUTSIDE, AmbiguousLayout
from core.datasets.layouts.options import ReadingOptions
from core.datasets.store.store import DatasetStore
from core.datasets.store.verification import judge
from core.settings import ImportLimits, Settings
from core.wording.coded import Reason
from core.wording.dataset_notes import dataset_note
from core.wording.reasons import reason
from tests.core.datasets.store.conftest import refusal

EXPECTED = (
    "Expected one folder of pictures per class, train and validation folders with those inside, file names such as "
    "cat.12.jpg, or a CSV of labels."
)
UNLABELLED = "Only to adapt a model to them, import them without labels: --layout unlabelled."


def test_copies_in_train_and_validation_are_noted(store, archive, pets):
    files = {f"{split}/{name}": content for split in ("train", "validation") for name, content in pets.items()}
    assert tuple(map(dataset_note, store.import_source(archive(files)).notes)) == (
        "10 validation or test pictures are also in the train folder, so accuracy will look better than it is.",
    )


def test_one_class_only(store, archive, picture, tmp_path):
    path = archive({f"cats/{number}.png": picture(number) for number in range(3)})
    assert refusal(store, path, tmp_path) == (
        f"pets.zip has only one class, cats. There have to be at least two to tell apart. {EXPECTED} {UNLABELLED}"
    )


@pytest.mark.parametrize("copies", [1, 3])
def test_a_class_with_one_picture(store, archive, pets, picture, tmp_path, copies):
    path = archive(pets | {f"wolves/{number}.png": picture(77) for number in range(copies)})
    assert refusal(store, path, tmp_path) == (
        "The class wolves in pets.zip has only one picture that can be read. Each class needs at least two different "
        "ones, preferably twenty. Add some, or leave the class out: --lone-classes leave_out."
    )
    dataset = store.import_source(path, options=ReadingOptions(lone_classes="leave_out"))
    assert dataset.distribution().counts == {"": (5, 5)}
    assert [dataset_note(note) for note in dataset.notes] == [
        "1 class with too few pictures to learn from is left out: wolves."
    ]
    assert {path.name for path in (dataset.folder / "pictures").iterdir()} == {
        Path(sample.path).name for sample in dataset.samples
    }


def test_a_class_whose_pictures_are_all_broken(store, archive, pets, picture, tmp_path):
    path = archive(pets | {f"wolves/{number}.jpg": picture(number, "JPEG")[:200] for number in range(4)})
    assert refusal(store, path, tmp_path).startswith(
        "The class wolves in pets.zip has no picture that can be read. wolves/0.jpg was left out: cut off, the file "
        "ends before the picture does."
    )
    dataset = store.import_source(path, options=ReadingOptions(lone_classes="leave_out"))
    assert (dataset.class_names, len(dataset.skipped)) == (("cats", "dogs"), 4)


def test_pictures_that_are_all_broken(store, archive, picture, tmp_path):
    path = archive({f"{name}/{number}.jpg": picture(number, "JPEG")[:200] for name in ("a", "b") for number in (1, 2)})
    assert refusal(store, path, tmp_path) == (
        f"pets.zip holds no picture that can be read. {EXPECTED} 4 files were skipped, such as a/1.jpg: cut off, the "
        "file ends before the picture does."
    )


def test_a_class_without_training_pictures(store, archive, pets, picture, tmp_path):
    files = {f"train/{name}": content for name, content in pets.items()}
    path = archive(files | {f"validation/wolves/{number}.png": picture(number) for number in range(3)})
    assert refusal(store, path, tmp_path) == (
        "The class wolves in pets.zip has no picture in the train folder. Add some, or leave the class out: "
        "--lone-classes leave_out."
    )


def test_no_pictures(store, archive, tmp_path):
    path = archive({"readme.txt": b"hello"})
    assert refusal(store, path, tmp_path) == f"pets.zip holds no picture that can be read. {EXPECTED}"


def test_only_traversal_names(store, archive, picture, tmp_path):
    path = archive({f"../../{number}.png": picture(number) for number in range(2)})
    assert refusal(store, path, tmp_path) == (
        f"pets.zip holds no picture that can be read. {EXPECTED} 2 files were skipped, such as ../../0.png: its name "
        "points out of the archive."
    )
    assert not (tmp_path / "0.png").exists()


def test_pictures_without_folders(store, archive, picture, tmp_path):
    path = archive({f"{number}.png": picture(number) for number in range(4)})
    assert refusal(store, path, tmp_path) == f"The pictures in pets.zip don't lie in folders. {EXPECTED} {UNLABELLED}"


@pytest.mark.parametrize("folder", ["", "cats/", "some/where/"], ids=["lone pictures", "one folder", "deeper"])
def test_pictures_without_classes_are_taken_without_labels_if_that_is_chosen(store, archive, picture, folder):
    path = archive({f"{folder}{number}.png": picture(number) for number in range(4)} | {"notes.png": b"no picture"})
    with pytest.raises(AmbiguousLayout) as asked:
        store.import_source(path)
    (way,) = asked.value.candidates
    assert len(way.examples) == 4 or len(way.examples) == 5
    dataset = store.import_source(path, options=way.options)
    assert (len(dataset.samples), dataset.has_labels) == (4, False)
    assert [note.code for note in dataset.receipt] == ["unlabelled"]
    assert [skipped.name for skipped in dataset.skipped] == ["notes.png"]


def test_a_single_picture_without_a_label_is_a_data_set_too(store, archive, picture):
    dataset = store.import_source(archive({"a.png": picture(1)}), options=ReadingOptions(layout="unlabelled"))
    assert len(dataset.samples) == 1 and not dataset.has_labels


def test_class_folders_may_be_taken_without_labels_too(store, archive, pets):
    labelled = store.import_source(archive(pets))
    dataset = store.import_source(archive(pets), options=ReadingOptions(layout="unlabelled"))
    assert labelled.has_labels and not dataset.has_labels
    assert {one.digest for one in dataset.samples} == {one.digest for one in labelled.samples}


def test_strays_are_listed(store, archive, pets, picture):
    dataset = store.import_source(
        archive({f"data/{name}": data for name, data in pets.items()} | {"a.png": picture(5)})
    )
    assert [(item.name, reason(item.reason)) for item in dataset.skipped] == [
        ("a.png", "it lies outside the class folders")
    ]


def test_class_names_are_escaped(store, archive, picture):
    files = {f"{name}/{number}.png": picture(number) for name in ("cats\u202e", "dogs\x07") for number in range(2)}
    assert store.import_source(archive(files)).class_names == ("cats\\u202e", "dogs\\x07")


def test_pictures_above_the_limits_are_listed(tmp_path, archive, pets, picture):
    settings = Settings(home=tmp_path / "home", import_limits=ImportLimits(free_disk_bytes=0, picture_pixels=200))
    dataset = DatasetStore(settings).import_source(archive(pets | {"cats/large.png": picture(1, side=100)}))
    assert [item.name for item in dataset.skipped] == ["cats/large.png"]


def files_of(folder, *contents):
    """Writes files like those of an extraction, in this order."""
    files = []
    for number, content in enumerate(contents):
        (folder / f"{number:08d}.png").write_bytes(content)
        files.append(ExtractedFile(f"{number:08d}.png", ("cats", f"{number}.png"), ""))
    return files


def test_each_file_is_judged_in_its_turn(tmp_path, picture, limits):
    files = files_of(tmp_path, picture(1), picture(2), picture(3)[:60], picture(4, side=30))
    first, outside, broken, large = judge(files, [True, False, True, True], tmp_path, limits)
    assert (first.size, large.size) == ((12, 12), (30, 30))
    assert outside == OUTSIDE
    assert isinstance(broken, Reason)
    assert reason(broken)


def test_a_picture_is_as_large_as_it_is_upright(tmp_path, limits):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # A quarter turn.
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(buffer, "JPEG", exif=exif)
    (sound,) = judge(files_of(tmp_path, buffer.getvalue()), [True], tmp_path, limits)
    assert sound.size == (30, 40)


def test_judging_may_end_early(tmp_path, picture, limits):
    verdicts = judge(files_of(tmp_path, *map(picture, range(40))), [True] * 40, tmp_path, limits)
    assert next(verdicts).size == (12, 12)
    verdicts.close()
    assert len(list(tmp_path.iterdir())) == 40
