"""Classes from the beginnings of file names."""

import pytest

from core.datasets.layouts.file_names import MISNAMED, part_name, read_file_names


def read(*paths):
    candidate = read_file_names([tuple(path.split("/")) for path in paths])
    return candidate and [(assignment.class_name, assignment.split) for assignment in candidate.assignments]


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("cat.123.jpg", ("cat", ".")),
        ("cat_001.jpg", ("cat", "_")),
        ("cat-1.jpg", ("cat", "-")),
        ("cat (12).jpg", ("cat", " (")),
        ("cat12.png", ("cat", "")),
        ("cat 12", ("cat", " ")),
        ("american_bulldog_101.jpg", ("american_bulldog", "_")),
        ("n02085620_7.JPEG", ("n02085620", "_")),
        ("K\u00e4tzchen.4.jpg", ("K\u00e4tzchen", ".")),
        ("\u732b_4.jpg", ("\u732b", "_")),
        ("123.jpg", ("", "")),
        ("cat.jpg", ("", "")),
        ("IMG_0001.jpg", ("", "")),
        ("dsc00012.jpg", ("", "")),
        ("train_001.jpg", ("", "")),
        ("test.1.jpg", ("", "")),
        ("2019-05-01 12.jpg", ("", "")),
        ("_1.jpg", ("", "")),
    ],
)
def test_parts_of_a_name(name, parts):
    assert part_name(name) == parts


def test_a_flat_folder():
    assert read("cat.0.jpg", "cat.1.jpg", "dog.0.jpg", "dog.1.jpg") == [("cat", "")] * 2 + [("dog", "")] * 2


def test_splits_come_from_folders():
    paths = [f"{split}/{name}_{n}.jpg" for split in ("train", "val") for name in ("cat", "dog") for n in range(2)]
    assert (
        read(*paths)
        == [("cat", "train")] * 2 + [("dog", "train")] * 2 + [("cat", "validation")] * 2 + [("dog", "validation")] * 2
    )


def test_classes_whose_names_differ_by_case_are_kept_apart():
    assert read("Cat.0.jpg", "cat.1.jpg", "dog.0.jpg") == [("Cat", ""), ("cat", ""), ("dog", "")]


def test_folders_without_such_names_have_no_class():
    candidate = read_file_names(
        [("train", f"{name}.{n}.jpg") for name in ("a", "b") for n in range(3)] + [("x", "1.jpg")]
    )
    assert (candidate.class_names, candidate.counts) == (("a", "b"), (3, 3))
    assert (candidate.assignments[-1].class_name, candidate.assignments[-1].reason) == ("", MISNAMED)


@pytest.mark.parametrize(
    "paths",
    [
        ["cat.0.jpg", "cat_1.jpg", "dog-0.jpg", "dog 1.jpg"],
        ["cat.0.jpg", "cat.1.jpg", "dog.0.jpg", "dog.1.jpg", "cover.jpg"],
        ["1.jpg", "2.jpg"],
        [],
    ],
)
def test_names_that_follow_no_pattern(paths):
    assert read(*paths) is None


def test_a_name_of_only_separators_takes_no_time():
    assert read_file_names([("_" * 1000 + "1.jpg",)] * 2000) is None
