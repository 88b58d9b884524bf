"""What features say about labels: which look wrong, which pictures are unlike all others, and a map of all.

Everything here is deterministic for the same features: random choices are derived from the pictures' digests.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import TSNE

from core.datasets.sample import Sample

FOLDS = 5
MODELS = 2 * FOLDS
# As in the recommended head: scikit-learn's C for a weight decay of 0.1.
INVERSE_PENALTY = 10.0
# More pictures hardly make a linear model better, or a picture's nearest neighbours nearer.
MAX_FITTED, MAX_REFERENCE = 10_000, 5_000
# A class with fewer different pictures isn't known well enough to say that a picture doesn't belong to it.
MIN_DIFFERENT = 5
MAX_DOUBTED_SHARE = 0.5
BLOCK = 1024
# The neighbour whose distance counts; smaller groups of odd pictures are noticed.
MAX_NEIGHBOURS, NEIGHBOUR_SHARE = 10, 0.1
MIN_CLASS = 12
# Distance from the upper quartile, in quartile ranges, beyond which a value is far out (Tukey 1977).
OUTLIER_DISTANCE = 3.0
MAP_PICTURES, MAP_COMPONENTS, PERPLEXITY = 2000, 50, 30.0


def shuffled(samples: Sequence[Sample]) -> list[int]:
    """Returns the indices of the samples in an order that depends on their contents alone."""
    keys = [hashlib.sha256(f"{sample.digest} {sample.path}".encode()).digest() for sample in samples]
    return sorted(range(len(samples)), key=keys.__getitem__)


def copies(samples: Sequence[Sample]) -> np.ndarray:
    """Returns, for each sample, a number that it shares only with its exact and near copies."""
    names = [sample.group or sample.digest for sample in samples]
    return np.unique(names, return_inverse=True)[1]


def folds(samples: Sequence[Sample]) -> np.ndarray:
    """Splits pictures into folds that are each held out once: classes evenly, copies of a picture together."""
    owners = copies(samples)
    part: dict[int, int] = {}
    dealt: Counter[int] = Counter()
    for index in shuffled(samples):
        label = samples[index].label
        if owners[index] not in part:
            # Classes begin with different folds, so that small ones don't all fall into the first.
            part[owners[index]] = (label + dealt[label]) % FOLDS
            dealt[label] += 1
    return np.array([part[owner] for owner in owners])


def out_of_sample(
    vectors: np.ndarray,
    samples: Sequence[Sample],
    left_out: np.ndarray,
    num_classes: int,
    on_model: Callable[[], None],
) -> np.ndarray:
    """Returns the probabilities that models predict for pictures they haven't seen.

    Args:
        vectors: unit vectors `(len(samples), num_features)`.
        samples: the pictures.
        left_out: `bool` of shape `(len(samples),)`: pictures that no model may learn from.
        num_classes: of the data set.
        on_model: called after each of the `FOLDS` models.

    Returns:
        `float64` of shape `(len(samples), num_classes)`.
    """
    labels = np.array([sample.label for sample in samples])
    parts = folds(samples)
    order = np.array(shuffled(samples))
    probabilities = np.zeros((len(samples), num_classes))
    for part in range(FOLDS):
        fitted = order[(parts[order] != part) & ~left_out[order]][:MAX_FITTED]
        held_out = np.flatnonzero(parts == part)
        known = np.unique(labels[fitted])
        if len(known) == 1:
            probabilities[held_out, known[0]] = 1.0
            on_model()
            continue
        # As good as lbfgs, which takes several times as many steps on unit vectors.
        model = LogisticRegression(C=INVERSE_PENALTY, solver="newton-cg").fit(vectors[fitted], labels[fitted])
        for start in range(0, len(held_out), BLOCK):
            indices = held_out[start : start + BLOCK]
            probabilities[indices[:, None], known] = model.predict_proba(vectors[indices])
        on_model()
    return probabilities


@dataclass(frozen=True)
class LabelReview:
    """What models predict for the labels of pictures they haven't seen.

    Attributes:
        accuracy: share of the pictures whose label they predict when trained on all labels as they are.
        probabilities: of models trained without the obviously wrong labels, `(num_pictures, num_classes)`.
        suspects: indices of pictures whose label looks wrong, worst first.
    """

    accuracy: float
    probabilities: np.ndarray
    suspects: np.ndarray

    def likely(self, index: int) -> int:
        """Returns the class that a picture looks most like."""
        return int(self.probabilities[index].argmax())


def review_labels(
    vectors: np.ndarray, samples: Sequence[Sample], num_classes: int, on_model: Callable[[], None]
) -> LabelReview:
    """Finds labels that look wrong by confident learning (Northcutt et al. 2021, https://arxiv.org/abs/1911.00068).

    A label looks wrong if a model is as sure of another class as it usually is of that class's own pictures. Those
    found first are left out, and models trained without them look again: of 15 flipped labels among 900 photographs of
    cats and dogs they find 13 instead of 11, and doubt one or two others.

    Args:
        vectors: unit vectors `(len(samples), num_features)`.
        samples: the pictures.
        num_classes: of the data set.
        on_model: called after each of at most `MODELS` models.
    """
    labels = np.array([sample.label for sample in samples])
    everything = np.zeros(len(samples), bool)
    probabilities = out_of_sample(vectors, samples, everything, num_classes, on_model)
    accuracy = float((probabilities.argmax(axis=1) == labels).mean())
    doubted = _doubted(labels, probabilities, "confident_learning")
    # A class that is doubted as a whole must still be learned from.
    share = np.bincount(labels, doubted) / np.maximum(np.bincount(labels), 1)
    obvious = doubted & (share[labels] <= MAX_DOUBTED_SHARE)
    if obvious.any():
        probabilities = out_of_sample(vectors, samples, obvious, num_classes, on_model)
        for method in ("confident_learning", "both"):
            doubted |= _doubted(labels, probabilities, method)
        doubted &= probabilities.argmax(axis=1) != labels
    doubted &= _num_different(samples, labels)[labels] >= MIN_DIFFERENT
    indices = np.flatnonzero(doubted)
    own = probabilities[indices, labels[indices]]
    return LabelReview(accuracy, probabilities, indices[np.argsort(own, kind="stable")])


def _doubted(labels: np.ndarray, probabilities: np.ndarray, method: str) -> np.ndarray:
    from cleanlab.filter import find_label_issues  # takes a second to import

    doubted = find_label_issues(labels, probabilities, filter_by=method, n_jobs=1)
    return doubted & (probabilities.argmax(axis=1) != labels)


def _num_different(samples: Sequence[Sample], labels: np.ndarray) -> np.ndarray:
    pairs = np.unique(np.stack([labels, copies(samples)]), axis=1)
    return np.bincount(pairs[0], minlength=labels.max() + 1)


def distances(vectors: np.ndarray, samples: Sequence[Sample], on_pictures: Callable[[int], None]) -> np.ndarray:
    """Returns how far each picture is from its neighbours, without its copies.

    Args:
        vectors: unit vectors `(len(samples), num_features)`.
        samples: the pictures.
        on_pictures: called with the number of pictures just done.

    Returns:
        Cosine distance to the tenth nearest neighbour, `(len(samples),)`, in a small data set to a nearer one; from 0
        for a picture like others to 1 for one that has nothing in common with them.
    """
    reference = np.array(shuffled(samples)[:MAX_REFERENCE])
    owners = copies(samples)
    number = int(np.clip(len(samples) * NEIGHBOUR_SHARE, 1, MAX_NEIGHBOURS))
    result = np.empty(len(samples))
    for start in range(0, len(samples), BLOCK):
        block = slice(start, start + BLOCK)
        cosines = vectors[block] @ vectors[reference].T
        cosines[owners[block, None] == owners[reference]] = 0.0
        # Not the mean: a few odd pictures that look alike would hide each other.
        result[block] = 1 - np.partition(cosines, -number, axis=1)[:, -number]
        on_pictures(len(cosines))
    return np.clip(result, 0, 1)


def outliers(values: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Finds values that are far above the usual ones of their class.

    Args:
        values: one per picture.
        labels: the pictures' classes.

    Returns:
        Indices of the outliers, worst first, and the median of each class.
    """
    usual = np.empty(labels.max() + 1)
    limits = np.empty(labels.max() + 1)
    for label in range(len(limits)):
        own = values[labels == label]
        # A few pictures say little about what is usual, so small classes use the values of all.
        lower, usual[label], upper = np.quantile(own if len(own) >= MIN_CLASS else values, [0.25, 0.5, 0.75])
        limits[label] = upper + OUTLIER_DISTANCE * (upper - lower)
    indices = np.flatnonzero(values > limits[labels])
    return indices[np.argsort(-values[indices], kind="stable")], usual


def map_sample(samples: Sequence[Sample]) -> np.ndarray:
    """Returns the indices of the pictures for the map, in order: all, or of many a share of each class."""
    if len(samples) <= MAP_PICTURES:
        return np.arange(len(samples))
    counts = Counter(sample.label for sample in samples)
    room = {label: max(1, count * MAP_PICTURES // len(samples)) for label, count in counts.items()}
    chosen = []
    for index in shuffled(samples):
        label = samples[index].label
        if room[label]:
            room[label] -= 1
            chosen.append(index)
    return np.array(sorted(chosen))


def project(vectors: np.ndarray) -> np.ndarray:
    """Maps pictures to a plane so that similar ones are near each other (t-SNE, initialised with principal components).

    Args:
        vectors: unit vectors `(num_pictures, num_features)`; at least two.

    Returns:
        `float32` of shape `(num_pictures, 2)`, -1 to 1, centred.
    """
    components = min(MAP_COMPONENTS, *vectors.shape)
    reduced = PCA(components, random_state=0).fit_transform(vectors)
    if len(vectors) < 4 or reduced[:, 0].std() < 1e-6:  # nothing to tell apart
        return np.zeros((len(vectors), 2), np.float32)
    perplexity = min(PERPLEXITY, (len(vectors) - 1) / 3)
    indices = TSNE(perplexity=perplexity, init="pca", random_state=0).fit_transform(reduced)
    indices -= (indices.min(axis=0) + indices.max(axis=0)) / 2
    return (indices / max(np.abs(indices).max(), 1e-12)).astype(np.float32)
