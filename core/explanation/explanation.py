"""A heat map over a picture: what of it spoke for a class, and how alike two such maps are."""

import itertools
from dataclasses import dataclass

import numpy as np

GRAD_CAM, OCCLUSION = "grad_cam", "occlusion"
METHODS = (GRAD_CAM, OCCLUSION)
# Two maps are compared on this many cells a side: about as many as the networks' last maps have.
COMPARED_SIDE = 8
# Rank correlations from which maps are called alike, and below which they are called different.
ALIKE, DIFFERENT = 0.5, 0.2


@dataclass(frozen=True)
class Explanation:
    """What of a picture spoke for a class.

    Attributes:
        heat: `float32` `(side, side)`, 0-1, over the square that the network sees; 1 where most spoke for the class, 0
            where nothing did. All 0 if nothing did anywhere.
        class_name: the class it is about.
        against: the most probable of the other classes: the map says why `class_name` rather than this one.
        probability: of `class_name`, 0-1.
        answer: the most probable class.
        method: one of `METHODS`.
        similarity: only of a map made with random weights in the head: the mean rank correlation between such maps and
            the trained model's, -1 to 1; else None.
    """

    heat: np.ndarray
    class_name: str
    against: str
    probability: float
    answer: str
    method: str
    similarity: float | None = None

    @property
    def is_blank(self) -> bool:
        """Whether nothing of the picture spoke for the class."""
        return not self.heat.any()


def coarse(heat: np.ndarray, side: int = COMPARED_SIDE) -> np.ndarray:
    """Returns the means of a heat map over `(side, side)` equal cells."""
    edges = np.linspace(0, len(heat), side + 1).round().astype(int)
    rows = [heat[low:high].mean(axis=0) for low, high in itertools.pairwise(edges)]
    cells = np.array(rows)
    return np.stack([cells[:, low:high].mean(axis=1) for low, high in itertools.pairwise(edges)], axis=1)


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Returns Spearman's correlation of two heat maps of any sizes, -1 to 1; 0 if one is the same everywhere."""
    ranks = [_ranks(coarse(heat)) for heat in (first, second)]
    centred = [values - values.mean() for values in ranks]
    scale = float(np.sqrt((centred[0] ** 2).sum() * (centred[1] ** 2).sum()))
    return float((centred[0] * centred[1]).sum() / scale) if scale > 0 else 0.0


def _ranks(values: np.ndarray) -> np.ndarray:
    """Returns the ranks of values; equal ones share the mean of theirs."""
    _, indices, counts = np.unique(values.ravel(), return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[indices]
