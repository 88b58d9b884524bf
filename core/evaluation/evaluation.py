"""How good a model is, computed from labels and probabilities by counting.

Scikit-learn says the same (the tests compare), but to import it takes a second before a page is there.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import numpy as np

from core.errors import RunError
from core.evaluation.calibration import at_temperature
from core.files import durable

EVALUATION_FILE = "evaluation.json"


def cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Returns the mean cross-entropy.

    Args:
        probabilities: `(num_pictures, num_classes)`.
        labels: true classes, `int64` `(num_pictures,)`.
    """
    chosen = probabilities[np.arange(len(labels)), labels]
    return float(-np.log(np.clip(chosen, 1e-12, None)).mean())


@dataclass(frozen=True)
class ClassScore:
    """How good a model is on one class; shares 0-1, or NaN if undefined."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Evaluation:
    """A model's predictions for pictures whose class is known.

    Attributes:
        split: which pictures: `validation`, `test`, or a data set's name.
        class_names: the classes, in the order of the columns.
        labels: true classes, `int64` `(num_pictures,)`.
        probabilities: `float64` `(num_pictures, num_classes)`.
        paths: the pictures, relative to their data set's folder.
        temperature: what the model's logits were divided by to calibrate the probabilities.
        dataset_id: the data set of the pictures; empty for the run's own.
        num_seen: how many of its pictures were left out because the model was trained on them.
        num_unreadable: how many were left out because they couldn't be read.
    """

    split: str
    class_names: tuple[str, ...]
    labels: np.ndarray
    probabilities: np.ndarray
    paths: tuple[str, ...]
    temperature: float = 1.0
    dataset_id: str = ""
    num_seen: int = 0
    num_unreadable: int = 0

    @property
    def predictions(self) -> np.ndarray:
        """Most probable class, `int64` `(num_pictures,)`."""
        return self.probabilities.argmax(axis=1)

    @property
    def accuracy(self) -> float:
        """Share of correct predictions, 0-1."""
        return float((self.predictions == self.labels).mean())

    @property
    def interval(self) -> tuple[float, float]:
        """95 % interval of the accuracy (`wilson_interval`)."""
        return wilson_interval(int((self.predictions == self.labels).sum()), len(self.labels))

    @property
    def loss(self) -> float:
        """Mean cross-entropy."""
        return cross_entropy(self.probabilities, self.labels)

    @property
    def uncalibrated(self) -> np.ndarray:
        """The probabilities before the temperature, `float64` `(num_pictures, num_classes)`."""
        return at_temperature(self.probabilities, 1 / self.temperature)

    @property
    def confusion(self) -> np.ndarray:
        """Counts of shape `(num_classes, num_classes)`: true class by row, prediction by column."""
        return self.confusion_among(range(len(self.class_names)))

    def confusion_among(self, chosen: Sequence[int]) -> np.ndarray:
        """Returns the rows and columns of `confusion` for some classes, in their order: the whole may be too large."""
        positions = np.full(len(self.class_names), -1)
        positions[list(chosen)] = np.arange(len(chosen))
        rows, columns = positions[self.labels], positions[self.predictions]
        counts = np.zeros((len(chosen), len(chosen)), np.int64)
        among = (rows >= 0) & (columns >= 0)
        np.add.at(counts, (rows[among], columns[among]), 1)
        return counts

    def most_confused(self, most: int) -> list[int]:
        """Returns the classes with the most mistakes, as true class or as prediction, in the order of labels.

        Args:
            most: how many at most.
        """
        is_wrong = self.predictions != self.labels
        involved = np.concatenate([self.labels[is_wrong], self.predictions[is_wrong]])
        counts = np.bincount(involved, minlength=len(self.class_names))
        return sorted(np.argsort(-counts, kind="stable")[:most].tolist())

    def mistakes(self) -> list[tuple[int, int, int]]:
        """Returns each pair of true class and wrong prediction with its count, the most frequent first."""
        is_wrong = self.predictions != self.labels
        pairs = np.stack([self.labels[is_wrong], self.predictions[is_wrong]], axis=1)
        found, counts = np.unique(pairs, axis=0, return_counts=True)
        order = np.argsort(-counts, kind="stable")
        return [(int(found[index, 0]), int(found[index, 1]), int(counts[index])) for index in order]

    @property
    def per_class(self) -> tuple[ClassScore, ...]:
        """Precision, recall and F1 of each class."""
        size = len(self.class_names)
        right = np.bincount(self.labels[self.predictions == self.labels], minlength=size)
        support = np.bincount(self.labels, minlength=size)
        predicted = np.bincount(self.predictions, minlength=size)
        with np.errstate(invalid="ignore"):  # a class without pictures or predictions
            columns = right / predicted, right / support, 2 * right / (support + predicted), support
        return tuple(map(ClassScore, self.class_names, *(column.tolist() for column in columns)))

    def to_dict(self) -> dict[str, object]:
        """Returns JSON values from which `from_dict` makes the same evaluation."""
        return {
            "split": self.split,
            "class_names": list(self.class_names),
            "labels": self.labels.tolist(),
            "probabilities": self.probabilities.tolist(),
            "paths": list(self.paths),
            "temperature": self.temperature,
            "dataset_id": self.dataset_id,
            "num_seen": self.num_seen,
            "num_unreadable": self.num_unreadable,
        }

    @classmethod
    def from_dict(cls, values: dict) -> "Evaluation":
        """Makes an evaluation from what `to_dict` returned.

        Raises:
            ValueError: it is invalid.
        """
        evaluation = cls(
            values["split"],
            tuple(values["class_names"]),
            np.array(values["labels"], np.int64),
            np.array(values["probabilities"], np.float64).reshape(-1, len(values["class_names"])),
            tuple(values["paths"]),
            float(values.get("temperature", 1.0)),
            values.get("dataset_id", ""),
            int(values.get("num_seen", 0)),
            int(values.get("num_unreadable", 0)),
        )
        evaluation._check()
        return evaluation

    def _check(self) -> None:
        size = len(self.labels)
        texts = (self.split, self.dataset_id, *self.class_names, *self.paths)
        is_right = (
            self.labels.shape == (size,)
            and self.probabilities.shape == (size, len(self.class_names))
            and len(self.paths) == size > 0
            and all(isinstance(text, str) for text in texts)
            and bool(np.isfinite(self.probabilities).all())
            and 0 < self.temperature < np.inf
            and 0 <= self.labels.min() <= self.labels.max() < len(self.class_names)
        )
        if not is_right:
            raise ValueError("labels, probabilities and classes that don't fit each other")


def final_metrics(evaluations: Sequence[Evaluation]) -> dict[str, float]:
    """Returns a run's final metrics: those of its validation pictures and their number, and the accuracy on others."""
    if not evaluations:
        return {}
    first = evaluations[0]
    metrics = {"val_accuracy": first.accuracy, "val_loss": first.loss, "val_pictures": float(len(first.labels))}
    return metrics | {f"{item.split}_accuracy": item.accuracy for item in evaluations[1:]}


