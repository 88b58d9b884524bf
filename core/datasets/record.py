"""A data set's record on disk, `dataset.json`: written beside and renamed, so that it is never half there."""

import json
from functools import lru_cache
from pathlib import Path

from core import durable
from core.datasets.edits import Edit
from core.datasets.index import DatasetIndex, Sample, Skipped
from core.errors import DatasetError

RECORD_NAME = "dataset.json"
RECORD_FORMAT = 1


def write_record(index: DatasetIndex) -> None:
    """Writes the record into the data set's folder."""
    samples = [[s.path, s.label, s.split, s.name, s.digest, s.width, s.height, s.group] for s in index.samples]
    values = {
        "format": RECORD_FORMAT,
        "id": index.id,
        "name": index.name,
        "class_names": index.class_names,
        "validation_split": index.validation_split,
        "created": index.created,
        "num_ignored": index.num_ignored,
        "skipped": [[skipped.name, skipped.reason] for skipped in index.skipped],
        "notes": index.notes,
        "parent": index.parent,
        "edits": [[edit.kind, edit.paths, edit.class_names, edit.number] for edit in index.edits],
        "samples": samples,
    }
    durable.write(index.folder / RECORD_NAME, json.dumps(values, allow_nan=False).encode())


def read_record(folder: Path) -> DatasetIndex:
    """Reads the record of the data set in a folder.

    Raises:
        DatasetError: there is none, or it is damaged.
    """
    path = folder / RECORD_NAME
    try:
        status = path.stat()
        return _read(path, status.st_mtime_ns, status.st_size, status.st_ino)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise DatasetError(
            f"The record of the data set {folder.name} is missing or damaged. Delete the folder {folder} and import "
            "the data set again."
        ) from error


@lru_cache(maxsize=64)
def _read(path: Path, _modified: int, _size: int, _inode: int) -> DatasetIndex:
    """Reads a record; what it returns is frozen, so the record of an unchanged file may be shared."""
    values = json.loads(path.read_text(encoding="utf-8"))
    if values["format"] != RECORD_FORMAT:
        raise ValueError("a record of another version")
    return DatasetIndex(
        id=values["id"],
        name=values["name"],
        class_names=tuple(values["class_names"]),
        samples=tuple(Sample(*row) for row in values["samples"]),
        skipped=tuple(Skipped(*row) for row in values["skipped"]),
        num_ignored=values["num_ignored"],
        folder=path.parent,
        validation_split=values["validation_split"],
        created=values["created"],
        notes=tuple(values["notes"]),
        parent=values.get("parent", ""),
        edits=tuple(
            Edit(kind, tuple(paths), tuple(class_names), number)
            for kind, paths, class_names, number in values.get("edits", ())
        ),
    )
