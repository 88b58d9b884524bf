"""Answers for training pictures by models that weren't trained on them: cross-validation of a linear head on features.

scikit-learn's `LogisticRegression` minimises what the gradient-trained head does, in a fraction of a second.
"""

import warnings
from collections.abc import Callable

import numpy as np

from core.errors import Stopped

FOLDS = 5
MOST_ITERATIONS = 100
# Stands for no penalty.
LARGEST_C = 1e6


def out_of_fold_logits(
    vectors: np.ndarray,
    labels: np.ndarray,
    groups: np.ndarray,
    weight_decay: float,
    class_weights: np.ndarray,
    should_stop: Callable[[], bool] = lambda: False,
) -> np.ndarray:
    """Returns the logits that a linear head gives pictures when it is trained on the others, in five parts.

    Args:
        vectors: unit vectors `(num_pictures, num_features)`.
        labels: classes, `int64` `(num_pictures,)`.
        groups: which pictures are copies of each other, `(num_pictures,)`; they are in the same part.
        weight_decay: the head's, in units of 1 / C.
        class_weights: factors of the loss, `(num_classes,)`.
        should_stop: asked before each part.

    Returns:
        `float64` `(num_pictures, num_classes)`; rows of NaN for pictures that no model was tried on, as their classes
        have too few pictures.

    Raises:
        Stopped: `should_stop` said so.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedGroupKFold

    num_classes = len(class_weights)
    logits = np.full((len(labels), num_classes), np.nan)
    apart = [len(np.unique(groups[labels == label])) for label in range(num_classes)]
    folds = min(FOLDS, *apart)
    if folds < 2:
        return logits
    penalty = {"C": min(1 / weight_decay, LARGEST_C) if weight_decay else LARGEST_C, "max_iter": MOST_ITERATIONS}
    weights = dict(enumerate(class_weights))
    parts = StratifiedGroupKFold(folds, shuffle=True, random_state=0)
    for others, part in parts.split(vectors, labels, groups):
        if should_stop():
            raise Stopped
        if len(np.unique(labels[others])) < num_classes:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of iterations that end early, which costs nothing here
            model = LogisticRegression(class_weight=weights, **penalty).fit(vectors[others], labels[others])
        margins = model.decision_function(vectors[part])
        logits[part] = np.stack([np.zeros_like(margins), margins], axis=1) if margins.ndim == 1 else margins
    return logits