def save_evaluations(evaluations: Sequence[Evaluation], folder: Path) -> None:
    """Writes evaluations into a run's folder as one JSON file, atomically."""
    values = [evaluation.to_dict() for evaluation in evaluations]
    path = folder / EVALUATION_FILE
    durable.sweep(path)
    durable.write(path, json.dumps(values, allow_nan=False).encode())


def load_evaluations(folder: Path) -> list[Evaluation]:
    """Reads what `save_evaluations` wrote into a run's folder; the validation pictures' comes first.

    Raises:
        RunError: there is none, or it can't be read.
    """
    try:
        evaluations = [Evaluation.from_dict(values) for values in json.loads((folder / EVALUATION_FILE).read_text())]
        if not evaluations:
            raise ValueError("no evaluation")
        return evaluations
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise RunError("This run has no evaluation that can be read. Train it again to get one.") from error


def wilson_interval(right: int, total: int, confidence: float = 0.95) -> tuple[float, float]:
    """Returns the score interval of a share (Wilson 1927, doi:10.1080/01621459.1927.10502953).

    Args:
        right: how many were right, 0 to `total`.
        total: out of how many; 0 gives the interval from 0 to 1.
        confidence: of the interval, 0-1.
    """
    if total == 0:
        return 0.0, 1.0
    # SciPy's `binomtest` says the same, but importing it takes most of a second.
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, weight = right / total, z**2 / total
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * math.sqrt(share * (1 - share) / total + weight / (4 * total))
    return max(0.0, middle - half), min(1.0, middle + half)
