"""Answers for training pictures by models that weren't trained on them: cross-validation of a linear head on features.

scikit-learn's `LogisticRegression` minimises what the gradient-trained head does, in a fraction of a second.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.errors import Stopped

FOLDS = 5
LARGEST_SCALE = 20.0
MOST_ITERATIONS = 100
# Stands for no penalty.
LARGEST_C = 1e6


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
    from sklearn.model_selection import StratifiedGroupKFold

    num_classes = len(class_weights)
    logits = np.full((len(labels), num_classes), np.nan)
    apart = [len(np.unique(groups[labels == label])) for label in range(num_classes)]
    folds = min(FOLDS, *apart)
    if folds < 2:
        return OutOfFold(logits, logits)
    parts = StratifiedGroupKFold(folds, shuffle=True, random_state=0)
    for others, part in parts.split(vectors, labels, groups):
        if should_stop():
            raise Stopped
        if len(np.unique(labels[others])) < num_classes:
            continue
        logits[part] = _answers(vectors[others], labels[others], vectors[part], weight_decay, class_weights)
    return OutOfFold(logits, _answers(vectors, labels, vectors, weight_decay, class_weights))


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
    from threadpoolctl import threadpool_limits

    strength = min(1 / weight_decay, LARGEST_C) if weight_decay else LARGEST_C
    weights = dict(enumerate(class_weights))
    # The matrices are small: beside other work, threads that wait for each other took a hundred times as long as one.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of iterations that end early, which costs nothing here
        model = LogisticRegression(C=strength, max_iter=MOST_ITERATIONS, class_weight=weights).fit(vectors, labels)
    margins = model.decision_function(asked)
    return np.stack([np.zeros_like(margins), margins], axis=1) if margins.ndim == 1 else margins
