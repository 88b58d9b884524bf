"""What a data set holds: its classes, its pictures, and which of them are held out."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from core.datasets.edit import Edit
from core.datasets.sample import Sample, Skipped
from core.datasets.splits import (
    DEFAULT_SHARE,
    SPLITS,
    TRAIN,
    UNDECIDED,
    VALIDATION,
    check_share,
    drawn,
    held_out_digests,
)
from core.wording.coded import Note

ID_LENGTH = 12


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
    """An imported data set. Its pictures never change, so its id identifies them.

    Attributes:
        id: fingerprint of its class names, splits and pictures; the same for the same content, whatever its name.
        name: the user's name for it.
        class_names: the classes, in the order of their labels.
        samples: its pictures.
        skipped: files that were left out, with the reason.
        num_ignored: how many files were silently left out: system files, texts and the like.
        folder: its folder.
        validation_split: share of the training pictures to hold out if no validation folder was given.
        created: when it was imported, in seconds since 1970.
        notes: other findings of the import, such as names that differ only by case.
        parent: id of the data set that this one is a version of, empty for an import. It may have been deleted.
        edits: the changes that made this one from the parent.
        receipt: how the labels were found, for the user to check; see `core.wording.readings`.
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
    notes: tuple[Note, ...] = ()
    parent: str = ""
    edits: tuple[Edit, ...] = ()
    receipt: tuple[Note, ...] = ()

    @property
    def has_split(self) -> bool:
        """Whether the data set came with its own validation pictures."""
        return any(sample.split == VALIDATION for sample in self.samples)

    @property
    def has_labels(self) -> bool:
        """Whether it has classes to tell apart. Without any, a model can be adapted to it, but not trained on it."""
        return len(self.class_names) > 1

    def with_split(
        self, validation_split: float | None = None, seed: int = 0, pictures_per_class: int = 0, draw: int = 0
    ) -> "DatasetIndex":
        """Returns a copy in which every picture has a split.

        A given split is kept. Otherwise the pictures of each class are ordered by a hash of seed and content, and the
        first of them are held out: the same on every machine, and hardly changed by added pictures. Exact and near
        copies of a picture stay on one side, and each class with two or more different pictures has some on both.

        Args:
            validation_split: share to hold out, 0.05-0.5; the data set's own by default.
            seed: a different seed gives a different split.
            pictures_per_class: how many training pictures of each class to keep; the copy lacks the others. 0 for all.
            draw: a different draw keeps others; within a draw, fewer are always among the more.

        Raises:
            DatasetError: the share is out of range.
        """
        share = check_share(self.validation_split if validation_split is None else validation_split)
        free = [sample for sample in self.samples if sample.split in (TRAIN, UNDECIDED)]
        held_out = set() if self.has_split else held_out_digests(free, share, seed)
        samples = tuple(
            sample.in_split(VALIDATION if sample.digest in held_out else TRAIN)
            if sample.split in (TRAIN, UNDECIDED)
            else sample
            for sample in self.samples
        )
        if pictures_per_class:
            samples = drawn(samples, pictures_per_class, draw)
        return replace(self, samples=samples, validation_split=share)

    def select(self, split: str) -> tuple[Sample, ...]:
        """Returns the pictures of a split."""
        return tuple(sample for sample in self.samples if sample.split == split)

    def picture_path(self, sample: Sample) -> Path:
        """Returns the path of a picture's file."""
        return self.folder / sample.path

    def distribution(self) -> ClassDistribution:
        """Returns the number of pictures of each class and split."""
        counts: defaultdict[str, list[int]] = defaultdict(lambda: [0] * len(self.class_names))
        for sample in self.samples:
            counts[sample.split][sample.label] += 1
        ordered = [split for split in (*SPLITS, UNDECIDED) if split in counts]
        return ClassDistribution(self.class_names, {split: tuple(counts[split]) for split in ordered})


def fingerprint(class_names: Iterable[str], samples: Iterable[Sample]) -> str:
    """Returns the id of this content: the same for the same classes, splits and pictures in any order."""
    names = tuple(class_names)
    rows = sorted((names[sample.label], sample.split, sample.digest) for sample in samples)
    return hashlib.sha256(json.dumps([names, rows]).encode()).hexdigest()[:ID_LENGTH]
