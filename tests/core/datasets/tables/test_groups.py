"""Tables with the same columns, judged as one."""

import pytest

from core.datasets.tables.groups import open_groups
from core.datasets.tables.pictures import PictureNames
from tests.core.datasets.tables.drawing import group_of, paths_of, table_of

PICTURES = ("a.png", "b.png", "c.png", "d.png")


def columns_of(text, *pictures):
    """The names of the columns taken for files, splits and classes."""
    group = group_of(text, *(pictures or PICTURES))
    files = group.file_columns()
    if not files:
        return [], None, []
    split = group.split_column(files[0])
    return files, split, [label.name for label in group.label_columns(files[0], split=split)]


def test_columns_of_a_table():
    rows = "".join(f"{n},{name},{'cd'[n % 2]},{('train', 'test')[n // 3]}\n" for n, name in enumerate(PICTURES))
    assert columns_of("id,file,what,part\n" + rows) == ([1], 3, ["what"])
    assert columns_of(rows) == ([1], 3, ["3"])


@pytest.mark.parametrize("first", ["x.png,c", "a.png,c", "7,c"])
def test_a_first_row_that_could_name_a_picture_is_no_header(first):
    group = group_of(f"{first}\nb.png,d\nc.png,c\nd.png,d\n", *PICTURES)
    assert group.names == ["", ""]
    assert group.tables[0].num_rows == 4


def test_classes_may_be_called_like_pictures():
    group = group_of("file,a,b\na.png,1,0\nb.png,0,1\nc.png,1,0\nd.png,0,1\n", *PICTURES)
    assert group.names == ["file", "a", "b"]
    assert [label.name for label in group.label_columns(0)] == ["a to b"]


def test_tables_of_the_same_columns_are_one_group():
    tables = [
        table_of("file,label\na.png,c\n", "x/one.csv"),
        table_of("File,Label\nb.png,d\n", "y/two.csv"),
        table_of("file,size\na.png,3\n", "three.csv"),
        table_of("file,label\nc.png,c\n", "sample_submission.csv"),
        table_of("no table", "four.csv"),
    ]
    groups = open_groups(tables, PictureNames(paths_of(*PICTURES)))
    assert [([table.name for table in group.tables], group.is_form) for group in groups] == [
        (["sample_submission.csv"], True),
        (["three.csv"], False),
        (["x/one.csv", "y/two.csv"], False),
    ]


def test_columns_may_be_named():
    group = group_of("x,y,z\na.png,c,1\nb.png,d,2\nc.png,c,1\nd.png,d,1\n", *PICTURES)
    assert group.file_columns("x") == [0]
    assert group.file_columns("9") == []
    assert [label.columns for label in group.label_columns(0, "3")] == [(2,)]
    assert group.label_columns(0, "nothing") == []
    assert group.split_column(0, "y") == 1
    one_hot = group_of("f,c,d\na.png,1,0\nb.png,0,1\n", *PICTURES)
    assert [label.columns for label in one_hot.label_columns(0, "c to d")] == [(1, 2)]


def test_columns_that_say_the_same_are_one():
    rows = "".join(f"{name},{n % 2},{'cd'[n % 2]},{'ef'[n // 2]}\n" for n, name in enumerate(PICTURES))
    assert columns_of("file,code,name,other\n" + rows)[2] == ["name", "other"]


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        (["1,0", "0,1", "1,0", "0,1"], ["c to d"]),
        (["1,0", "0,1", "0,0", "0,0"], ["c", "d"]),
        (["1,0,0", "0,1,0", "1,1,0", "0,0,1"], ["c to e"]),
        (["1,0,0", "0,0,0", "0,1,0", "0,0,0"], ["c", "d"]),
    ],
)
def test_columns_of_marks(rows, labels):
    header = ",".join(["file", *"cde"[: len(rows[0].split(","))]])
    text = "\n".join([header, *(f"{name},{row}" for name, row in zip(PICTURES, rows, strict=True))])
    assert columns_of(text)[2] == labels


def test_a_weaker_name_never_takes_a_picture_from_a_full_one():
    group = group_of("file,label\na.tif,x\na.png,c\nb.png,d\nc.tif,c\n", *PICTURES)
    assert [(row[1], picture) for _, row, picture in group.named_rows(0)] == [("c", 0), ("d", 1), ("c", 2)]


def test_small_tables_in_an_old_encoding_are_guessed_together():
    words = ["\u82f9\u679c", "\u9999\u8549", "\u6a59\u5b50", "\u8461\u8404"]
    tables = [
        table_of(f"file,label\n{name},{word}\n".encode("gbk"), f"{n}.csv")
        for n, (name, word) in enumerate(zip(PICTURES, words, strict=True))
    ]
    (group,) = open_groups(tables, PictureNames(paths_of(*PICTURES)))
    assert {table.rows.encoding for table in group.tables} == {"gb18030"}
    assert [row[1] for _, row, _ in group.named_rows(0)] == words
