"""Answers for training pictures by models that weren't trained on them: cross-validation of a linear head on features.

scikit-learn's `LogisticRegression` minimises what the gradient-trained head does, in a fraction of a second.
"""

import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import psutil

from core.datasets.sample import Sample
from core.errors import Stopped
from core.evaluation.calibration import Calibration, calibrate
from core.nn.selection.training_pictures import groups_of, labels_of

FOLDS = 5
LARGEST_SCALE = 20.0
MOST_ITERATIONS = 100
Folds = list[tuple[np.ndarray, np.ndarray]]
# With hardly a penalty it needs a seventh of the time of the default, and comes to the end.
SOLVER = "newton-cg"
# Stands for no penalty.
LARGEST_C = 1e6
# Of the directions in which vectors lie, as a share of the largest; what is smaller is rounding.
SMALLEST_SQUARE = 1e-9


@dataclass(frozen=True)
class OutOfFold:
    """Answers of cross-validation.

    Attributes:
        logits: of each picture by a model that wasn't trained on it, `float64` `(num_pictures, num_classes)`; rows of
            NaN for pictures that no model was tried on, as their classes have too few pictures.
        whole: of each picture by the model that was trained on all of them, of the same shape.
    """

    logits: np.ndarray
    whole: np.ndarray


def out_of_fold_logits(
    vectors: np.ndarray,
    labels: np.ndarray,
    groups: np.ndarray,
    weight_decay: float,
    class_weights: np.ndarray,
    should_stop: Callable[[], bool] = lambda: False,
) -> OutOfFold:
    """Returns the logits that a linear head gives pictures when it is trained on the others, in five parts.

    Args:
        vectors: unit vectors `(num_pictures, num_features)`.
        labels: classes, `int64` `(num_pictures,)`.
        groups: which pictures are copies of each other, `(num_pictures,)`; they are in the same part.
        weight_decay: the head's, in units of 1 / C.
        class_weights: factors of the loss, `(num_classes,)`.
        should_stop: asked before each part.

    Raises:
        Stopped: `should_stop` said so.
    """
    folds = folds_of(labels, groups, len(class_weights))
    vectors = in_their_span(vectors)
    logits = held_out_logits(vectors, labels, folds, weight_decay, class_weights, should_stop)
    if not folds:
        return OutOfFold(logits, logits)
    everything = np.arange(len(labels))
    whole = held_out_logits(vectors, labels, [(everything, everything)], weight_decay, class_weights, should_stop)
    return OutOfFold(logits, whole)


def calibrate_out_of_fold(
    vectors: np.ndarray,
    samples: Sequence[Sample],
    weight_decay: float,
    class_weights: np.ndarray,
    own_logits: np.ndarray,
    should_stop: Callable[[], bool] = lambda: False,
) -> Calibration | None:
    """Calibrates a linear head on training pictures, each answered by a head that wasn't trained on it.

    Args:
        vectors: unit vectors `(num_pictures, num_features)`.
        samples: the pictures.
        weight_decay: the head's, in units of 1 / C.
        class_weights: factors of the loss, `(num_classes,)`.
        own_logits: the head's own, `(num_pictures, num_classes)`.
        should_stop: asked before each part.

    Returns:
        None if the classes have too few pictures.

    Raises:
        Stopped: `should_stop` said so.
    """
    labels = labels_of(samples)
    found = out_of_fold_logits(vectors, labels, groups_of(samples), weight_decay, class_weights, should_stop)
    known = np.isfinite(found.logits).all(axis=1)
    if not known.any():
        return None
    # The head's own logits, as far as it has come: steps that end early leave them smaller.
    scale = relative_scale(own_logits, found.whole)
    return calibrate(scale * found.logits[known], labels[known], "out_of_fold")


def in_their_span(vectors: np.ndarray) -> np.ndarray:
    """Returns vectors in coordinates of the space that they span, of as many dimensions as there are vectors at most.

    Lengths and angles stay, so a linear model with a penalty on its squared weights answers the same, but it is trained
    in half the time where there are fewer pictures than features.

    Args:
        vectors: `(num_pictures, num_features)`.

    Returns:
        `float32` `(num_pictures, num_dimensions)`.
    """
    from threadpoolctl import threadpool_limits

    if len(vectors) >= vectors.shape[1]:
        return vectors
    exact = vectors.astype(np.float64)
    with threadpool_limits(1):
        squares, axes = np.linalg.eigh(exact @ exact.T)
    kept = squares > SMALLEST_SQUARE * squares.max(initial=0.0)
    return (axes[:, kept] * np.sqrt(squares[kept])).astype(np.float32)


