"""The splits that a table gives."""

import pytest

from core.datasets.tables.columns import ColumnProfile
from core.datasets.tables.splits import (
    cell_split,
    find_split_column,
    is_called_split,
    split_reader,
    unread_split_column,
)


def profiles(*columns):
    made = []
    for cells in columns:
        made.append(ColumnProfile())
        for cell in cells:
            made[-1].add(cell)
    return made


@pytest.mark.parametrize(
    ("cell", "split"),
    [
        ("train", "train"),
        ("Training", "train"),
        ("TRAIN", "train"),
        ("valid", "validation"),
        ("VALIDATION", "validation"),
        ("dev", "validation"),
        ("test", "test"),
        ("PublicTest", "validation"),
        ("PrivateTest", "test"),
        ("UNASSIGNED", ""),
        ("", ""),
        ("cat", ""),
    ],
)
def test_words_of_splits(cell, split):
    assert cell_split(cell) == split


@pytest.mark.parametrize(
    ("name", "cells", "is_found"),
    [
        ("split", ["train", "test"], True),
        ("", ["TRAIN", "VALIDATION", "UNASSIGNED"], True),
        ("ml_use", ["TRAIN", "TRAIN"], True),
        ("whatever", ["train", "val", ""], True),
        ("usage", ["Casual", "Formal"], False),
        ("label", ["train", "car"], False),
        ("label", ["train", "test"], False),
        ("is_valid", ["True", "False"], True),
        ("is_happy", ["True", "False"], False),
        ("split", ["", ""], False),
        ("split", ["1", "2"], False),
    ],
)
def test_a_column_of_splits_is_found_by_what_it_holds(name, cells, is_found):
    assert find_split_column(["file", name], profiles(["a", "b"], cells), 0) == (1 if is_found else None)


def test_the_column_that_is_called_so_goes_first():
    held = profiles(["train", "test"], ["a", "b"], ["test", "train"])
    assert find_split_column(["kind", "file", "split"], held, 1) == 2
    assert is_called_split("dataset_split")
    assert not is_called_split("kind")


@pytest.mark.parametrize(
    ("name", "cells", "splits"),
    [
        ("is_valid", ["True", "False", ""], ["validation", "train", ""]),
        ("is_test", ["1", "0"], ["test", "train"]),
        ("is_train", ["yes", "no"], ["train", "validation"]),
        ("split", ["train", "PrivateTest", "?"], ["train", "test", ""]),
    ],
)
def test_cells_of_splits(name, cells, splits):
    (held,) = profiles(cells)
    assert [split_reader(name, held)(cell) for cell in cells] == splits


def test_a_column_of_numbered_splits_is_said_to_be_lost():
    assert unread_split_column(["file", "split"], profiles("abcd", "1212"), 0) == 1
    assert unread_split_column(["file", "fold"], profiles("abcd", "1212"), 0) is None
    assert unread_split_column(["file", "split"], profiles("abcd", "1111"), 0) is None
