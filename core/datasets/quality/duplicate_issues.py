"""What is wrong with copies: which can go, which are in two classes, which are on both sides of the split."""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import chain

import numpy as np

from core.datasets.index import DatasetIndex
from core.datasets.quality.duplicates import similarity
from core.datasets.quality.issues import Audit, Issue
from core.datasets.sample import Sample
from core.datasets.splits import TEST, VALIDATION

HELD_OUT = (VALIDATION, TEST)
# Where a picture is here more than once and one of them is enough. Not where copies have different labels: nobody but
# the person can say which of them is right, and keeping the wrong one would make the fault invisible.
SPARE = ("leak", "duplicate", "near_duplicate")


def copy_faults(index: DatasetIndex, rows: np.ndarray, faulty: Collection[str] = ()) -> list[Issue]:
    """Returns an issue for each picture that is a copy of one that is better kept, in no particular order.

    Where copies are in different classes, all of them have one.

    Args:
        index: the data set, its pictures with the groups of their copies.
        rows: looks of its pictures, array of dtype `looks.ROW` in their order.
        faulty: paths of pictures that have faults of their own: a blurry copy isn't the one to keep.
    """
    members: dict[str, list[int]] = {}
    for place, sample in enumerate(index.samples):
        if sample.group:
            members.setdefault(sample.group, []).append(place)
    issues = []
    for group, places in members.items():
        if len(places) > 1:
            places = sorted(places, key=lambda place: _worth(index.samples[place], faulty))
            is_conflict = len({index.samples[place].label for place in places}) > 1
            judge = _conflicts if is_conflict else _spares
            issues += judge(index, group, places, rows)
    return issues


def keep_one(index: DatasetIndex, audit: Audit) -> tuple[str, ...]:
    """Returns the paths of the pictures to remove so that one of each group of copies is left.

    Kept is one without faults of its own, of those the largest; of equally large ones that in the train folder, then
    the first by name. Groups whose copies are in different classes are left alone: see `SPARE`.
    """
    spare = {issue.path for issue in audit.issues if issue.kind in SPARE}
    return tuple(sample.path for sample in index.samples if sample.path in spare)


def _worth(sample: Sample, faulty: Collection[str]) -> tuple:
    """Returns what copies are ordered by, the best to keep first."""
    return sample.path in faulty, -sample.width * sample.height, sample.split in HELD_OUT, sample.name, sample.path


def _spares(index: DatasetIndex, group: str, places: Sequence[int], rows: np.ndarray) -> list[Issue]:
    kept = index.samples[places[0]]
    files = Counter(index.samples[place].digest for place in places)
    issues = []
    for place in places[1:]:
        sample = index.samples[place]
        score, words = _likeness(index, place, places[0], rows)
        kind = "duplicate" if files[sample.digest] > 1 else "near_duplicate"
        detail = f"{words} {kept.name}"
        if (sample.split in HELD_OUT) != (kept.split in HELD_OUT):
            kind, detail = "leak", f"{detail}, which is in {kept.split}"
        issues.append(Issue(kind, sample.path, detail, score, group))
    return issues


def _conflicts(index: DatasetIndex, group: str, places: Sequence[int], rows: np.ndarray) -> list[Issue]:
    # Of each class the first of the group, and the first of each file.
    of_class: dict[int, int] = {}
    of_file: dict[str, dict[int, int]] = {}
    for place in places:
        sample = index.samples[place]
        of_class.setdefault(sample.label, place)
        of_file.setdefault(sample.digest, {}).setdefault(sample.label, place)
    issues = []
    for place in places:
        sample = index.samples[place]
        # The very same file says more than a similar one.
        firsts = chain(of_file[sample.digest].items(), of_class.items())
        other = next(first for label, first in firsts if label != sample.label)
        score, words = _likeness(index, place, other, rows)
        class_name = index.class_names[index.samples[other].label]
        detail = f"{words} {index.samples[other].name}, which is in the class {class_name}"
        issues.append(Issue("label_conflict", sample.path, detail, score, group))
    return issues


def _likeness(index: DatasetIndex, place: int, other: int, rows: np.ndarray) -> tuple[float, str]:
    """Returns how alike two copies are, 0-1, and words to stand before the other's name."""
    if index.samples[place].digest == index.samples[other].digest:
        return 1.0, "the same picture as"
    return round(
        min(max(float(similarity(rows[[place]], rows[[other]])[0]), 0.0), 0.9999), 4
    ), "nearly the same picture as"
