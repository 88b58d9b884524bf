"""Imports of realistic folders: what each becomes, and what users are told."""

import io

import pytest
from PIL import Image

from core.datasets.layouts.layout import AmbiguousLayout
from core.datasets.layouts.options import ReadingOptions
from core.wording.dataset_notes import dataset_note


def different(picture, *folders, count=4):
    """Draws pictures in folders, no two alike."""
    return {
        f"{folder}/{n}.png": picture(1000 * place + n) for place, folder in enumerate(folders) for n in range(count)
    }


def counted(dataset):
    return {
        split: dict(zip(dataset.class_names, counts, strict=True))
        for split, counts in dataset.distribution().counts.items()
    }


CLASSES = ("train/cat", "train/dog")
SPLITS = (*CLASSES, "val/cat", "val/dog")
BOTH = {"cat": 4, "dog": 4}
HELD_OUT = {"train": BOTH, "validation": BOTH}


@pytest.mark.parametrize(
    ("folders", "counts", "notes"),
    [
        ((*CLASSES, "unlabeled"), {"": BOTH}, ["unlabelled"]),
        ((*CLASSES, "predict"), {"": BOTH}, ["unlabelled"]),
        ((*CLASSES, "sample_predictions"), {"": BOTH}, ["unlabelled"]),
        (
            ("train/train/cat", "train/train/dog", "test/test/0", "extraimages/extraimages"),
            {"": BOTH},
            ["unlabelled"] * 2,
        ),
        ((*SPLITS, "test/test_folder"), HELD_OUT, ["unlabelled"]),
        (("train/cat", "train/dog", "val/cat", "val/dog "), HELD_OUT, ["spaces_left_aside"]),
        (("cat", "dog", "cat/@eaDir/1.png", "dog/@eaDir/1.png"), {"": BOTH}, []),
        (("train/cat", "train/dog", "val/Cat", "val/dog"), HELD_OUT, ["similar_in_splits"]),
        (("10", "9"), {"": {"9": 4, "10": 4}}, []),
    ],
)
def test_what_is_clear_is_read_and_said(store, archive, picture, folders, counts, notes):
    dataset = store.import_source(archive(different(picture, *folders)))
    assert counted(dataset) == counts
    assert list(counts[next(iter(counts))]) == list(dataset.class_names)
    assert [note.code for note in dataset.notes] == notes
    assert all(dataset_note(note) for note in dataset.notes)
    assert dataset.skipped == ()


@pytest.mark.parametrize("folders", [SPLITS, ("cat", "dog")], ids=["splits", "classes"])
@pytest.mark.parametrize("around", ["", "pets/"])
def test_a_data_set_that_is_there_twice_is_taken_once(store, archive, picture, folders, around):
    files = {f"{around}{name}": content for name, content in different(picture, *folders).items()}
    again = {f"{around}pets/{name}": content for name, content in different(picture, *folders).items()}
    dataset = store.import_source(archive(files | again))
    assert counted(dataset) == (HELD_OUT if folders == SPLITS else {"": BOTH})
    assert [note.code for note in dataset.notes] == ["there_twice"]


def test_other_pictures_in_folders_of_the_same_names_are_asked_about(store, archive, picture):
    path = archive(different(picture, "no", "yes", "more/no", "more/yes"))
    with pytest.raises(AmbiguousLayout) as caught:
        store.import_source(path)
    outer, inner = caught.value.candidates
    assert (outer.class_names, inner.class_names) == (("more", "no", "yes"), ("no", "yes"))
    assert counted(store.import_source(path, options=inner.options)) == {"": {"no": 8, "yes": 8}}


@pytest.mark.parametrize(
    ("choice", "counts"), [("keep", {"A": 4, "B": 4, "a": 4, "b": 4}), ("merge", {"A": 8, "B": 8})]
)
@pytest.mark.parametrize("by_table", [False, True], ids=["folders", "table"])
def test_letters_are_asked_about(store, archive, picture, choice, counts, by_table):
    files = different(picture, "A", "B", "a", "b")
    if by_table:
        rows = "".join(f"{number}.png,{name.split('/')[0]}\n" for number, name in enumerate(files))
        files = {f"img/{number}.png": content for number, content in enumerate(files.values())}
        files["labels.csv"] = f"file,label\n{rows}".encode()
    path = archive(files)
    with pytest.raises(AmbiguousLayout, match=r"A \(4\) and a \(4\); B \(4\) and b \(4\)"):
        store.import_source(path)
    assert counted(store.import_source(path, options=ReadingOptions(similar_classes=choice))) == {"": counts}


def test_pictures_of_phones_are_taken(store, archive):
    files = {}
    for place, name in enumerate(("ripe", "unripe")):
        for number in range(2):
            buffer = io.BytesIO()
            Image.new("L", (8192, 6144), 60 * place + 20 * number).save(buffer, "JPEG", quality=20)
            files[f"{name}/{number}.jpg"] = buffer.getvalue()
    dataset = store.import_source(archive(files))
    assert counted(dataset) == {"": {"ripe": 2, "unripe": 2}}
    assert {(sample.width, sample.height) for sample in dataset.samples} == {(8192, 6144)}
