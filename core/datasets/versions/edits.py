"""Changes of a data set. The result is a new data set: nothing on disk is modified."""

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from core.datasets.class_names import check_class_name, in_order
from core.datasets.class_sizes import FEWEST_PICTURES, find_small_class
from core.datasets.edit import (
    LEAVE_OUT_CLASS,
    MERGE_CLASSES,
    RELABEL,
    REMOVE,
    RENAME_CLASS,
    SUBSET,
    Edit,
)
from core.datasets.index import DatasetIndex, fingerprint
from core.datasets.sample import Sample
from core.datasets.splits import TRAIN, UNDECIDED, without_lone_train
from core.errors import DatasetError
from core.wording.lists import listed


def apply_edits(dataset: DatasetIndex, edits: Sequence[Edit]) -> DatasetIndex:
    """Returns a data set with these changes applied one after the other. Nothing is written.

    Args:
        dataset: the data set.
        edits: what to change. Pictures are added by `DatasetStore.add_pictures`, not here.

    Returns:
        A data set with its own id and `dataset` as its parent. Its pictures are still in the folder of `dataset`.

    Raises:
        DatasetError: a picture or class doesn't exist, a name is invalid, or the rest isn't a valid data set.
    """
    content = _Content(dataset)
    for edit in edits:
        content.apply(edit)
    class_names, samples = content.result()
    return version_of(dataset, class_names, samples, edits)


def version_of(
    dataset: DatasetIndex, class_names: Sequence[str], samples: Iterable[Sample], edits: Sequence[Edit]
) -> DatasetIndex:
    """Returns the version of a data set with these classes and pictures.

    Raises:
        DatasetError: they aren't a valid data set: only one class, or a class without enough pictures.
    """
    samples = _without_lone_copies(without_lone_train(tuple(samples)))
    _check_counts(class_names, samples)
    return replace(
        dataset,
        id=fingerprint(class_names, samples),
        class_names=tuple(class_names),
        samples=samples,
        skipped=(),
        num_ignored=0,
        created=0.0,
        notes=(),
        parent=dataset.id,
        edits=tuple(edits),
    )


