"""A trained classifier on disk: our own description, weights with a checksum, embeddings of training pictures.

Only what this studio wrote is loaded: the network is built from our description by our own builders, and the weights'
checksum must match, because a flipped bit in a weight file would go unnoticed.
"""

import io
import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

import keras
import numpy as np

from core.config.training_config import TrainingConfig
from core.errors import ConfigError, RunError
from core.evaluation.calibration import Calibration
from core.features.feature_space import FeatureRows
from core.files import durable
from core.files.checksums import sha256_of
from core.images.decoding import DECODER_VERSION
from core.nn.networks.classifier import Classifier, build_classifier, class_probabilities
from core.nn.networks.model_folder import DESCRIPTION, NO_MODEL, REFERENCE
from core.nn.selection.style import Style
from core.nn.selection.vectors import style_statistics, unit_vectors

WEIGHTS = "classifier.weights.h5"


COMPARED_ROWS = 1000


@dataclass(frozen=True)
class TrainingEmbeddings:
    """Training pictures as the model sees them, to tell familiar pictures from unlike ones.

    Attributes:
        vectors: unit vectors of pooled features, `float16` `(num_pictures, num_features)`.
        paths: the pictures, relative to the data set's folder.
        threshold: the cosine to one of the nearest of them that nearly all pictures of their kind reach.
        neighbour: which one: 1 for the nearest, 3 for the third nearest.
        unlabelled: pictures that the model was adapted to, as `vectors`: familiar too, but no training pictures to
            show. None if there are none.
        style: the styles of training pictures; None if pictures aren't compared by style.
    """

    vectors: np.ndarray
    paths: tuple[str, ...]
    threshold: float
    neighbour: int = 1
    unlabelled: np.ndarray | None = None
    style: Style | None = None

    def familiarity(self, vectors: np.ndarray, cosines: np.ndarray) -> np.ndarray:
        """Returns what the threshold is compared with, `(n,)`.

        Args:
            vectors: unit vectors `(n, num_features)`.
            cosines: to the most similar training pictures, best first, `(n, count)`.
        """
        if self.unlabelled is not None:
            _, others = _most_similar(vectors, self.unlabelled, self.neighbour)
            cosines = -np.sort(-np.concatenate([cosines, others], axis=1), axis=1)
        return cosines[:, min(self.neighbour, cosines.shape[1]) - 1]

    def compare(self, head_inputs: FeatureRows, count: int) -> "Comparison":
        """Compares pictures with the training pictures.

        Args:
            head_inputs: of the pictures.
            count: how many of the most similar training pictures to return; fewer if there are fewer.
        """
        vectors = unit_vectors(head_inputs, self.vectors.shape[1])
        indices, cosines = self.nearest(vectors, count)
        is_unlike = self.familiarity(vectors, cosines) < self.threshold
        if self.style is None:
            return Comparison(indices, cosines, is_unlike, np.zeros_like(is_unlike))
        distances = self.style.distances(style_statistics(head_inputs, len(self.style.mean)))
        return Comparison(indices, cosines, is_unlike, distances > self.style.limit)

    def nearest(self, vectors: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns the most similar training pictures of each row, best first.

        Args:
            vectors: unit vectors `(n, num_features)`.
            count: how many to return; fewer if there are fewer.

        Returns:
            Their indices and cosines, both `(n, count)`.
        """
        return _most_similar(vectors, self.vectors, count)


@dataclass(frozen=True)
class Comparison:
    """How pictures compare with training pictures.

    Attributes:
        indices: of the most similar training pictures, best first, `int64` `(n, count)`.
        cosines: their similarities, `(n, count)`.
        is_unlike: whether what is on a picture is like nothing on them, `bool` `(n,)`.
        has_other_style: whether its style is another, `bool` `(n,)`.
    """

    indices: np.ndarray
    cosines: np.ndarray
    is_unlike: np.ndarray
    has_other_style: np.ndarray

    @property
    def is_familiar(self) -> np.ndarray:
        """Whether pictures are like the training pictures in both, `bool` `(n,)`."""
        return ~(self.is_unlike | self.has_other_style)


def _most_similar(vectors: np.ndarray, known: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns, for each row, indices and cosines of the most similar of the known ones, best first."""
    columns = known.astype(np.float32).T
    count = min(count, len(known))
    indices = np.empty((len(vectors), count), np.int64)
    cosines = np.empty((len(vectors), count), np.float32)
    # In parts: all pairs at once would take more memory than training did.
    for start in range(0, len(vectors), COMPARED_ROWS):
        part = slice(start, start + COMPARED_ROWS)
        alike = vectors[part].astype(np.float32) @ columns
        indices[part] = np.argsort(-alike, axis=1)[:, :count]
        cosines[part] = np.take_along_axis(alike, indices[part], axis=1)
    return indices, cosines


@dataclass(frozen=True)
class TrainedClassifier:
    """A classifier with everything needed to use it."""

    classifier: Classifier
    config: TrainingConfig
    class_names: tuple[str, ...]
    reference: TrainingEmbeddings
    calibration: Calibration = field(default_factory=Calibration)

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Returns the calibrated probabilities `(n, num_classes)` of the head's logits, `float64`."""
        return class_probabilities(logits, self.calibration.temperature)


class _InMemory(io.BytesIO):
    """A file in memory with a name that Keras accepts for a weight file.

    HDF5 itself must not write to disk: if the disk is full, closing the file kills the process with SIGSEGV.
    """

    def __str__(self) -> str:
        return WEIGHTS


def save_classifier(trained: TrainedClassifier, folder: Path) -> None:
    """Writes a classifier atomically, replacing any that is there.

    Args:
        trained: what to write.
        folder: its own folder.

    Raises:
        OSError: the disk is full; the folder is unchanged.
    """
    beside = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        _write_classifier(trained, beside)
        shutil.rmtree(folder, ignore_errors=True)
        beside.replace(folder)
        durable.sync(folder.parent)
    finally:
        # This needs most of the space on a full disk.
        shutil.rmtree(beside, ignore_errors=True)


def _write_classifier(trained: TrainedClassifier, beside: Path) -> None:
    beside.mkdir(parents=True)
    buffer = _InMemory()
    trained.classifier.model.save_weights(buffer)
    (beside / WEIGHTS).write_bytes(buffer.getbuffer())
    reference = trained.reference
    arrays = {"vectors": reference.vectors, "threshold": np.array(reference.threshold)}
    if reference.unlabelled is not None:
        arrays["unlabelled"] = reference.unlabelled
    if reference.style is not None:
        arrays |= {f"style_{name}": np.asarray(value) for name, value in vars(reference.style).items()}
    np.savez(beside / REFERENCE, allow_pickle=False, **arrays)
    description = {
        "config": json.loads(trained.config.to_json()),
        "class_names": list(trained.class_names),
        "reference_paths": list(reference.paths),
        "neighbour": reference.neighbour,
        "calibration": asdict(trained.calibration),
        "checksums": {name: sha256_of(beside / name) for name in (WEIGHTS, REFERENCE)},
        "decoder": DECODER_VERSION,
        "keras": keras.__version__,
    }
    (beside / DESCRIPTION).write_text(json.dumps(description, indent=1))
    for path in beside.iterdir():
        durable.sync(path)


def load_classifier(folder: Path) -> TrainedClassifier:
    """Reads what `save_classifier` wrote.

    Raises:
        RunError: there is none, or it has been changed.
    """
    try:
        description = json.loads((folder / DESCRIPTION).read_text())
        for name, checksum in description["checksums"].items():
            if sha256_of(folder / name) != checksum:
                raise RunError(f"The model's file {name} was changed or damaged since it was saved. Train it again.")
        config = TrainingConfig.from_json(json.dumps(description["config"]))
        class_names = tuple(description["class_names"])
        classifier = build_classifier(config, len(class_names))
        classifier.model.load_weights(folder / WEIGHTS)
        with np.load(folder / REFERENCE, allow_pickle=False) as arrays:
            reference = TrainingEmbeddings(
                arrays["vectors"],
                tuple(description["reference_paths"]),
                float(arrays["threshold"]),
                # Models from before there was a choice compare with the nearest, and aren't calibrated.
                int(description.get("neighbour", 1)),
                arrays.get("unlabelled"),
                # Older models, and adapted ones, don't compare styles.
                Style(arrays["style_mean"], arrays["style_precision"], float(arrays["style_limit"]))
                if "style_mean" in arrays
                else None,
            )
        calibration = Calibration(**description.get("calibration", {}))
    except FileNotFoundError as error:
        raise RunError(NO_MODEL) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, ConfigError) as error:
        raise RunError(f"The model of this run can't be read ({error}). Train it again.") from error
    return TrainedClassifier(classifier, config, class_names, reference, calibration)
