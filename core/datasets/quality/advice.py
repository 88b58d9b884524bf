"""Advice about a data set as a whole: classes too small or uneven, too few validation pictures."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.datasets.index import DatasetIndex
from core.datasets.quality.issues import Advice, Issue
from core.datasets.quality.quality_checks import TINY_SIDE
from core.datasets.splits import TRAIN, VALIDATION
from core.evaluation.evaluation import wilson_interval

Parameters = dict[str, Any]
UNEVEN = 2
FEW_PICTURES = 20
# Validation is too small if an accuracy of EXAMPLE has a wider interval than this: below about 145 pictures.
EXAMPLE, WIDEST_INTERVAL = 0.9, 0.1
NAMED_CLASSES = 3


def advise(dataset: DatasetIndex, issues: Sequence[Issue]) -> tuple[Advice, ...]:
    """Returns advice about a data set as a whole, worst first.

    Args:
        dataset: the data set, its pictures with the groups of their copies.
        issues: the issues of its pictures.
    """
    if not dataset.has_labels:  # so nothing is trained on it
        tiny = _small_pictures(dataset)
        return (Advice("small_pictures", tiny),) if tiny else ()
    split = dataset.with_split()
    found = Counter(issue.kind for issue in issues)
    said = {
        "leak": {"count": found["leak"]} if found["leak"] else None,
        "label_conflict": {"count": found["label_conflict"]} if found["label_conflict"] else None,
        "few_pictures": _few_pictures(split),
        "imbalance": _imbalance(split),
        "small_validation": _small_validation(len(split.select(VALIDATION))),
        "small_pictures": _small_pictures(dataset),
    }
    return tuple(Advice(kind, parameters) for kind, parameters in said.items() if parameters)


def _few_pictures(split: DatasetIndex) -> Parameters | None:
    """Copies of a picture count once."""
    families: list[set[str]] = [set() for _ in split.class_names]
    for sample in split.select(TRAIN):
        families[sample.label].add(sample.group or sample.digest)
    different = [len(own) for own in families]
    few = [label for label, count in enumerate(different) if count < FEW_PICTURES]
    if not few:
        return None
    few.sort(key=different.__getitem__)
    named = [[split.class_names[label], different[label]] for label in few[:NAMED_CLASSES]]
    return {"count": len(few), "limit": FEW_PICTURES, "classes": named}


def _imbalance(split: DatasetIndex) -> Parameters | None:
    totals = split.distribution().totals
    names = split.class_names
    large, small = int(np.argmax(totals)), int(np.argmin(totals))
    if totals[large] <= UNEVEN * totals[small]:
        return None
    return {
        "large": names[large],
        "large_count": totals[large],
        "small": names[small],
        "small_count": totals[small],
    }


def _small_validation(count: int) -> Parameters | None:
    low, high = wilson_interval(round(EXAMPLE * count), count)
    if high - low <= WIDEST_INTERVAL:
        return None
    return {"count": count, "accuracy": EXAMPLE, "low": float(low), "high": float(high)}


def _small_pictures(dataset: DatasetIndex) -> Parameters | None:
    sides = sorted(min(sample.width, sample.height) for sample in dataset.samples)
    usual = sides[len(sides) // 2]
    return {"side": usual} if usual < TINY_SIDE else None
