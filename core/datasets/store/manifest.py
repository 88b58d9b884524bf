"""A data set's record on disk, `dataset.json`, written atomically."""

import json
import math
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.datasets.edit import Edit
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample, Skipped
from core.datasets.splits import SPLITS, UNDECIDED
from core.errors import DatasetError
from core.files import durable
from core.wording.coded import Note, Reason

MANIFEST_NAME = "dataset.json"
RECORD_FORMAT = 2
# Format 1 stored sentences instead of codes.
READABLE_FORMATS = (1, RECORD_FORMAT)
MISSING, UNREADABLE, OTHER_VERSION = "missing", "unreadable", "other_version"
# What older versions wrote about intact pictures that belong to no class.
OLD_REASONS = {
    "it lies outside the class folders": Reason("outside"),
    "its name doesn't begin with a class and end in a number": Reason("misnamed"),
}
ONE_TABLE, TABLES = " says no class for it", " say no class for it"
KNOWN_SPLITS = {*SPLITS, UNDECIDED}


class ManifestError(DatasetError):
    """A record that can't be used.

    Args:
        reason: `missing`, `unreadable` or `other_version`.
        message: the same in words.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def write_manifest(dataset: DatasetIndex) -> None:
    """Writes the record into the data set's folder."""
    samples = [[s.path, s.label, s.split, s.name, s.digest, s.width, s.height, s.group] for s in dataset.samples]
    values = {
        "format": RECORD_FORMAT,
        "id": dataset.id,
        "name": dataset.name,
        "class_names": dataset.class_names,
        "validation_split": dataset.validation_split,
        "created": dataset.created,
        "num_ignored": dataset.num_ignored,
        "skipped": [[item.name, item.reason.code, item.reason.parameters] for item in dataset.skipped],
        "notes": [note.as_json() for note in dataset.notes],
        "receipt": [note.as_json() for note in dataset.receipt],
        "parent": dataset.parent,
        "edits": [[edit.kind, edit.paths, edit.class_names, edit.number] for edit in dataset.edits],
        "samples": samples,
    }
    durable.write(dataset.folder / MANIFEST_NAME, json.dumps(values, allow_nan=False).encode())


def read_manifest(folder: Path) -> DatasetIndex:
    """Reads the record of the data set in a folder.

    Raises:
        ManifestError: there is none, it is damaged, or it was written by another version of the studio.
    """
    path = folder / MANIFEST_NAME
    try:
        status = path.stat()
        return _read(path, status.st_mtime_ns, status.st_size, status.st_ino)
    except ManifestError:
        raise
    except (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise ManifestError(
            MISSING if isinstance(error, FileNotFoundError) else UNREADABLE,
            f"The record of the data set {folder.name} is missing or damaged. Delete the folder {folder} and import "
            "the data set again.",
        ) from error


# More than anyone has: a list that is longer than the cache would read every record each time.
@lru_cache(maxsize=1024)
def _read(path: Path, _modified: int, _size: int, _inode: int) -> DatasetIndex:
    """Reads a record; the result is frozen, so it can be cached for an unchanged file."""
    values = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(values["format"], int) and values["format"] > RECORD_FORMAT:
        raise ManifestError(
            OTHER_VERSION,
            f"The data set {path.parent.name} was made by a newer version of the studio. Use that version, or delete "
            "the data set.",
        )
    if values["format"] not in READABLE_FORMATS:
        raise ValueError("an unknown format")
    dataset = DatasetIndex(
        id=values["id"],
        name=values["name"],
        class_names=tuple(values["class_names"]),
        samples=tuple(Sample(*row) for row in values["samples"]),
        skipped=tuple(_skipped(*row) for row in values["skipped"]),
        num_ignored=values["num_ignored"],
        folder=path.parent,
        validation_split=values["validation_split"],
        created=values["created"],
        notes=tuple(Note.from_json(note) for note in values["notes"]),
        receipt=tuple(Note.from_json(note) for note in values.get("receipt", ())),
        parent=values.get("parent", ""),
        edits=tuple(
            Edit(kind, tuple(paths), tuple(class_names), number)
            for kind, paths, class_names, number in values.get("edits", ())
        ),
    )
    _check(dataset)
    return dataset


def _skipped(name: str, reason: str, parameters: Mapping[str, Any] | None = None) -> Skipped:
    """Makes a left-out file from JSON values; without parameters, the reason is a sentence of an older version."""
    if parameters is None:
        return Skipped(name, _old_reason(reason))
    return Skipped(name, Reason.from_json({"code": reason, "parameters": parameters}))


def _old_reason(sentence: str) -> Reason:
    """Returns the code of a sentence that code depends on; other sentences stay sentences."""
    if sentence in OLD_REASONS:
        return OLD_REASONS[sentence]
    if sentence.endswith(ONE_TABLE):
        return Reason("no_class", {"tables": [sentence.removesuffix(ONE_TABLE)]})
    if sentence.endswith(TABLES):
        return Reason("no_class", {"tables": sentence.removesuffix(TABLES).split(" and ")})
    return Reason.from_json(sentence)


def _check(dataset: DatasetIndex) -> None:
    """Checks a record, because readers of the data set rely on it.

    Raises:
        ValueError: something is invalid.
    """
    _require(_are_texts((dataset.id, dataset.name, dataset.parent, *dataset.class_names)) and bool(dataset.id))
    _require(_are_texts(item.name for item in dataset.skipped))
    _require(bool(dataset.class_names) and isinstance(dataset.num_ignored, int))
    for number in (dataset.created, dataset.validation_split):
        _require(isinstance(number, int | float) and math.isfinite(number) and number >= 0)
    labels = range(len(dataset.class_names))
    for sample in dataset.samples:
        _require(isinstance(sample.label, int) and sample.label in labels and sample.split in KNOWN_SPLITS)
        _require(_are_texts((sample.path, sample.name, sample.digest, sample.group)))
        # Files at these paths are shown, so none may be outside the data set's folder.
        _require(bool(sample.path) and sample.path[0] not in "/\\" and ".." not in sample.path)
        _require(isinstance(sample.width, int) and isinstance(sample.height, int))


def _are_texts(values: Iterable[object]) -> bool:
    return all(isinstance(value, str) for value in values)


def _require(condition: bool) -> None:
    if not condition:
        raise ValueError("a record with impossible values")
