"""Masks and thumbnails go with a picture of the same name. Without one, they are pictures themselves."""

import time

import pytest

from core.datasets.folders.secondary import find_secondary


def found(*paths, same=()):
    digests = ["same" if path in same else path for path in paths]
    return {
        paths[index]: kind
        for index, kind in find_secondary([tuple(path.split("/")) for path in paths], digests).items()
    }


@pytest.mark.parametrize(
    ("picture", "mask"),
    [
        ("benign/benign (1).png", "benign/benign (1)_mask.png"),
        ("benign/benign (1).png", "benign/benign (1)_mask_1.png"),
        ("a/1.jpg", "a/1-segmentation.PNG"),
        ("COVID/images/COVID-1.png", "COVID/masks/COVID-1.png"),
        ("COVID/1.png", "COVID/Masks/1.png"),
        ("images/a/1.png", "masks/a/1_mask.png"),
        ("a/1.png", "masks/a/1.png"),
        ("train/1.jpg", "train_masks/1_mask.gif"),
        ("train_images/1.jpg", "train_masks/1.gif"),
        ("scans/1.jpg", "image_masks/1.gif"),
        ("images/1.jpg", "labels/1.png"),
        ("train_images/1.jpg", "train_labels/1.png"),
        ("img/1.jpg", "gt/1.png"),
        ("images/1.jpg", "ground_truth/1.png"),
        ("JPEGImages/1.jpg", "SegmentationClass/1.png"),
        ("input/1.jpg", "target/1.png"),
    ],
)
def test_masks_go_with_pictures(picture, mask):
    assert found(picture, mask) == {mask: "masks"}


def test_thumbnails_go_with_pictures():
    assert found("a/1.png", "a/thumbs/1.jpg", "b/images/2.png", "b/thumbnails/2.png") == {
        "a/thumbs/1.jpg": "thumbnails",
        "b/thumbnails/2.png": "thumbnails",
    }


@pytest.mark.parametrize(
    "paths",
    [
        ("mask/1.png", "no_mask/1.png"),
        ("with_mask/1.png", "without_mask/1.png"),
        ("images/1.png", "mask/1.png", "no_mask/2.png"),
        ("face/1.png", "face_mask/1.png"),
        ("images/1.png", "masks/2.png"),
        ("images/1.png", "labels/2.png"),
        ("arrow/1.png", "target/1.png"),
        ("thumbs/1.png", "fists/1.png"),
        ("a/cat_mask.png", "a/dog_mask.png"),
        ("a/mask.png", "a/masks.png"),
    ],
)
def test_what_has_no_picture_is_one_itself(paths):
    assert found(*paths) == {}


def test_a_copy_of_a_picture_is_no_mask_of_it():
    assert found("1.png", "mask/1.png", same=("1.png", "mask/1.png")) == {}


def test_a_stray_or_two_are_masks_as_well():
    paths = [f"a/images/{n}.png" for n in range(18)] + [f"a/masks/{n}.png" for n in range(20)]
    assert len(found(*paths)) == 20
    assert found(*paths[2:]) == {}


def test_thousands_of_folders_take_no_time():
    paths = [f"{n // 20}/{kind}/{n}.png" for n in range(40_000) for kind in ("images", "masks")]
    started = time.process_time()
    assert len(found(*paths)) == 40_000
    assert time.process_time() - started < 10
