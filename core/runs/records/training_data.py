"""What a run shows of its data set, kept in the run's folder: the data set may be renamed, or deleted."""

import json
from dataclasses import dataclass
from pathlib import Path

from core.datasets.edit import Edit
from core.datasets.index import DatasetIndex
from core.datasets.splits import TEST, TRAIN, VALIDATION
from core.errors import CoreError
from core.files import durable

TRAINING_DATA_FILE = "training_data.json"


@dataclass(frozen=True)
class TrainingData:
    """A data set as a run used it.

    Attributes:
        class_names: its classes.
        num_training: how many pictures the run learns from.
        num_validation: how many it is validated with.
        num_test: how many it is tested with.
        is_version: whether it was made from another data set.
        parent_name: that one's name; empty if it had been deleted.
        edits: what was changed.
    """

    class_names: tuple[str, ...]
    num_training: int
    num_validation: int
    num_test: int = 0
    is_version: bool = False
    parent_name: str = ""
    edits: tuple[Edit, ...] = ()


def training_data_of(split: DatasetIndex, parent_name: str) -> TrainingData:
    """Returns what is worth keeping of a data set.

    Args:
        split: the data set, each picture with the split that it has in the run.
        parent_name: name of the data set that it is a version of; empty if there is none.
    """
    sizes = {name: len(split.select(name)) for name in (TRAIN, VALIDATION, TEST)}
    return TrainingData(
        split.class_names, sizes[TRAIN], sizes[VALIDATION], sizes[TEST], bool(split.parent), parent_name, split.edits
    )


def save_training_data(data: TrainingData, run_folder: Path) -> None:
    """Writes it into a run's folder, atomically.

    Raises:
        OSError: the disk refuses.
    """
    edits = [[edit.kind, edit.paths, edit.class_names, edit.number] for edit in data.edits]
    durable.write(run_folder / TRAINING_DATA_FILE, json.dumps({**vars(data), "edits": edits}).encode())


def load_training_data(run_folder: Path) -> TrainingData | None:
    """Reads it from a run's folder; None if it isn't there, as in older runs and those that never began."""
    try:
        values = json.loads((run_folder / TRAINING_DATA_FILE).read_bytes())
        edits = tuple(
            Edit(kind, tuple(paths), tuple(names), number) for kind, paths, names, number in values.pop("edits")
        )
        data = TrainingData(**values | {"class_names": tuple(values["class_names"]), "edits": edits})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, CoreError):
        return None
    return data if _is_usable(data) else None


def _is_usable(data: TrainingData) -> bool:
    sizes = (data.num_training, data.num_validation, data.num_test)
    texts = (data.parent_name, *data.class_names)
    return all(type(size) is int and size >= 0 for size in sizes) and all(isinstance(text, str) for text in texts)
