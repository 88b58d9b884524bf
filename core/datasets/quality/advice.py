"""What there is to say about a data set as a whole: classes too small or uneven, a validation that can't decide."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from core.datasets.index import DatasetIndex
from core.datasets.quality.issues import Advice, Issue
from core.datasets.quality.quality_checks import TINY_SIDE
from core.datasets.splits import TRAIN, VALIDATION
from core.evaluation.evaluation import wilson_interval

UNEVEN = 2
FEW_PICTURES = 20
# Validation is small where an accuracy of EXAMPLE leaves more doubt than this: with fewer than about 145 pictures.
EXAMPLE, WIDEST_INTERVAL = 0.9, 0.1
NAMED_CLASSES = 3


def advise(dataset: DatasetIndex, issues: Sequence[Issue]) -> tuple[Advice, ...]:
    """Returns what there is to say about a data set as a whole, the worst first.

    Args:
        dataset: the data set, its pictures with the groups of their copies.
        issues: what was found about its pictures.
    """
    split = dataset.with_split()
    found = Counter(issue.kind for issue in issues)
    texts = {
        "leak": _leak(found["leak"]),
        "label_conflict": _conflict(found["label_conflict"]),
        "few_pictures": _few_pictures(split),
        "imbalance": _imbalance(split),
        "small_validation": _small_validation(len(split.select(VALIDATION))),
        "small_pictures": _small_pictures(dataset),
    }
    return tuple(Advice(kind, text) for kind, text in texts.items() if text)


def _leak(count: int) -> str:
    if not count:
        return ""
    what = "1 picture is" if count == 1 else f"{count:,} pictures are"
    return (
        f"{what} in the train folder and among the validation or test pictures as well. The model will have seen "
        "them before, so its accuracy will look better than it is. Keep one of each."
    )


def _conflict(count: int) -> str:
    if not count:
        return ""
    return (
        f"{count:,} pictures are copies of each other in different classes. One class of each must be wrong: look at "
        "them before training."
    )


def _few_pictures(split: DatasetIndex) -> str:
    """Copies of a picture count once."""
    families: list[set[str]] = [set() for _ in split.class_names]
    for sample in split.select(TRAIN):
        families[sample.label].add(sample.group or sample.digest)
    different = [len(own) for own in families]
    few = [label for label, count in enumerate(different) if count < FEW_PICTURES]
    if not few:
        return ""
    few.sort(key=different.__getitem__)
    names = _enumerate([f"{split.class_names[label]} ({different[label]})" for label in few])
    which = "This class has" if len(few) == 1 else f"These {len(few)} classes have"
    return (
        f"{which} fewer than {FEW_PICTURES} different pictures to learn from: {names}. What a model learns from so "
        "few is mostly chance. Add pictures: 50 or more of each class work well."
    )


def _imbalance(split: DatasetIndex) -> str:
    totals = split.distribution().totals
    names = split.class_names
    large, small = int(np.argmax(totals)), int(np.argmin(totals))
    if totals[large] <= UNEVEN * totals[small]:
        return ""
    times = totals[large] / max(totals[small], 1)
    return (
        f"The classes are uneven: {names[large]} has {totals[large]:,} pictures, {times:.1f} times as many as "
        f"{names[small]} with {totals[small]:,}. A model leans towards large classes, and accuracy says little about "
        "small ones. Training weighs the classes to make up for it; more pictures of the small ones are better still."
    )


def _small_validation(count: int) -> str:
    low, high = wilson_interval(round(EXAMPLE * count), count)
    if high - low <= WIDEST_INTERVAL:
        return ""
    pictures = "1 picture" if count == 1 else f"{count:,} pictures"
    return (
        f"Validation has {pictures}: {EXAMPLE:.2f} means anything from {low:.2f} to {high:.2f}. Two models whose "
        "accuracies lie closer together than that can't be told apart. Hold a larger share out, or add pictures."
    )


def _small_pictures(dataset: DatasetIndex) -> str:
    sides = sorted(min(sample.width, sample.height) for sample in dataset.samples)
    usual = sides[len(sides) // 2]
    if usual >= TINY_SIDE:
        return ""
    return (
        f"Most pictures are only about {usual} pixels a side. They are enlarged for the training, but what can't be "
        "seen in them can't be learned. Use larger ones where there are any."
    )


def _enumerate(names: Sequence[str]) -> str:
    shown = list(names[:NAMED_CLASSES])
    if len(names) > NAMED_CLASSES:
        shown.append(f"{len(names) - NAMED_CLASSES:,} more")
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]
