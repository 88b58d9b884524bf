"""Which picture a cell names."""

import time

import pytest

from core.datasets.tables.pictures import (
    FULL_NAME,
    NUMBER,
    STEM,
    Found,
    PictureNames,
    TablePictures,
    looks_like_file,
    split_of_name,
)
from tests.core.datasets.tables.drawing import paths_of


def finder(*names, folders=(), columns=()):
    pictures = TablePictures(PictureNames(paths_of(*names)), folders)
    pictures.narrow(columns)
    return pictures


@pytest.mark.parametrize(
    ("cell", "strength"),
    [
        ("cat.png", FULL_NAME),
        ("CAT.PNG ", FULL_NAME),
        ("images/cat.png", FULL_NAME),
        ("/data/x/images/cat.png", FULL_NAME),
        ("C:\\x\\cat.png", FULL_NAME),
        ("gs://bucket/images/cat.png", FULL_NAME),
        ("https://example.org/a/cat.png?size=1/2#x", FULL_NAME),
        ("/data/local-files/?d=images/cat.png", FULL_NAME),
        ("/data/upload/1/0a1b2c3d-cat.png", FULL_NAME),
        ("%63at.png", FULL_NAME),
        ("cat", STEM),
        ("cat.dcm", STEM),
        ("cat.tif", STEM),
    ],
)
def test_ways_to_name_a_picture(cell, strength):
    assert finder("images/cat.png", "images/dog.png").find(cell) == Found(0, strength)


@pytest.mark.parametrize("cell", ["", "/", "cats", "cat.exe", "ca", "..", "https://"])
def test_what_names_none(cell):
    assert finder("images/cat.png", "images/dog.png").find(cell) is None


@pytest.mark.parametrize("cell", ["7", "007", "7.0", "7.tif"])
def test_numbers_that_lost_or_got_zeros(cell):
    assert finder("00007.png", "00008.png").find(cell) == Found(0, NUMBER)


def test_a_number_as_it_is_written_goes_before_one_without_zeros():
    pictures = finder("7.png", "007.png")
    assert pictures.find("7") == Found(0, STEM)
    assert pictures.find("007") == Found(1, STEM)
    assert pictures.find("07") is None


def test_names_that_differ_only_by_case():
    pictures = finder("A.png", "a.png")
    assert [pictures.find(cell) for cell in ("A.png", "a.png", "A", "a")] == [
        Found(0, FULL_NAME),
        Found(1, FULL_NAME),
        Found(0, STEM),
        Found(1, STEM),
    ]


NAMESAKES = ("train/1.png", "train/more/2.png", "test/1.png", "test/2.png", "1.png")


def test_a_table_speaks_of_the_pictures_beside_it_first():
    assert finder(*NAMESAKES, folders=("train",), columns=[["1.png", "2.png"]]).find("1.png").picture == 0
    assert finder(*NAMESAKES, folders=("test",), columns=[["1.png", "2.png"]]).find("2").picture == 3
    assert finder(*NAMESAKES, columns=[["1.png"]]).find("1.png").picture == 4


def test_a_path_may_leave_the_folder_of_the_table():
    pictures = finder(*NAMESAKES, folders=("train",), columns=[["1.png", "2.png"]])
    assert pictures.find("test/1.png").picture == 2
    assert pictures.find("/root/test/1.png").picture == 2
    assert pictures.find("train/1.png").picture == 0
    assert pictures.find("valid/1.png") is None


def test_a_name_that_is_missing_beside_the_table_is_not_looked_for_elsewhere():
    pictures = finder(
        "train/1.png", "train/2.png", "test/3.png", folders=("train",), columns=[["1.png", "2.png", "3.png"]]
    )
    assert pictures.find("3.png") is None


def test_a_table_in_a_folder_without_pictures_speaks_of_those_around_it():
    pictures = finder("images/1.png", "images/2.png", folders=("annotations",), columns=[["1.png", "2.png"]])
    assert pictures.find("1.png").picture == 0


def test_a_foreign_folder_says_nothing_of_names_in_several_folders():
    assert finder("a/1.png", "b/1.png").find("x/1.png") is None
    assert finder("a/1.png", "b/1.png").find("1.png") is None
    assert finder("a/1.png", "b/2.png").find("x/1.png").picture == 0


def test_the_split_of_a_row_or_table_tells_namesakes_apart():
    names = PictureNames(paths_of("train/1.png", "test/1.png"))
    assert TablePictures(names, ()).find("1.png", "test").picture == 1
    assert TablePictures(names, (), "train").find("1.png").picture == 0
    assert TablePictures(names, (), "train").find("/x/1.png").picture == 0


def test_many_namesakes_are_told_apart_by_whole_paths():
    names = [f"batch{n}/1.png" for n in range(20_000)]
    started = time.process_time()
    pictures = finder(*names, folders=("batch7",), columns=[["1.png"] * 200])
    assert pictures.find("1.png").picture == 7
    assert pictures.find("batch9/1.png").picture == 9
    assert pictures.find("x/1.png") is None
    assert time.process_time() - started < 3


def test_the_last_word_of_a_folder_tells_pictures_of_one_name_apart():
    names = PictureNames([("cars_train", "1.jpg"), ("cars_test", "1.jpg"), ("test station", "2.jpg"), ("a", "2.jpg")])
    assert TablePictures(names, (), "train").find("1.jpg").picture == 0
    assert TablePictures(names, (), "test").find("1.jpg").picture == 1
    assert TablePictures(names, (), "test").find("2.jpg") is None


@pytest.mark.parametrize(
    ("cell", "is_file"), [("a.png", True), ("x/y.JPEG", True), ("gs://b/c.tif?x", True), ("cat", False), ("3.5", False)]
)
def test_what_reads_like_a_file(cell, is_file):
    assert looks_like_file(cell) == is_file


@pytest.mark.parametrize(
    ("name", "split"),
    [
        ("train.csv", "train"),
        ("train_labels.csv", "train"),
        ("trainLabels.csv", "train"),
        ("my-test.csv", "test"),
        ("val.csv", "validation"),
    ],
)
def test_the_split_that_a_tables_name_speaks_of(name, split):
    assert split_of_name(name) == split
    assert split_of_name("labels.csv") == ""
