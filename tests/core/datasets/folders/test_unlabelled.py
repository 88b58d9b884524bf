"""Folders without classes are recognised by their names and by what is beside them."""

import pytest

from core.datasets.folders.unlabelled import find_unlabelled

TRAIN = ("train/cat", "train/dog")


def found(*folders, **options):
    return ["/".join(path) for path in find_unlabelled([tuple(path.split("/")) for path in folders], **options)]


@pytest.mark.parametrize(
    "name",
    [
        "unlabeled", "Unlabelled images", "un-labeled", "predict", "pred", "to_predict", "sample", "samples2",
        "sample_predictions", "extraimages", "extra", "test", "test1", "val", "no_label", "inference", "unsup",
    ],
)  # fmt: skip
@pytest.mark.parametrize("around", ["", "pets/data/"])
def test_beside_a_train_folder_with_classes(name, around):
    assert found(*(f"{around}{path}" for path in (*TRAIN, name))) == [f"{around}{name}"]


def test_folders_inside_unlabelled_ones_go_with_them():
    assert found(*TRAIN, "extraimages/extraimages", "sample/train/cat", "sample/val/dog") == ["extraimages", "sample"]


def test_what_all_begin_with_is_left_aside():
    assert found("seg_train/seg_train/cat", "seg_train/seg_train/dog", "seg_pred/seg_pred") == ["seg_pred"]


@pytest.mark.parametrize("inside", ["0", "test_folder", "test/0", "unknown"])
def test_one_folder_in_test_that_is_no_class_of_train(inside):
    assert found(*TRAIN, "val/cat", "val/dog", f"test/{inside}") == ["test"]


@pytest.mark.parametrize("inside", [("cat",), ("Cat ",), ("cat", "wolf"), ("wolf", "fox")])
def test_a_test_folder_that_may_hold_classes_stays(inside):
    assert found(*TRAIN, *(f"test/{name}" for name in inside)) == []


def test_validation_pictures_of_other_classes_stay_to_be_asked_about():
    assert found(*TRAIN, "val/wolf") == []


@pytest.mark.parametrize(
    ("folders", "left_out"),
    [
        (("cat", "dog", "unlabelled"), ["unlabelled"]),
        (("cat", "dog", "test"), ["test"]),
        (("train/cat", "train/dog", "train/unlabeled", "val/cat", "val/dog"), ["train/unlabeled"]),
        # What may well be a class.
        (("cat", "dog", "sample", "predict", "extra"), []),
        (("car", "plane", "train"), []),
        (("train", "test"), []),
        (("cat", "unlabeled"), []),
        (("cat/train", "dog/train", "cat/test", "dog/test"), []),
        (("cat", "dog", "test/1", "test/2"), []),
        (("train", "unlabeled", "test"), []),
        ((), []),
    ],
)
def test_beside_class_folders(folders, left_out):
    assert found(*folders) == left_out


def test_beside_train_other_folders_count_where_they_are_asked_for():
    folders = (*TRAIN, "mine", "others/a", "others/b", "unlabeled")
    assert found(*folders) == ["unlabeled"]
    assert found(*folders, whatever_called=True) == ["unlabeled", "mine"]
    assert found("cat", "dog", "mine", whatever_called=True) == []
