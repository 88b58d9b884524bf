"""A linear head adapted to pictures of another kind, without their labels: recentring, then self-training.

Features of another kind of pictures lie beside those that the head was trained on. So each kind is moved onto its own
mean, and a head that is trained on the moved labelled vectors answers the others. The surest of these answers then
count as labels for the next head, more of them in each round (Sun et al. 2016, https://arxiv.org/abs/1612.01939, for
aligning the moments of features; Zou et al. 2018, https://arxiv.org/abs/1810.07911, for self-training by class).

Self-training without recentring is never done: it makes a head surer of what it has wrong. Recentring supposes that the
classes have about the same shares in both kinds. With many classes it helps even where they haven't; with two, the mean
of pictures that are nearly all of one class is that class, and recentring moves it to where the classes part.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.nn.selection.out_of_fold import LARGEST_C, MOST_ITERATIONS, SOLVER, in_their_span

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

ROUNDS = 10
# One for the labelled pictures as they are, one for the recentred ones.
NUM_HEADS = ROUNDS + 2
# Of the answers of each class, those that count as labels in the last round. The least sure ones never do.
LAST_SHARE = 0.9
# Two classes aren't adapted where the recentred head is in doubt by more than this factor, and this much, beyond the
# head before. Chosen on cats and dogs in seven styles: it nearly always stays below where both have the same share, and
# rises above in most cases where one of them has a tenth, not in all (`tests.benchmarks.adaptation`).
DOUBT_FACTOR, DOUBT_SLACK = 1.2, 0.03


@dataclass(frozen=True)
class AdaptedHead:
    """A linear head on unit vectors as they are, not moved, and what adapting it changed.

    Attributes:
        weights: `float64` `(num_features, num_outputs)`; one output for two classes, else one per class.
        biases: `float64` `(num_outputs,)`.
        before: classes of the unlabelled pictures as the head for the labelled ones has them, without recentring and
            self-training, `int64` `(num_target,)`.
        after: as this head has them.
    """

    weights: np.ndarray
    biases: np.ndarray
    before: np.ndarray
    after: np.ndarray

    @property
    def num_changed(self) -> int:
        """How many of the unlabelled pictures have another answer than before."""
        return int((self.before != self.after).sum())


def adapt_head(
    source: np.ndarray,
    labels: np.ndarray,
    target: np.ndarray,
    weight_decay: float,
    class_weights: np.ndarray,
    advance: Callable[[], None] = lambda: None,
) -> AdaptedHead | None:
    """Trains a linear head for unlabelled pictures of another kind than the labelled ones.

    Args:
        source: unit vectors of the labelled pictures, `(num_source, num_features)`.
        labels: their classes, `int64` `(num_source,)`; each class has at least one.
        target: unit vectors of the unlabelled pictures, `(num_target, num_features)`; at least one.
        weight_decay: the head's, in units of 1 / C of scikit-learn's `LogisticRegression`.
        class_weights: factors of the loss, `(num_classes,)`.
        advance: called before each of the `NUM_HEADS` heads; may raise `Stopped`.

    Returns:
        A head for unlabelled pictures; the labelled ones it answers as if they were of that kind too. None if there
        are two classes and the unlabelled pictures seem to have other shares of them, so that adapting would do harm.
    """
    from threadpoolctl import threadpool_limits

    every = np.concatenate([source, target])
    # The matrices are small: beside other work, threads that wait for each other took a hundred times as long as one.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of iterations that end early, which costs nothing here
        spanned = in_their_span(every)
        known, asked = np.split(spanned, [len(source)])
        model = _model(weight_decay, class_weights)
        advance()
        before = model.fit(known, labels).predict_proba(asked)
        mean = asked.mean(axis=0, dtype=np.float64)
        moved, asked = (rows - rows.mean(axis=0, dtype=np.float64) for rows in (known, asked))
        model = _model(weight_decay, class_weights)
        advance()
        model.fit(moved, labels)
        if len(class_weights) == 2 and not suits(before, model.predict_proba(asked)):
            return None
        for number in range(1, ROUNDS + 1):
            advance()
            probabilities = model.predict_proba(asked)
            chosen = surest(probabilities, LAST_SHARE * number / ROUNDS)
            guessed = probabilities[chosen].argmax(axis=1)
            model.fit(np.concatenate([moved, asked[chosen]]), np.concatenate([labels, guessed]))
        weights, biases = model.coef_.T, unmoved(model.coef_.T, model.intercept_, mean)
        return AdaptedHead(
            _from_their_span(weights, spanned, every), biases, before.argmax(axis=1), model.predict(asked)
        )


def suits(before: np.ndarray, recentred: np.ndarray) -> bool:
    """Whether recentring leaves a head about as sure of its answers as it was.

    Where nearly all pictures are of one class, it puts them between the classes.

    Args:
        before: probabilities `(num_pictures, num_classes)` of the head before.
        recentred: of the head after.
    """
    return _doubt(recentred) <= DOUBT_FACTOR * _doubt(before) + DOUBT_SLACK


def _doubt(probabilities: np.ndarray) -> float:
    """Returns the mean entropy, from 0 for certain answers to 1 for equal probabilities."""
    entropies = -(probabilities * np.log(np.maximum(probabilities, 1e-12))).sum(axis=1)
    return float(entropies.mean() / np.log(probabilities.shape[1]))


def surest(probabilities: np.ndarray, share: float) -> np.ndarray:
    """Returns which answers count as labels: of each class the same share of its answers, the surest ones.

    So a class that is easy to recognise doesn't crowd out the others, a rare one isn't blown up to the size of the
    others, and one that isn't there at all takes hardly any pictures.

    Args:
        probabilities: `(num_pictures, num_classes)`.
        share: above 0, at most 1; rounded up to whole pictures.

    Returns:
        Indices in ascending order, `int64`.
    """
    answers, top = probabilities.argmax(axis=1), probabilities.max(axis=1)
    found = []
    for label in np.unique(answers):
        own = np.flatnonzero(answers == label)
        order = own[np.argsort(-top[own], kind="stable")]
        found.append(order[: int(np.ceil(share * len(own)))])
    return np.sort(np.concatenate(found))


def unmoved(weights: np.ndarray, biases: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Returns the biases with which a head for moved vectors gives the same logits for vectors as they are.

    (x - mean) W + b = x W + (b - mean W).

    Args:
        weights: `(num_features, num_outputs)`.
        biases: `(num_outputs,)`.
        mean: what was subtracted from the vectors, `(num_features,)`.
    """
    return biases - mean @ weights


def _model(weight_decay: float, class_weights: np.ndarray) -> "LogisticRegression":
    """Returns an untrained head, which goes on from its weights each time that it is trained."""
    from sklearn.linear_model import LogisticRegression

    strength = min(1 / weight_decay, LARGEST_C) if weight_decay else LARGEST_C
    return LogisticRegression(
        C=strength,
        solver=SOLVER,
        max_iter=MOST_ITERATIONS,
        class_weight=dict(enumerate(class_weights)),
        warm_start=True,
    )


def _from_their_span(weights: np.ndarray, spanned: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Returns weights for rows, from those for the coordinates that `in_their_span` gave of them."""
    if spanned is rows:
        return weights
    coordinates = spanned.astype(np.float64)
    # The axes of the coordinates are orthogonal.
    return rows.T.astype(np.float64) @ (coordinates / (coordinates**2).sum(axis=0)) @ weights
