"""The survey of a data set by a network: doubtful labels, pictures unlike all others, and a map.

It is stored with the data set.
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
from core.datasets.quality.storing import storing_findings
from core.files import durable

ANALYSIS_NAME = "survey.npz"
ANALYSIS_FORMAT = 2
# Format 1 stored sentences instead of codes.
READABLE_FORMATS = (1, ANALYSIS_FORMAT)


@dataclass(frozen=True, eq=False)
class EmbeddingAnalysis:
    """What the features of a data set's pictures show.

    Attributes:
        dataset_id: the data set.
        backbone: name of the network that the features come from.
        paths: `Sample.path` of the pictures on the map; of a large data set, a share of each class.
        coordinates: their positions, `float32` of shape `(len(paths), 2)`, -1 to 1; pictures that look alike to the
            network are near each other.
        issues: of the kinds `suspect_label` and `outlier`, each worst first, over all pictures.
        accuracy: share of the pictures that a model trained without them classifies as labelled.
        suggested: for each picture with a suspect label, by its path, the class that it looks like.
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


def write_analysis(dataset: DatasetIndex, survey: EmbeddingAnalysis) -> None:
    """Stores a survey in the data set's folder, atomically.

    Raises:
        DatasetError: the folder can't be written to, or was deleted meanwhile.
    """
    facts = {
        "format": ANALYSIS_FORMAT,
        "dataset_id": survey.dataset_id,
        "backbone": survey.backbone,
        "paths": survey.paths,
        "issues": [asdict(issue) for issue in survey.issues],
        "accuracy": survey.accuracy,
        "suggested": dict(survey.suggested),
    }
    letters = np.frombuffer(json.dumps(facts, allow_nan=False).encode(), np.uint8)
    with storing_findings(dataset), durable.writing(dataset.folder / ANALYSIS_NAME) as file:
        np.savez_compressed(file, coordinates=survey.coordinates, facts=letters)


def read_analysis(dataset: DatasetIndex) -> EmbeddingAnalysis | None:
    """Returns the stored survey of a data set; None if there is none that can be used."""
    try:
        return _read(dataset.folder / ANALYSIS_NAME, dataset.id)
    except UNREADABLE_ARRAYS:
        return None  # it can be computed again


def _read(path: Path, dataset_id: str) -> EmbeddingAnalysis | None:
    with np.load(path, allow_pickle=False) as arrays:
        coordinates = arrays["coordinates"]
        facts = json.loads(arrays["facts"].tobytes())
    if facts["format"] not in READABLE_FORMATS or facts["dataset_id"] != dataset_id:
        return None
    if coordinates.shape != (len(facts["paths"]), 2) or not np.isfinite(coordinates).all():
        return None
    if not math.isfinite(facts["accuracy"]) or not all(isinstance(path, str) for path in facts["paths"]):
        return None
    return EmbeddingAnalysis(
        dataset_id=dataset_id,
        backbone=facts["backbone"],
        paths=tuple(facts["paths"]),
        coordinates=coordinates,
        issues=tuple(Issue.from_json(values) for values in facts["issues"]),
        accuracy=facts["accuracy"],
        suggested={str(path): str(name) for path, name in facts["suggested"].items()},
    )