def folds_of(labels: np.ndarray, groups: np.ndarray, num_classes: int, most: int = FOLDS) -> Folds:
    """Divides pictures into parts with the same shares of the classes.

    Args:
        labels: classes, `int64` `(num_pictures,)`.
        groups: which pictures are copies of each other, `(num_pictures,)`; they are in the same part.
        num_classes: number of classes.
        most: how many parts; fewer if a class has fewer pictures.

    Returns:
        For each part the indices of all other pictures and its own; without parts whose other pictures lack a class,
        and none at all where a class has fewer than two different pictures.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    folds = min(most, *(len(np.unique(groups[labels == label])) for label in range(num_classes)))
    if folds < 2:
        return []
    parts = StratifiedGroupKFold(folds, shuffle=True, random_state=0).split(labels, labels, groups)
    return [(others, part) for others, part in parts if len(np.unique(labels[others])) == num_classes]


def held_out_logits(
    vectors: np.ndarray,
    labels: np.ndarray,
    folds: Folds,
    weight_decay: float,
    class_weights: np.ndarray,
    should_stop: Callable[[], bool] = lambda: False,
) -> np.ndarray:
    """Returns the logits that heads trained on the other parts give each part.

    Args:
        vectors: unit vectors `(num_pictures, num_features)`.
        labels: classes, `int64` `(num_pictures,)`.
        folds: what `folds_of` returned.
        weight_decay: the heads', in units of 1 / C.
        class_weights: factors of the loss, `(num_classes,)`.
        should_stop: asked before each part.

    Returns:
        `float64` `(num_pictures, num_classes)`, NaN for pictures of no part.

    Raises:
        Stopped: `should_stop` said so.
    """
    from threadpoolctl import threadpool_limits

    def answer(fold: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        others, part = fold
        if should_stop():
            raise Stopped
        return _answers(vectors[others], labels[others], vectors[part], weight_decay, class_weights)

    logits = np.full((len(labels), len(class_weights)), np.nan)
    # The matrices are small: beside other work, threads that wait for each other took a hundred times as long as one.
    # So each part has a thread of its own.
    with threadpool_limits(1), warnings.catch_warnings(), ThreadPoolExecutor(psutil.cpu_count() or 1) as threads:
        warnings.simplefilter("ignore")  # of iterations that end early, which costs nothing here
        for (_, part), found in zip(folds, threads.map(answer, folds), strict=True):
            logits[part] = found
    return logits


def relative_scale(logits: np.ndarray, others: np.ndarray) -> float:
    """Returns by which factor logits are larger than others for the same pictures, as least squares has it.

    Args:
        logits: `(num_pictures, num_classes)`.
        others: of the same shape.

    Returns:
        Between 1 / 20 and 20; 1 if either says nothing.
    """
    centred = [values - values.mean(axis=1, keepdims=True) for values in (logits, others)]
    squares = float((centred[1] ** 2).sum())
    scale = float((centred[0] * centred[1]).sum()) / squares if squares else 1.0
    return min(max(scale, 1 / LARGEST_SCALE), LARGEST_SCALE) if scale > 0 else 1.0


def _answers(
    vectors: np.ndarray, labels: np.ndarray, asked: np.ndarray, weight_decay: float, class_weights: np.ndarray
) -> np.ndarray:
    """Trains on some pictures and returns the logits `(num_asked, num_classes)` for others."""
    from sklearn.linear_model import LogisticRegression

    strength = min(1 / weight_decay, LARGEST_C) if weight_decay else LARGEST_C
    weights = dict(enumerate(class_weights))
    model = LogisticRegression(C=strength, solver=SOLVER, max_iter=MOST_ITERATIONS, class_weight=weights)
    model.fit(vectors, labels)
    margins = model.decision_function(asked)
    return np.stack([np.zeros_like(margins), margins], axis=1) if margins.ndim == 1 else margins
