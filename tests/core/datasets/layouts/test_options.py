from dataclasses import asdict, fields

import pytest

from core.cli.datasets import import_command
from core.datasets.layouts.options import AS_FOUND, ReadingOptions
from core.errors import DatasetError


def test_nothing_is_decided_at_first():
    assert set(asdict(AS_FOUND).values()) == {""}


def test_the_command_line_can_decide_all_of_it():
    assert {field.name for field in fields(ReadingOptions)} <= {option.name for option in import_command.params}


@pytest.mark.parametrize("encoding", ["", "gbk", "UTF-8", "Shift-JIS", "cp1251", "utf-16"])
def test_encodings_that_python_knows_are_taken(encoding):
    assert ReadingOptions(encoding=encoding).encoding == encoding


@pytest.mark.parametrize("encoding", ["klingon", "base64", "rot13", "hex", "undefined", "gb k", "\0", "кои"])
def test_others_are_refused_in_a_sentence(encoding):
    with pytest.raises(DatasetError) as caught:
        ReadingOptions(encoding=encoding)
    assert str(caught.value) == (
        f"There is no encoding {encoding!r}. Expected one that Python knows, such as utf-8, gbk, big5, shift_jis, "
        "euc_kr or cp1251. Check its spelling."
    )


def test_options_are_completed_by_others():
    own = ReadingOptions("csv", label_column="breed")
    others = ReadingOptions("file_names", encoding="gbk")
    assert own.completed_by(others) == ReadingOptions("csv", label_column="breed", encoding="gbk")
    assert AS_FOUND.completed_by(own) == own.completed_by(AS_FOUND) == own
