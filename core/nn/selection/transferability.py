"""How well features suit a data set, in a second and without training: LogME, and the leave-one-out nearest mean."""

import numpy as np
from threadpoolctl import threadpool_limits

# Ratios of the weights' variance to the noise's among which the best is sought: the first in steps, then finely.
LOWEST_RATIO, HIGHEST_RATIO = 1e-8, 1e12
STEPS, REFINEMENTS = 121, 3


def log_me(vectors: np.ndarray, labels: np.ndarray) -> float:
    """Returns the log of the maximum evidence for the labels given the features, per picture, averaged over classes.

    For each class, a linear model with a Gaussian prior of precision alpha and Gaussian noise of precision beta
    explains which pictures belong to it (You et al. 2021, https://arxiv.org/abs/2102.11005). Given beta / alpha the
    best beta has a closed form, so that a search along one line finds the maximum. The fixed-point iteration of the
    authors' code drops -1/2 (num_features - num_pictures) log alpha if there are fewer pictures than features.

    Args:
        vectors: `(num_pictures, num_features)`.
        labels: classes, `int64` `(num_pictures,)`.

    Returns:
        A higher number for features that explain the labels better.
    """
    known = np.unique(labels)
    targets = (labels[:, None] == known[None, :]).astype(np.float64)
    # With several threads the order of summation varies, and beside other work they wait for each other.
    with threadpool_limits(1):
        variances, directions = _spectrum(np.asarray(vectors, np.float64))
        explained = (directions.T @ targets) ** 2
        rest = np.maximum((targets**2).sum(axis=0) - explained.sum(axis=0), 0.0)
        evidences = [_most_evidence(variances, *one, len(labels)) for one in zip(explained.T, rest, strict=True)]
    return float(np.mean(evidences)) / len(labels)


def nearest_mean_accuracy(vectors: np.ndarray, labels: np.ndarray, groups: np.ndarray) -> float:
    """Returns the share of pictures whose direction is nearest to the mean of their own class, without themselves.

    Args:
        vectors: `(num_pictures, num_features)`.
        labels: classes, `int64` `(num_pictures,)`.
        groups: which pictures are copies of each other, `(num_pictures,)`: a picture's copies are left out with it.
    """
    known = np.unique(labels)
    scores = np.full((len(labels), len(known)), -np.inf)
    with threadpool_limits(1):
        for column, label in enumerate(known):
            scores[:, column] = _likeness(np.asarray(vectors, np.float64), labels == label, groups)
    return float((known[scores.argmax(axis=1)] == labels).mean())


def _spectrum(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the squared singular values `(rank,)` and the left singular vectors `(num_pictures, rank)`.

    From the smaller of the two matrices of products, which is several times as fast as a singular value decomposition.
    """
    if len(vectors) <= vectors.shape[1]:
        variances, directions = np.linalg.eigh(vectors @ vectors.T)
        kept = variances > variances.max() * 1e-12
        return variances[kept], directions[:, kept]
    variances, features = np.linalg.eigh(vectors.T @ vectors)
    kept = variances > variances.max() * 1e-12
    return variances[kept], vectors @ features[:, kept] / np.sqrt(variances[kept])


def _most_evidence(variances: np.ndarray, explained: np.ndarray, rest: float, num_pictures: int) -> float:
    """Returns the largest log evidence over alpha and beta.

    Args:
        variances: squared singular values, `(rank,)`.
        explained: squared parts of the targets along the left singular vectors, `(rank,)`.
        rest: squared part of the targets along no such vector.
        num_pictures: number of targets.
    """
    low, high = np.log(LOWEST_RATIO), np.log(HIGHEST_RATIO)
    best = -np.inf
    for _ in range(REFINEMENTS + 1):
        ratios = np.linspace(low, high, STEPS)
        spread = 1 + np.exp(ratios)[:, None] * variances
        squares = np.maximum((explained / spread).sum(axis=1) + rest, np.finfo(float).tiny)
        evidences = num_pictures * np.log(num_pictures / (2 * np.pi * np.e * squares)) - np.log(spread).sum(axis=1)
        at, step = int(evidences.argmax()), ratios[1] - ratios[0]
        best = max(best, float(evidences[at]) / 2)
        low, high = ratios[at] - step, ratios[at] + step
    return best


def _likeness(vectors: np.ndarray, is_member: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Returns each picture's product with the direction of a class's mean, without the picture and its copies.

    Returns:
        `(num_pictures,)`; `-inf` where nothing of the class is left.
    """
    members = vectors[is_member]
    known, inverse = np.unique(groups[is_member], return_inverse=True)
    own = np.zeros((len(known), vectors.shape[1]))
    np.add.at(own, inverse, members)
    sizes = np.bincount(inverse)
    total = members.sum(axis=0)
    likeness = vectors @ (total / max(float(np.linalg.norm(total)), 1e-12))
    at = np.minimum(np.searchsorted(known, groups), len(known) - 1)
    is_in = known[at] == groups
    others = total - own
    others /= np.maximum(np.linalg.norm(others, axis=1, keepdims=True), 1e-12)
    left_out = np.where((sizes < len(members))[at], np.einsum("ij,ij->i", vectors, others[at]), -np.inf)
    return np.where(is_in, left_out, likeness)
