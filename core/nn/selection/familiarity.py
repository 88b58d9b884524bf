"""From which similarity on a picture counts as familiar, measured on the training pictures themselves."""

from dataclasses import dataclass

import numpy as np

# The similarity to the third nearest training picture told foreign pictures apart best: one odd picture among the
# training pictures, or a copy of the new one, doesn't decide it.
NEIGHBOUR = 3
# Share of a model's own kind of pictures that may be taken for foreign ones.
FALSE_ALARMS = 0.05
COMPARED_ROWS = 1000


@dataclass(frozen=True)
class Familiarity:
    """From which similarity on a picture counts as familiar.

    Attributes:
        threshold: a cosine, -1 to 1.
        is_certain: whether there were enough pictures to promise the share of false alarms.
        num_pictures: how many similarities it follows from.
    """

    threshold: float
    is_certain: bool
    num_pictures: int


def leave_one_out_similarities(vectors: np.ndarray, groups: np.ndarray, neighbour: int = NEIGHBOUR) -> np.ndarray:
    """Returns how similar each picture is to its third nearest among the others, `float32` `(num_pictures,)`.

    Args:
        vectors: unit vectors `(num_pictures, num_features)`.
        groups: which pictures are copies of each other, `(num_pictures,)`: copies don't count as others.
        neighbour: 3 for the third nearest; fewer if there are fewer others.
    """
    known = vectors.astype(np.float32)
    found = np.empty(len(known), np.float32)
    for start in range(0, len(known), COMPARED_ROWS):
        part = slice(start, start + COMPARED_ROWS)
        alike = known[part] @ known.T
        alike[groups[part][:, None] == groups[None, :]] = -np.inf
        found[part] = kth_largest(alike, neighbour)
    return found


def kth_largest(cosines: np.ndarray, neighbour: int) -> np.ndarray:
    """Returns the third largest finite number of each row, or the smallest finite one if there are fewer.

    Args:
        cosines: `(num_rows, num_pictures)`; numbers that don't count are `-inf`.
        neighbour: 3 for the third largest.

    Returns:
        `(num_rows,)`; -1 for a row in which none counts.
    """
    ordered = -np.sort(-cosines, axis=1)[:, :neighbour]
    counted = np.maximum(np.isfinite(ordered).sum(axis=1), 1)
    chosen = ordered[np.arange(len(ordered)), counted - 1]
    return np.where(np.isfinite(chosen), chosen, -1.0)


def familiarity(similarities: np.ndarray, labels: np.ndarray) -> Familiarity:
    """Sets the threshold so that it takes at most 5 % of the model's own kind of pictures for foreign ones.

    It is the largest at which a further picture like these would be taken for foreign in at most 5 of 100 cases,
    whatever their distribution (split conformal prediction, https://arxiv.org/abs/2107.07511): with 19 pictures the
    smallest of their similarities. With fewer it is the smallest too, but that promises less: of N pictures' kind, one
    in N + 1 may be taken for foreign (lower thresholds were tried: they find far fewer foreign pictures). A class with
    too few pictures to have three like each of them would always be taken for foreign: its own decide then.

    Args:
        similarities: of pictures that weren't compared with themselves, `(num_pictures,)`.
        labels: their classes, `int64` `(num_pictures,)`.
    """
    ordered = np.sort(similarities.astype(np.float64))
    if not len(ordered):
        return Familiarity(-1.0, False, 0)
    rank = int(FALSE_ALARMS * (len(ordered) + 1))
    is_certain = rank >= 1
    threshold = ordered[max(rank, 1) - 1]
    sizes = np.bincount(labels)
    rare = np.isin(labels, np.flatnonzero(sizes <= NEIGHBOUR))
    if rare.any() and similarities[rare].min() < threshold:
        threshold, is_certain = similarities[rare].min(), False
    # Half precision, in which the vectors are kept, may lower a similarity by this much.
    return Familiarity(float(max(threshold - 1e-3, -1.0)), is_certain, len(ordered))
