"""Training pictures as arrays: their classes and weights, which are copies, a choice of them."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from core.datasets.sample import Sample


def labels_of(samples: Sequence[Sample]) -> np.ndarray:
    """Returns the classes of pictures, `int64` `(num_pictures,)`."""
    return np.array([sample.label for sample in samples], np.int64)


def groups_of(samples: Sequence[Sample]) -> np.ndarray:
    """Returns which pictures are copies of each other, as numbers `(num_pictures,)`."""
    return np.unique([sample.group or sample.path for sample in samples], return_inverse=True)[1]


def class_weights(labels: np.ndarray, num_classes: int, is_weighted: bool) -> np.ndarray:
    """Returns factors of the loss, `(num_classes,)`, that give all classes the same weight; ones if they aren't wanted.

    Args:
        labels: classes of the training pictures, `int64` `(num_pictures,)`.
        num_classes: number of classes.
        is_weighted: whether they are wanted.
    """
    counts = np.bincount(labels, minlength=num_classes)
    return counts.sum() / (num_classes * np.maximum(counts, 1)) if is_weighted else np.ones(num_classes)


def some_of(samples: Sequence[Sample], most: int, seed: int, of_each_class: bool = False) -> list[Sample]:
    """Returns all pictures, or a random choice of them in their order, the same each time.

    Args:
        samples: the pictures.
        most: how many.
        seed: of the choice.
        of_each_class: whether small classes are kept whole, and large ones lose more.
    """
    order = np.random.default_rng(seed).permutation(len(samples))
    if of_each_class:
        seen: Counter[int] = Counter()
        turns = []
        for index in order:
            turns.append(seen[samples[index].label])
            seen[samples[index].label] += 1
        order = order[np.argsort(turns, kind="stable")]
    return [samples[index] for index in sorted(order[:most])]
