"""A picture is the same in any split."""

from dataclasses import FrozenInstanceError, fields, replace

import pytest

from core.datasets.sample import Sample, Skipped
from core.wording.coded import Reason

SAMPLE = Sample("pictures/00000001.png", 1, "train", "dogs/a.png", "ab" * 32, 40, 30, "g1")


@pytest.mark.parametrize("split", ["train", "validation", "test", ""])
def test_only_the_split_changes(split):
    assert SAMPLE.in_split(split) == replace(SAMPLE, split=split)


def test_no_field_is_forgotten():
    """Each value differs from that of every other field, and from its default."""
    names = [field.name for field in fields(Sample)]
    sample = Sample(*(f"the {name}" for name in names))
    moved = sample.in_split("test")
    assert {name: getattr(moved, name) for name in names} == {name: f"the {name}" for name in names} | {"split": "test"}


def test_a_picture_without_copies_is_in_no_group():
    assert Sample("pictures/0.png", 0, "", "a.png", "ab", 1, 1).group == ""


def test_samples_cant_be_changed_and_can_be_counted():
    with pytest.raises(FrozenInstanceError):
        SAMPLE.label = 0
    assert {SAMPLE, SAMPLE.in_split("train"), SAMPLE.in_split("test")} == {SAMPLE, replace(SAMPLE, split="test")}
    assert Skipped("a.txt", Reason("empty")) == Skipped("a.txt", Reason("empty"))
