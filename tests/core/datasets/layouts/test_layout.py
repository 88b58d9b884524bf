"""Classes and splits from folders."""

import pytest

from core.datasets.layouts.layout import (
    CLASS_FOLDERS,
    OUTER,
    OUTSIDE,
    Assignment,
    make_candidate,
    read_inner_folders,
    read_layout,
)
from core.errors import DatasetError
from core.wording.dataset_notes import dataset_note


def assignments(*paths):
    return [
        (assignment.class_name, assignment.split)
        for assignment in read_layout([tuple(path.split("/")[:-1]) for path in paths])
    ]


@pytest.mark.parametrize("wrapping", ["", "data/", "my upload/data/"])
def test_class_folders(wrapping):
    assert assignments(f"{wrapping}cats/1.jpg", f"{wrapping}dogs/1.jpg") == [("cats", ""), ("dogs", "")]


@pytest.mark.parametrize("wrapping", ["", "data/", "my upload/data/"])
@pytest.mark.parametrize(("validation", "test"), [("validation", "test"), ("val", "testing"), ("Valid", "TEST")])
def test_split_folders_with_classes_inside(wrapping, validation, test):
    paths = [f"{wrapping}{split}/{name}/1.jpg" for split in ("train", validation, test) for name in ("cats", "dogs")]
    assert assignments(*paths) == [
        ("cats", "train"),
        ("dogs", "train"),
        ("cats", "validation"),
        ("dogs", "validation"),
        ("cats", "test"),
        ("dogs", "test"),
    ]


@pytest.mark.parametrize("wrapping", ["", "data/"])
def test_class_folders_with_splits_inside(wrapping):
    paths = [f"{wrapping}{name}/{split}/1.jpg" for name in ("cats", "dogs") for split in ("train", "val")]
    assert assignments(*paths) == [("cats", "train"), ("cats", "validation"), ("dogs", "train"), ("dogs", "validation")]


def test_folders_between_split_and_class():
    paths = [f"{split}/images/{name}/1.jpg" for split in ("train", "val") for name in ("cats", "dogs")]
    assert [name for name, _ in assignments(*paths)] == ["cats", "dogs", "cats", "dogs"]


def test_folders_inside_classes_belong_to_them():
    assert assignments("cats/persian/1.jpg", "cats/2.jpg", "dogs/a/b/1.jpg") == [
        ("cats", ""),
        ("cats", ""),
        ("dogs", ""),
    ]


def test_a_train_folder_alone_wraps():
    assert assignments("train/cats/1.jpg", "train/dogs/1.jpg") == [("cats", ""), ("dogs", "")]


def test_a_class_called_train():
    assert assignments("train/1.jpg", "car/1.jpg", "plane/1.jpg") == [("train", ""), ("car", ""), ("plane", "")]


def test_train_and_test_without_validation():
    assert assignments("train/a/1.jpg", "train/b/1.jpg", "test/a/1.jpg", "test/b/1.jpg")[2:] == [
        ("a", "test"),
        ("b", "test"),
    ]


def test_no_train_folder():
    with pytest.raises(DatasetError) as caught:
        read_layout([("validation", "cats"), ("test", "cats")])
    assert str(caught.value).endswith("Received validation and test without train. Add a train folder.")


def test_strays_lie_outside_the_classes():
    assert assignments("cover.jpg", "data/cats/1.jpg", "data/dogs/1.jpg")[0] == ("", "")
    paths = [f"data/{split}/{name}/1.jpg" for split in ("train", "test") for name in ("cats", "dogs")]
    assert assignments("data/cover.jpg", "data/extra/1.jpg", "data/train/cover.jpg", *paths)[:3] == [("", "")] * 3


def test_classes_whose_names_differ_by_case_are_kept_apart():
    paths = ["train/Cats/1.jpg", "train/dogs/1.jpg", "val/cats/1.jpg", "val/DOGS/1.jpg"]
    assert [name for name, _ in assignments(*paths)] == ["Cats", "dogs", "cats", "DOGS"]
    assert assignments("A/1/1.png", "a/1/1.png") == [("A", ""), ("a", "")]


def test_a_candidate_counts_its_classes():
    names = ["10", "2", "2 ", "", "Zoe\u0308", "Zo\u00eb", "\\u3000 Zo\u00eb\\xa0", " "]
    candidate = make_candidate(CLASS_FOLDERS, OUTER, map(Assignment, names))
    assert dict(zip(candidate.class_names, candidate.counts, strict=True)) == {" ": 1, "2": 2, "10": 1, "Zo\u00eb": 3}
    assert [assignment.class_name for assignment in candidate.assignments][1:4] == ["2", "2", ""]
    assert [dataset_note(note) for note in candidate.notes] == [
        "Spaces at the ends of class names were ignored, so these are one class each: 2, Zo\u00eb."
    ]
    assert not make_candidate(CLASS_FOLDERS, OUTER, map(Assignment, ["Zoe\u0308", "Zo\u00eb", "cat "])).notes


def test_one_class_only_stays_one():
    assert assignments("cats/1.jpg", "cats/2.jpg") == [("cats", ""), ("cats", "")]


def test_no_pictures_and_no_folders():
    assert read_layout([]) == []
    assert read_layout([(), ()]) == [Assignment("", reason=OUTSIDE)] * 2


def test_unpackers_that_repeat_the_split_folder():
    paths = [f"data/{split}/{split}/{name}/1.jpg" for split in ("training_set", "test_set") for name in ("a", "b")]
    assert assignments(*paths) == [("a", "train"), ("b", "train"), ("a", "test"), ("b", "test")]


def test_what_all_split_folders_begin_with_is_left_aside():
    paths = [f"{split}/{name}/1.jpg" for split in ("seg_train", "seg_test") for name in ("ice", "sea")]
    assert assignments(*paths) == [("ice", "train"), ("sea", "train"), ("ice", "test"), ("sea", "test")]


def test_unlabelled_test_pictures_lie_outside():
    paths = ["train/a/1.jpg", "train/b/1.jpg", "test1/1.jpg"]
    assert assignments(*paths) == [("a", "train"), ("b", "train"), ("", "")]


def test_inner_folders():
    folders = [("train", "pets", "cats"), ("train", "farm", "cows"), ("test", "pets", "cats"), ("test", "farm", "cows")]
    assert [(assignment.class_name, assignment.split) for assignment in read_inner_folders(folders)] == [
        ("cats", "train"),
        ("cows", "train"),
        ("cats", "test"),
        ("cows", "test"),
    ]
    shared = [("pets", "cats", "raw"), ("farm", "cows", "raw")]
    assert [assignment.class_name for assignment in read_inner_folders(shared)] == ["cats", "cows"]
    assert read_inner_folders([("pets", "cats"), ("pets",), ("farm", "cows")]) is None
    assert read_inner_folders([("cats",), ("dogs",)]) is None
