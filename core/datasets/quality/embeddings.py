"""What a network sees in a data set: doubtful labels, pictures unlike all others, and a map of it.

A survey is made in a process of its own, because it needs TensorFlow, and stored with the data set.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import Issue
from core.datasets.quality.image_statistics import UNREADABLE_ARRAYS
from core.errors import DatasetError, Stopped
from core.files import durable
from core.processes.child import Child
from core.progress import OnEvent, ShouldStop, ignore_event, never_stop
from core.settings import Settings

SURVEY_NAME = "survey.npz"
SURVEY_FORMAT = 1
MODULE = "core.processes.embeddings_process"


@dataclass(frozen=True, eq=False)
class Survey:
    """What the features of a data set's pictures tell.

    Attributes:
        dataset_id: whose.
        backbone: name of the network that the features come from.
        paths: `Sample.path` of the pictures on the map; of a large data set, a share of each class.
        coordinates: where they are, `float32` of shape `(len(paths), 2)`, -1 to 1; pictures that look alike to the
            network are near each other.
        issues: of the kinds `suspect_label` and `outlier`, each worst first, over all pictures.
        accuracy: share of the pictures that a model trained without them gives the class they have.
        suggested: for each picture with a suspect label, under its path, the class that it looks like.
    """

    dataset_id: str
    backbone: str
    paths: tuple[str, ...]
    coordinates: np.ndarray
    issues: tuple[Issue, ...]
    accuracy: float
    suggested: Mapping[str, str] = field(default_factory=dict)

    def of_kind(self, kind: str) -> tuple[Issue, ...]:
        """Returns the issues of a kind, worst first."""
        return tuple(issue for issue in self.issues if issue.kind == kind)


def survey_apart(
    settings: Settings,
    index: DatasetIndex,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> Survey:
    """Surveys a data set in a process of its own and stores the result with it.

    Args:
        settings: where weights and cached features are.
        index: the data set; it must be in its place on disk.
        on_event: told of the phases `starting`, `weights`, `features` (pictures), `labels` (models), `outliers` and
            `map`.
        should_stop: asked a few times a second.

    Raises:
        DatasetError: it can't be done; the message says why. Features that were computed are kept.
        Stopped: `should_stop` said so. Features that were computed are kept.
    """
    weights = settings.weights_folder
    job = {
        "folder": str(index.folder.absolute()),
        "home": str(settings.home.absolute()),
        "weights_folder": str(weights.absolute()) if weights else None,
        "cache_bytes": settings.cache_bytes,
    }
    outcome = Child(MODULE, job).follow(on_event, should_stop)
    if "died" in outcome:
        raise DatasetError(
            f"Looking through {index.name} was ended by the system, most likely for lack of memory. Close other "
            "programs and start it again: it goes on from where it was."
        )
    if "error" in outcome:
        raise DatasetError(outcome["error"])
    survey = read_survey(index) if "id" in outcome else None
    if survey is None:
        raise Stopped
    return survey


def write_survey(index: DatasetIndex, survey: Survey) -> None:
    """Stores a survey in the data set's folder, whole or not at all.

    Raises:
        DatasetError: the folder can't be written to, or was deleted meanwhile.
    """
    facts = {
        "format": SURVEY_FORMAT,
        "dataset_id": survey.dataset_id,
        "backbone": survey.backbone,
        "paths": survey.paths,
        "issues": [asdict(issue) for issue in survey.issues],
        "accuracy": survey.accuracy,
        "suggested": dict(survey.suggested),
    }
    letters = np.frombuffer(json.dumps(facts, allow_nan=False).encode(), np.uint8)
    try:
        with durable.writing(index.folder / SURVEY_NAME) as file:
            np.savez_compressed(file, coordinates=survey.coordinates, facts=letters)
    except OSError as error:
        raise DatasetError(
            f"What was found in {index.name} couldn't be stored in {index.folder} ({error.strerror}). Was the data "
            "set deleted, or is the disk full?"
        ) from error


def read_survey(index: DatasetIndex) -> Survey | None:
    """Returns the stored survey of a data set; None where there is none that can be used."""
    try:
        return _read(index.folder / SURVEY_NAME, index.id)
    except UNREADABLE_ARRAYS:
        return None  # it is only as good as the time it takes to make it again


def _read(path: Path, dataset_id: str) -> Survey | None:
    with np.load(path, allow_pickle=False) as arrays:
        coordinates = arrays["coordinates"]
        facts = json.loads(arrays["facts"].tobytes())
    if (facts["format"], facts["dataset_id"]) != (SURVEY_FORMAT, dataset_id):
        return None
    if coordinates.shape != (len(facts["paths"]), 2) or not np.isfinite(coordinates).all():
        return None
    if not math.isfinite(facts["accuracy"]) or not all(isinstance(path, str) for path in facts["paths"]):
        return None
    return Survey(
        dataset_id=dataset_id,
        backbone=facts["backbone"],
        paths=tuple(facts["paths"]),
        coordinates=coordinates,
        issues=tuple(Issue(**values) for values in facts["issues"]),
        accuracy=facts["accuracy"],
        suggested={str(path): str(name) for path, name in facts["suggested"].items()},
    )