class _Content:
    """The pictures of a data set and their classes while changes are applied."""

    def __init__(self, dataset: DatasetIndex) -> None:
        self._dataset = dataset
        self._samples = {sample.path: sample for sample in dataset.samples}
        self._classes = {sample.path: dataset.class_names[sample.label] for sample in dataset.samples}
        self._names = dict.fromkeys(dataset.class_names)  # a set that keeps their order

    def apply(self, edit: Edit) -> None:
        """Applies a change."""
        steps: dict[str, Callable[[Edit], Any]] = {
            REMOVE: self._remove,
            RELABEL: self._relabel,
            RENAME_CLASS: self._rename,
            MERGE_CLASSES: self._merge,
            LEAVE_OUT_CLASS: self._leave_out,
            SUBSET: self._keep_subset,
        }
        if edit.kind not in steps:
            raise DatasetError("Pictures are added from files, one class at a time. Remove this change from the list.")
        steps[edit.kind](edit)

    def result(self) -> tuple[tuple[str, ...], list[Sample]]:
        """Returns the classes, in the order an import gives them, and the pictures."""
        names = in_order(self._names)
        labels = {name: label for label, name in enumerate(names)}
        return names, [replace(self._samples[path], label=labels[name]) for path, name in self._classes.items()]

    def _remove(self, edit: Edit) -> None:
        self._check_paths(edit.paths)
        for path in edit.paths:
            self._classes.pop(path, None)

    def _relabel(self, edit: Edit) -> None:
        self._check_paths(edit.paths)
        (name,) = edit.class_names
        if name not in self._names:
            name = check_class_name(name, self._names)
            self._names[name] = None
        for path in edit.paths:
            if path in self._classes:  # a picture removed before stays removed
                self._classes[path] = name

    def _rename(self, edit: Edit) -> None:
        old, new = edit.class_names
        self._check_names([old])
        self._replace_names([old], new)

    def _merge(self, edit: Edit) -> None:
        *merged, new = edit.class_names
        self._check_names(merged)
        if len(set(merged)) < 2:
            raise DatasetError(f"Expected two or more classes to merge. Received {merged[0]} only. Name another one.")
        self._replace_names(merged, new)

    def _replace_names(self, old: Sequence[str], new: str) -> None:
        replaced = set(old)
        rest = [name for name in self._names if name not in replaced]
        new = new if new in replaced else check_class_name(new, rest)
        self._names = dict.fromkeys([*rest, new])
        self._classes = {path: new if name in replaced else name for path, name in self._classes.items()}

    def _leave_out(self, edit: Edit) -> None:
        self._check_names(edit.class_names)
        left_out = set(edit.class_names)
        self._names = {name: None for name in self._names if name not in left_out}
        self._classes = {path: name for path, name in self._classes.items() if name not in left_out}

    def _keep_subset(self, edit: Edit) -> None:
        classes: defaultdict[str, list[Sample]] = defaultdict(list)
        for path, name in self._classes.items():
            classes[name].append(self._samples[path])
        kept = set().union(*(_subset(own, edit.number) for own in classes.values()))
        self._classes = {path: name for path, name in self._classes.items() if path in kept}

    def _check_paths(self, paths: Iterable[str]) -> None:
        for path in paths:
            if path not in self._samples:
                raise DatasetError(
                    f"There is no picture {path} in {self._dataset.name}. Take its path from the data set."
                )

    def _check_names(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._names:
                raise DatasetError(
                    f"There is no class {name} in {self._dataset.name}. Its classes are {listed(list(self._names))}."
                )


def _subset(samples: Sequence[Sample], number: int) -> set[str]:
    """Returns the paths of the pictures of a class that a subset keeps.

    `number` of its training pictures, and the same share of its validation and test pictures. They are chosen by a hash
    of their content, so a larger subset contains the smaller one; copies come last.
    """
    ordered: dict[str, list[tuple[bool, bytes, str]]] = {}
    seen: set[str] = set()
    for sample in sorted(samples, key=lambda sample: sample.path):
        split = TRAIN if sample.split == UNDECIDED else sample.split
        place = hashlib.sha256(f"subset:{sample.digest}".encode()).digest()
        copies = sample.group or sample.digest
        ordered.setdefault(split, []).append((copies in seen, place, sample.path))
        seen.add(copies)
    share = min(number / max(len(ordered.get(TRAIN, ())), 1), 1.0)
    return {
        path
        for split, rows in ordered.items()
        for _, _, path in sorted(rows)[: number if split == TRAIN else math.ceil(len(rows) * share)]
    }


def _without_lone_copies(samples: tuple[Sample, ...]) -> tuple[Sample, ...]:
    """Returns the pictures; those that are the last of their group lose it."""
    sizes = Counter(sample.group for sample in samples)
    return tuple(replace(s, group="") if s.group and sizes[s.group] == 1 else s for s in samples)


def _check_counts(class_names: Sequence[str], samples: Sequence[Sample]) -> None:
    """Checks what is left by the rules of an import."""
    if len(class_names) < 2:
        left = f"Only the class {class_names[0]}" if class_names else "No class"
        raise DatasetError(f"{left} would be left. There have to be at least two to tell apart. Keep another one.")
    small = find_small_class(len(class_names), samples)
    if small is None:
        return
    name = class_names[small.label]
    if small.num_different < FEWEST_PICTURES:
        what = "only one picture" if small.num_different else "no picture"
        raise DatasetError(
            f"The class {name} would have {what}. Each class needs at least two different ones, preferably twenty. "
            "Keep or add more, or leave the class out."
        )
    raise DatasetError(f"The class {name} would have no picture to train with. Keep some, or leave the class out.")
