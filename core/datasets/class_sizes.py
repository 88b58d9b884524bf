"""How many pictures a class must have, after an import or after changes."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from core.datasets.sample import Sample
from core.datasets.splits import TRAIN, UNDECIDED

FEWEST_PICTURES = 2

Picture = tuple[int, str, str]
"""The label of a picture, what its content is told by, and its split."""


@dataclass(frozen=True)
class SmallClass:
    """A class that is too small for training and validation.

    Attributes:
        label: of the class.
        num_different: its pictures, copies counted once. If `FEWEST_PICTURES` or more, none of them is for training.
    """

    label: int
    num_different: int


def find_small_classes(num_classes: int, pictures: Iterable[Picture]) -> list[SmallClass]:
    """Returns the classes that are too small, in the order of their labels."""
    contents: set[tuple[int, str]] = set()
    can_train: set[int] = set()
    for label, digest, split in pictures:
        contents.add((label, digest))
        if split in (TRAIN, UNDECIDED):
            can_train.add(label)
    different = Counter(label for label, _ in contents)
    return [
        SmallClass(label, different[label])
        for label in range(num_classes)
        if different[label] < FEWEST_PICTURES or label not in can_train
    ]


def find_small_class(num_classes: int, samples: Collection[Sample]) -> SmallClass | None:
    """Returns the first class that is too small; None if all are large enough."""
    small = find_small_classes(num_classes, ((sample.label, sample.digest, sample.split) for sample in samples))
    return small[0] if small else None
