"""What a data set holds: counts, and an id derived from its content."""

from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from core.datasets.index import fingerprint
from tests.core.datasets.test_splits import sample, two_classes


def test_undecided_pictures_are_counted_as_such():
    assert dict(two_classes(3, 2).distribution().counts) == {"": (3, 2)}


def test_an_index_never_changes():
    dataset = two_classes(2, 2)
    with pytest.raises(FrozenInstanceError):
        dataset.name = "another"
    assert dataset.picture_path(dataset.samples[0]) == Path("/data/pictures/00000000.png")


def test_the_fingerprint_is_of_the_content():
    samples = two_classes(3, 3).samples
    same = fingerprint(("cats", "dogs"), samples)
    assert len(same) == 12
    assert fingerprint(["cats", "dogs"], reversed(samples)) == same
    assert fingerprint(("cats", "wolves"), samples) != same
    assert fingerprint(("cats", "dogs"), samples[1:]) != same
    assert fingerprint(("cats", "dogs"), [sample(0, split="train"), *samples[1:]]) != same
