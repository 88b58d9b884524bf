"""What a data set holds: its classes, its pictures, and which of them are held out."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import DatasetError

if TYPE_CHECKING:  # it imports this module
    from core.datasets.versions.edits import Edit

TRAIN, VALIDATION, TEST, UNDECIDED = "train", "validation", "test", ""
SPLITS = (TRAIN, VALIDATION, TEST)
SMALLEST_SHARE, LARGEST_SHARE, DEFAULT_SHARE = 0.05, 0.5, 0.2
ID_LENGTH = 12


@dataclass(frozen=True)
class Sample:
    """One picture.

    Attributes:
        path: where it lies in the data set's folder, such as `pictures/00000012.jpg`.
        label: number of its class, from 0.
        split: `train`, `validation`, `test`, or empty where none was given.
        name: path in the archive it came from, escaped; for showing only.
        digest: SHA-256 of its bytes, in hexadecimal.
        width: upright, in pixels.
        height: upright, in pixels.
        group: the same for all exact and near copies of a picture; empty for one that has none.
    """

    path: str
    label: int
    split: str
    name: str
    digest: str
    width: int
    height: int
    group: str = ""

    def in_split(self, split: str) -> "Sample":
        """Returns the same picture in this split: as `replace` does, in a quarter of its time."""
        return Sample(self.path, self.label, split, self.name, self.digest, self.width, self.height, self.group)


@dataclass(frozen=True)
class Skipped:
    """A file that was left out. `reason` is worded to stand after the name and a colon."""

    name: str
    reason: str


@dataclass(frozen=True)
class ClassDistribution:
    """How many pictures each class has.

    Attributes:
        class_names: the classes, in the order of their labels.
        counts: for each split that holds pictures, the number of each class.
    """

    class_names: tuple[str, ...]
    counts: Mapping[str, tuple[int, ...]]

    @property
    def totals(self) -> tuple[int, ...]:
        """Pictures of each class over all splits."""
        return tuple(sum(column) for column in zip(*self.counts.values(), strict=True)) or (0,) * len(self.class_names)


@dataclass(frozen=True)
class DatasetIndex:
    """A data set as it was imported. Frozen: its pictures never change, so its id stands for them.

    Attributes:
        id: fingerprint of its class names, splits and pictures; the same for the same content, whatever it is called.
        name: what the person calls it.
        class_names: the classes, in the order of their labels.
        samples: its pictures.
        skipped: files that were left out, with the reason.
        num_ignored: how many files were left out without a word: system files, texts and the like.
        folder: where it lies.
        validation_split: share of the training pictures to hold out where no validation folder was given.
        created: when it was imported, in seconds since 1970.
        notes: sentences on what else the import came across, such as names that differ only by their case.
        parent: id of the data set that this one is a version of, empty for an import. It may have been deleted.
        edits: what was done to the parent to make this one.
    """

    id: str
    name: str
    class_names: tuple[str, ...]
    samples: tuple[Sample, ...]
    skipped: tuple[Skipped, ...]
    num_ignored: int
    folder: Path
    validation_split: float = DEFAULT_SHARE
    created: float = 0.0
    notes: tuple[str, ...] = ()
    parent: str = ""
    edits: "tuple[Edit, ...]" = ()

    @property
    def has_split(self) -> bool:
        """Whether the data set came with validation pictures of its own."""
        return any(sample.split == VALIDATION for sample in self.samples)

    def with_split(self, validation_split: float | None = None, seed: int = 0) -> "DatasetIndex":
        """Returns a copy in which every picture has a split.

        A split that was given is kept. Else the pictures of each class are ordered by a hash of seed and content, and
        the first of them are held out: the same on every machine, hardly changed by further pictures. Exact and
        near copies of a picture stay on one side, and each class with two or more different pictures has some on both.

        Args:
            validation_split: share to hold out, 0.05-0.5; the data set's own by default.
            seed: another one gives another split.

        Raises:
            DatasetError: the share is out of its range.
        """
        share = check_share(self.validation_split if validation_split is None else validation_split)
        free = [sample for sample in self.samples if sample.split in (TRAIN, UNDECIDED)]
        held_out = set() if self.has_split else _held_out(free, share, seed)
        samples = tuple(
            sample.in_split(VALIDATION if sample.digest in held_out else TRAIN)
            if sample.split in (TRAIN, UNDECIDED)
            else sample
            for sample in self.samples
        )
        return replace(self, samples=samples, validation_split=share)

    def select(self, split: str) -> tuple[Sample, ...]:
        """Returns the pictures of a split."""
        return tuple(sample for sample in self.samples if sample.split == split)

    def picture_path(self, sample: Sample) -> Path:
        """Returns where a picture's file lies."""
        return self.folder / sample.path

    def distribution(self) -> ClassDistribution:
        """Returns the number of pictures of each class and split."""
        counts: defaultdict[str, list[int]] = defaultdict(lambda: [0] * len(self.class_names))
        for sample in self.samples:
            counts[sample.split][sample.label] += 1
        ordered = [split for split in (*SPLITS, UNDECIDED) if split in counts]
        return ClassDistribution(self.class_names, {split: tuple(counts[split]) for split in ordered})


