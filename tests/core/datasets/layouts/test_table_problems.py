"""Messages about tables that don't give the classes."""

import pytest

from core.datasets.archives.members import TableFile
from core.datasets.layouts.label_tables import LabelTables
from core.datasets.layouts.options import ReadingOptions
from core.datasets.layouts.table_problems import columns_to_name, explain_tables, unused_tables
from core.wording.dataset_notes import dataset_note
from core.wording.readings import IN_TERMINAL, question
from tests.core.datasets.tables.drawing import paths_of, table_of

PATHS = paths_of("images/a.png", "images/b.png", "images/c.png")


def explained(*tables, **options):
    return question(explain_tables(LabelTables(PATHS, tables, ReadingOptions(**options))), IN_TERMINAL)


def test_no_table_no_words():
    assert explained() == ""


def test_what_is_no_table_at_all():
    assert explained(table_of("hello")) == (
        "labels.csv can't be read as a table. Expected a CSV with a column of picture file names and one of classes."
    )


def test_a_table_of_other_files():
    assert explained(table_of("id,file,label\n1,x.png,cat\n2,y.png,dog\n3,a.png,dog\n")) == (
        "labels.csv isn't understood: no column names the pictures. Its columns are id, file and label. File names "
        "were looked for in file: 1 of 3 rows name a picture, the first one says x.png, and a picture is called "
        "images/a.png. Name the right column with --file-column, or fix the names."
    )


def test_a_table_without_classes():
    rows = "a.png,16,same,one\nb.png,16,same,two\nc.png,17,same,three\nz.png,17,same,four\n"
    assert explained(table_of("file,width,camera,remark\n" + rows)) == (
        "labels.csv isn't understood: no column gives two or more classes. Its columns are file, width, camera "
        "and remark. The files are in file: 3 of 4 rows name a picture. Not taken for classes: width (different in "
        "most rows), camera (always same) and remark (different in most rows). Name the right column with "
        "--label-column."
    )


def test_a_form():
    assert explained(table_of("file,label\na.png,0\nb.png,0\n", "sample_submission.csv")).startswith(
        "sample_submission.csv is called a submission, so it was taken for a form to fill in, not for the truth."
    )


@pytest.mark.parametrize("option", ["file_column", "label_column", "split_column"])
def test_a_column_that_isnt_there(option):
    assert explained(table_of("file,label\na.png,cat\nb.png,dog\n"), **{option: "breed"}) == (
        "labels.csv has no column breed. Its columns are file and label. Name one of them with "
        f"--{option.replace('_', '-')}."
    )


def test_many_columns_are_counted():
    header = ",".join(f"c{n}" for n in range(40))
    assert "c5, c6 and 33 more." in explained(table_of(f"{header}\n" + ",".join("x" * 40) + "\n"))


def test_tables_that_werent_used_are_said():
    table = table_of("file,width\na.png,16\nb.png,17\n")
    assert [dataset_note(note) for note in unused_tables(LabelTables(PATHS, [table]))] == [
        "labels.csv names 2 of the pictures in its column file but has no column of classes: it wasn't used."
    ]
    assert unused_tables(LabelTables(PATHS, [table_of("file,label\na.png,x\nb.png,y\n")])) == ()
    assert unused_tables(LabelTables(PATHS, [table_of("x,y\n1,2\n")])) == ()


def test_columns_are_named_by_their_headers_or_else_by_their_numbers():
    def columns(*rows):
        table = TableFile(("labels.csv",), "\n".join(rows).encode())
        return columns_to_name(LabelTables(PATHS, [table], ReadingOptions()))

    assert columns("where,area,area,", "x,1,2,3", "y,1,2,3") == ("where", "2", "3", "4")
    assert columns_to_name(LabelTables(PATHS, [], ReadingOptions())) == ()
