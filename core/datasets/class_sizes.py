"""How many pictures a class must have, after an import or after changes."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from core.datasets.sample import Sample
from core.datasets.splits import TRAIN, UNDECIDED

FEWEST_PICTURES = 2


@dataclass(frozen=True)
class SmallClass:
    """A class that is too small for training and validation.

    Attributes:
        label: of the class.
        num_different: its pictures, copies counted once. If `FEWEST_PICTURES` or more, none of them is for training.
    """

    label: int
    num_different: int


def find_small_class(num_classes: int, samples: Collection[Sample]) -> SmallClass | None:
    """Returns the first class that is too small; None if all are large enough."""
    different = Counter(label for label, _ in {(sample.label, sample.digest) for sample in samples})
    can_train = {sample.label for sample in samples if sample.split in (TRAIN, UNDECIDED)}
    for label in range(num_classes):
        if different[label] < FEWEST_PICTURES or label not in can_train:
            return SmallClass(label, different[label])
    return None
