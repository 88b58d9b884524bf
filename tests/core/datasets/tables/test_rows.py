"""Rows of tables, however they are written."""

import csv
import json

import pytest

from core.datasets.tables.rows import MAX_COLUMNS, TableRows
from tests.core.datasets.tables.drawing import table_of

ROWS = [["a.png", "cat"], ["b.png", "dog"]]


def rows_of(text, name="labels.csv", encoding=""):
    return list(TableRows(table_of(text, name), encoding))


@pytest.mark.parametrize(
    "text",
    [
        "a.png,cat\nb.png,dog\n",
        "a.png;cat\r\nb.png;dog",
        "a.png\tcat\rb.png\tdog\r",
        "a.png|cat\nb.png|dog\n",
        "sep=;\na.png;cat\nb.png;dog\n",
        '"sep=|"\r\na.png|cat\r\nb.png|dog\r\n',
        '\n\n"a.png", "cat"\n\n"b.png", "dog"\n,\n',
    ],
)
def test_separators(text):
    assert rows_of(text) == ROWS


def test_a_separator_inside_of_cells_is_none():
    assert rows_of("a.png,x|y|z\nb.png,dog\n") == [["a.png", "x|y|z"], ["b.png", "dog"]]
    assert rows_of("a.png;one, two\nb.png;dog\n") == [["a.png", "one, two"], ["b.png", "dog"]]
    assert rows_of("a, b\tcat\n", "x.tsv") == [["a, b", "cat"]]


def test_rows_are_as_wide_as_the_first():
    assert rows_of("a,b,c\n1,2\n1,2,3\n1,2,3,4\n1,2,3\n")[1:] == [["1", "2", ""], *[["1", "2", "3"]] * 3]


def test_a_header_is_taken_off():
    rows = TableRows(table_of("file, label \na.png,cat\n"))
    assert not rows.has_names
    rows.take_header()
    assert rows.names == ["file", "label"]
    assert list(rows) == [["a.png", "cat"]]
    assert rows.has_header


def test_json_lines():
    lines = [{"file": "a.png", "info": {"label": "cat", "size": [1, 2]}}, {"file": "b.png", "more": None, "n": 3}]
    rows = TableRows(table_of("\n".join(map(json.dumps, lines)), "x.jsonl"))
    assert rows.names == ["file", "info.label", "info.size", "more", "n"]
    assert list(rows) == [["a.png", "cat", "[1, 2]", "", ""], ["b.png", "", "", "", "3"]]


@pytest.mark.parametrize("text", ["[1, 2]\n", "{", '{"a": 1}\nfoo\n', "", '{"a": 1}\n'])
def test_what_is_no_json_lines_is_no_table(text):
    assert TableRows(table_of(text, "x.jsonl")).width == 0


@pytest.mark.parametrize("text", ["", "one column\nand no more\n", "," * MAX_COLUMNS + "\n", "a,b" * 60_000])
def test_what_is_no_table(text):
    assert TableRows(table_of(text)).width == 0


def test_a_wide_table_has_all_its_columns_in_every_row():
    with pytest.raises(csv.Error, match="too short"):
        rows_of("a" + ",b" * 500 + "\nc,d\n")


@pytest.mark.parametrize(
    ("data", "wanted", "encoding"),
    [
        ("\u732b,1\n".encode("gbk"), "", "utf-8"),  # by chance; see below
        ("\u732b,1\n".encode("gbk"), "gbk", "gbk"),
        ("\u732b,1\n".encode(), "cp1252", "utf-8"),
        ("\u732b,\u72d7\n".encode("gbk"), "", "gb18030"),
        ("\u732b,1\n".encode("utf-16"), "gbk", "utf-16"),
        ("a,b\n".encode("utf-16-le"), "gbk", "utf-16-le"),
        ("a,b\n".encode("utf-8-sig"), "gbk", "utf-8-sig"),
    ],
)
def test_the_encoding_that_is_asked_for_is_taken_where_it_fits(data, wanted, encoding):
    rows = TableRows(table_of(data), wanted)
    assert rows.encoding == encoding
