"""The ways to part pictures into groups: by folder, size, shape and looks, and by the columns of the user's table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile

import numpy as np

from core.datasets.attributes.own_attributes import OwnAttributes
from core.datasets.index import DatasetIndex
from core.datasets.quality.image_statistics import read_statistics
from core.datasets.sample import Sample
from core.datasets.tables.cells import is_number
from core.evaluation.slices import UNKNOWN
from core.wording.coded import Note

FOLDER, SIZE, SHAPE, BRIGHTNESS, SHARPNESS = READY_MADE = ("folder", "size", "shape", "brightness", "sharpness")
OWN = "own:"
# With more groups there are few pictures in each, and nobody looks at them all.
MOST_GROUPS = 30
# Sides that differ by less are hardly seen to differ.
SQUARE = 1.1
UPRIGHT, NEARLY_SQUARE, WIDE = SHAPES = ("upright", "square", "wide")
LOWEST, MIDDLE, HIGHEST = "lowest", "middle", "highest"


@dataclass(frozen=True, eq=False)
class Grouping:
    """A way to part pictures into groups.

    Attributes:
        name: one of `READY_MADE`, or `own:` and the name of a column.
        groups: the groups with pictures, as codes; at least two.
        group_of: index of each picture's group, `int64` `(num_pictures,)`, or `UNKNOWN`.
    """

    name: str
    groups: tuple[Note, ...]
    group_of: np.ndarray


@dataclass(frozen=True)
class Groupings:
    """The ways to part some pictures.

    Attributes:
        offered: those that part them into at least two groups.
        too_many: names of those that part them into more than `MOST_GROUPS`.
        num_unmeasured: how many of the pictures have no stored brightness and sharpness.
    """

    offered: tuple[Grouping, ...]
    too_many: tuple[str, ...]
    num_unmeasured: int

    def find(self, name: str) -> Grouping | None:
        """Returns the one with this name, or by this column; None if there is none."""
        names = (name, OWN + name)
        return next((grouping for wanted in names for grouping in self.offered if grouping.name == wanted), None)


def groupings(dataset: DatasetIndex, paths: Sequence[str], attributes: OwnAttributes | None) -> Groupings:
    """Returns the ways to part pictures into groups.

    Args:
        dataset: the data set that they are from. Of a picture that it doesn't have any more, nothing is known.
        paths: the pictures, as `Sample.path`.
        attributes: the user's table, if there is one.
    """
    by_path = {sample.path: sample for sample in dataset.samples}
    samples = [by_path.get(path) for path in paths]
    looks = {digest.decode(): row for row in read_statistics(dataset) if (digest := row["digest"])}
    rows = [looks.get(sample.digest) if sample else None for sample in samples]
    found = [
        _by_folder(samples),
        _by_thirds(SIZE, [min(sample.width, sample.height) if sample else None for sample in samples]),
        _by_shape(samples),
        _by_thirds(BRIGHTNESS, [None if row is None else float(row["brightness"]) for row in rows]),
        _by_thirds(SHARPNESS, [None if row is None else float(row["sharpness"]) for row in rows], decimals=2),
    ]
    if attributes:
        for at, column in enumerate(attributes.columns):
            found.append(
                _by_column(column, [attributes.values[path][at] if path in attributes.values else "" for path in paths])
            )
    return Groupings(
        tuple(grouping for grouping in found if 1 < len(grouping.groups) <= MOST_GROUPS),
        tuple(grouping.name for grouping in found if len(grouping.groups) > MOST_GROUPS),
        sum(sample is not None and row is None for sample, row in zip(samples, rows, strict=True)),
    )


def _by_folder(samples: Sequence[Sample | None]) -> Grouping:
    """Parts by the folders in the archive, without those that all pictures are in."""
    folders = [sample.name.split("/")[:-1] if sample else None for sample in samples]
    known = [folder for folder in folders if folder is not None]
    # The first and the last in order have in common what all have.
    ends = zip(min(known, default=[]), max(known, default=[]), strict=False)
    num_shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], ends))
    names = [None if folder is None else "/".join(folder[num_shared:]) for folder in folders]
    return _of_values(FOLDER, names, lambda folder: Note("folder", {"folder": folder}))


def _by_shape(samples: Sequence[Sample | None]) -> Grouping:
    shapes = [_shape(sample) if sample else None for sample in samples]
    return _of_values(SHAPE, shapes, Note, order=SHAPES)


def _shape(sample: Sample) -> str:
    if max(sample.width, sample.height) <= SQUARE * min(sample.width, sample.height):
        return NEARLY_SQUARE
    return UPRIGHT if sample.height > sample.width else WIDE


def _by_column(column: str, cells: Sequence[str]) -> Grouping:
    """Parts by the values of a column; if they are many different numbers, by thirds."""
    name, values = OWN + column, [cell or None for cell in cells]
    filled = {value for value in values if value}
    if len(filled) > MOST_GROUPS and all(map(is_number, filled)):
        return _by_thirds(name, [float(value.replace(",", ".")) if value else None for value in values], decimals=2)
    return _of_values(name, values, lambda value: Note("value", {"value": value}))


def _of_values(
    name: str, values: Sequence[str | None], note: Callable[[str], Note], order: Sequence[str] = ()
) -> Grouping:
    found = {value for value in values if value is not None}
    ordered = [value for value in order if value in found] or sorted(found)
    index = {value: number for number, value in enumerate(ordered)}
    group_of = np.array([UNKNOWN if value is None else index[value] for value in values], np.int64)
    return Grouping(name, tuple(map(note, ordered)), group_of)


def _by_thirds(name: str, values: Sequence[float | None], decimals: int = 0) -> Grouping:
    """Parts into the lowest, middle and highest third. The limits are rounded first, so that they hold as shown."""
    numbers = np.array([np.nan if value is None else value for value in values], np.float64)
    known = np.isfinite(numbers)
    if not known.any():
        return Grouping(name, (), np.full(len(numbers), UNKNOWN))
    low, high = np.round(np.quantile(numbers[known], [1 / 3, 2 / 3]), decimals).tolist()
    third = np.where(numbers <= low, 0, np.where(numbers <= high, 1, 2))
    code = "own" if name.startswith(OWN) else name
    limits = {"low": low, "high": high}
    notes = [Note(f"{code}_{part}", limits) for part in (LOWEST, MIDDLE, HIGHEST)]
    used = [part for part in range(3) if (third[known] == part).any()]
    index = np.array([used.index(part) if part in used else UNKNOWN for part in range(3)])
    return Grouping(name, tuple(notes[part] for part in used), np.where(known, index[third], UNKNOWN).astype(np.int64))
