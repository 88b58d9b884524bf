from dataclasses import asdict, fields

from core.cli.datasets import import_command
from core.datasets.layouts.options import AS_FOUND, ReadingOptions


def test_nothing_is_decided_at_first():
    assert set(asdict(AS_FOUND).values()) == {""}


def test_the_command_line_can_decide_all_of_it():
    assert {field.name for field in fields(ReadingOptions)} <= {option.name for option in import_command.params}


def test_options_are_completed_by_others():
    own = ReadingOptions("csv", label_column="breed")
    others = ReadingOptions("file_names", encoding="gbk")
    assert own.completed_by(others) == ReadingOptions("csv", label_column="breed", encoding="gbk")
    assert AS_FOUND.completed_by(own) == own.completed_by(AS_FOUND) == own
