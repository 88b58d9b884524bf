"""Issues of copies: which can be removed, which are in two classes, which are on both sides of the split."""

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import chain
from typing import Any

import numpy as np

from core.datasets.index import DatasetIndex
from core.datasets.quality.duplicates import similarity
from core.datasets.quality.issues import Audit, Issue
from core.datasets.sample import Sample
from core.datasets.splits import TEST, VALIDATION
from core.wording.coded import Reason

HELD_OUT = (VALIDATION, TEST)
# Kinds of copies of which one is enough. Not copies with different labels: only the user can say which of them is
# right, and keeping the wrong one would hide the fault.
SPARE = ("leak", "duplicate", "near_duplicate")


def find_duplicate_issues(dataset: DatasetIndex, rows: np.ndarray, faulty: Collection[str] = ()) -> list[Issue]:
    """Returns an issue for each picture that is a copy of a better one to keep, in no particular order.

    If copies are in different classes, all of them have one.

    Args:
        dataset: the data set, its pictures with the groups of their copies.
        rows: looks of its pictures, array of dtype `looks.ROW` in their order.
        faulty: paths of pictures with other faults: a blurry copy isn't the one to keep.
    """
    members: dict[str, list[int]] = {}
    for index, sample in enumerate(dataset.samples):
        if sample.group:
            members.setdefault(sample.group, []).append(index)
    issues = []
    for group, indices in members.items():
        if len(indices) > 1:
            indices = sorted(indices, key=lambda index: _worth(dataset.samples[index], faulty))
            is_conflict = len({dataset.samples[index].label for index in indices}) > 1
            judge = _conflicts if is_conflict else _spares
            issues += judge(dataset, group, indices, rows)
    return issues


def keep_one(dataset: DatasetIndex, audit: Audit) -> tuple[str, ...]:
    """Returns the paths of the pictures to remove so that one of each group of copies is left.

    The one to keep has no other faults, then is the largest, then is in the train folder, then is the first by name.
    Groups whose copies are in different classes are left alone: see `SPARE`.
    """
    spare = {issue.path for issue in audit.issues if issue.kind in SPARE}
    return tuple(sample.path for sample in dataset.samples if sample.path in spare)


def _worth(sample: Sample, faulty: Collection[str]) -> tuple:
    """Returns the sort key of copies, the best to keep first."""
    return sample.path in faulty, -sample.width * sample.height, sample.split in HELD_OUT, sample.name, sample.path


def _spares(dataset: DatasetIndex, group: str, indices: Sequence[int], rows: np.ndarray) -> list[Issue]:
    kept = dataset.samples[indices[0]]
    files = Counter(dataset.samples[index].digest for index in indices)
    issues = []
    for index in indices[1:]:
        sample = dataset.samples[index]
        score, copy = _likeness(dataset, index, indices[0], rows)
        kind = "duplicate" if files[sample.digest] > 1 else "near_duplicate"
        if (sample.split in HELD_OUT) != (kept.split in HELD_OUT):
            kind, copy = "leak", copy | {"split": kept.split}
        issues.append(Issue(kind, sample.path, Reason("copy", copy), score, group))
    return issues


def _conflicts(dataset: DatasetIndex, group: str, indices: Sequence[int], rows: np.ndarray) -> list[Issue]:
    # Of each class the first of the group, and the first of each file.
    of_class: dict[int, int] = {}
    of_file: dict[str, dict[int, int]] = {}
    for index in indices:
        sample = dataset.samples[index]
        of_class.setdefault(sample.label, index)
        of_file.setdefault(sample.digest, {}).setdefault(sample.label, index)
    issues = []
    for index in indices:
        sample = dataset.samples[index]
        # An identical file says more than a similar one.
        firsts = chain(of_file[sample.digest].items(), of_class.items())
        other = next(first for label, first in firsts if label != sample.label)
        score, copy = _likeness(dataset, index, other, rows)
        copy |= {"class_name": dataset.class_names[dataset.samples[other].label]}
        issues.append(Issue("label_conflict", sample.path, Reason("copy", copy), score, group))
    return issues


def _likeness(dataset: DatasetIndex, index: int, other: int, rows: np.ndarray) -> tuple[float, dict[str, Any]]:
    """Returns how similar two copies are, 0-1, and the parameters of what to say about the other one."""
    name = dataset.samples[other].name
    if dataset.samples[index].digest == dataset.samples[other].digest:
        return 1.0, {"name": name, "is_exact": True}
    likeness = min(max(float(similarity(rows[[index]], rows[[other]])[0]), 0.0), 0.9999)
    return round(likeness, 4), {"name": name, "is_exact": False}