def check_share(validation_split: float) -> float:
    """Returns the share as it is.

    Raises:
        DatasetError: it is out of its range.
    """
    if not SMALLEST_SHARE <= validation_split <= LARGEST_SHARE:
        raise DatasetError(
            f"Expected a validation share from {SMALLEST_SHARE} to {LARGEST_SHARE}. Received {validation_split}. "
            "Choose one within that range."
        )
    return validation_split


def fingerprint(class_names: Iterable[str], samples: Iterable[Sample]) -> str:
    """Returns the id that content has: the same for the same classes, splits and pictures in any order."""
    names = tuple(class_names)
    rows = sorted((names[sample.label], sample.split, sample.digest) for sample in samples)
    return hashlib.sha256(json.dumps([names, rows]).encode()).hexdigest()[:ID_LENGTH]


def without_lone_train(samples: Iterable[Sample]) -> tuple[Sample, ...]:
    """Returns pictures that are all to train with as undecided ones: a share of them is held out then."""
    samples = tuple(samples)
    if {sample.split for sample in samples} != {TRAIN}:
        return samples
    return tuple(sample.in_split(UNDECIDED) for sample in samples)


def _held_out(samples: list[Sample], share: float, seed: int) -> set[str]:
    """Returns the digests of the pictures that go to validation."""
    families: defaultdict[str, set[str]] = defaultdict(set)
    classes: defaultdict[int, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for sample in samples:
        family = sample.group or sample.digest
        families[family].add(sample.digest)
        classes[sample.label][family].add(sample.digest)
    held_out: set[str] = set()
    decided: set[str] = set()
    for label in sorted(classes):
        own = classes[label]
        digests = set().union(*own.values())
        wanted = _num_held_out(len(digests), share) - len(digests & held_out)
        if len(own) == 1 and decided.isdisjoint(own):
            # All are copies of one picture. Without some on both sides the class could not be measured.
            held_out.update(sorted(digests, key=lambda digest: _place(digest, seed))[:wanted])
        else:
            sizes = {family: len(own[family]) for family in own if family not in decided}
            held_out.update(*(families[family] for family in _chosen(sizes, wanted, seed)))
        decided.update(own)  # `|=` with the keys of a dictionary would copy the whole set, once a class
    return held_out


def _chosen(sizes: Mapping[str, int], wanted: int, seed: int) -> list[str]:
    """Returns families of copies that hold the wanted number of a class's pictures, or nearly so.

    They are taken in the order of a hash. One that is too large is passed over, so that a hundred copies of one
    picture don't become the validation set.

    Args:
        sizes: how many pictures of the class each family holds.
        wanted: how many pictures to hold out.
        seed: another one gives another order.
    """
    chosen = []
    left = wanted
    for family in sorted(sizes, key=lambda family: _place(family, seed)):
        if sizes[family] <= left:
            chosen.append(family)
            left -= sizes[family]
    if wanted > 0 and not chosen:
        return sorted(sizes, key=lambda family: (sizes[family], family))[:1]
    return chosen


def _num_held_out(num_pictures: int, share: float) -> int:
    if num_pictures < 2:
        return 0
    return min(max(round(num_pictures * share), 1), num_pictures - 1)


def _place(digest: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{digest}".encode()).digest()
