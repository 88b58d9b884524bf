"""From which similarity on a picture counts as familiar, measured on the training pictures themselves.

Pictures to train on may be more like each other than new ones are: squares cut from one part of a photograph, frames of
one film. Training pictures alone can't show that, so validation pictures may widen what they say.
"""

from dataclasses import dataclass, replace

import numpy as np

# The similarity to the third nearest training picture told foreign pictures apart best: one odd picture among the
# training pictures, or a copy of the new one, doesn't decide it.
NEIGHBOUR = 3
# Share of a model's own kind of pictures that may be taken for foreign ones.
FALSE_ALARMS = 0.05
# Validation pictures widen the threshold if so many below it would come by chance in fewer than 5 of 100 runs.
CHANCE = 0.05
COMPARED_ROWS = 1000


@dataclass(frozen=True)
class Familiarity:
    """From which similarity on a picture counts as familiar.

    Attributes:
        threshold: a cosine, -1 to 1; of styles, minus a distance.
        is_certain: whether there were enough pictures to promise the share of false alarms.
        num_pictures: how many similarities it follows from.
        num_alarms: how many validation pictures were below the threshold that the training pictures gave, if that was
            so many that it was lowered; 0 if not.
    """

    threshold: float
    is_certain: bool
    num_pictures: int
    num_alarms: int = 0


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


def familiarity(similarities: np.ndarray, labels: np.ndarray, false_alarms: float = FALSE_ALARMS) -> Familiarity:
    """Sets the threshold so that it takes at most 5 % of the model's own kind of pictures for foreign ones.

    It is the largest at which a further picture like these would be taken for foreign in at most 5 of 100 cases,
    whatever their distribution (split conformal prediction, https://arxiv.org/abs/2107.07511): with 19 pictures the
    smallest of their similarities. With fewer it is the smallest too, but that promises less: of N pictures' kind, one
    in N + 1 may be taken for foreign (lower thresholds were tried: they find far fewer foreign pictures). A class with
    too few pictures to have three like each of them would always be taken for foreign, and a small one unlike the
    others might be: its own decide then.

    Args:
        similarities: of pictures that weren't compared with themselves, `(num_pictures,)`.
        labels: their classes, `int64` `(num_pictures,)`.
        false_alarms: the share that may be taken for foreign.
    """
    if not len(similarities):
        return Familiarity(-1.0, False, 0)
    threshold, is_certain = _conformal(similarities, false_alarms)
    sizes = np.bincount(labels)
    num_below = np.bincount(labels[similarities < threshold], minlength=len(sizes))
    decides = (sizes <= NEIGHBOUR) | (num_below > sizes / 2)
    own = similarities[decides[labels]]
    if len(own) and own.min() < threshold:
        threshold, is_certain = own.min(), False
    return Familiarity(_with_rounding(threshold), is_certain, len(similarities))


def can_promise(false_alarms: float, num_pictures: int) -> bool:
    """Returns whether so many pictures are enough to set a threshold with this share of false alarms."""
    return _rank(false_alarms, num_pictures) >= 1


def widened(found: Familiarity, similarities: np.ndarray, false_alarms: float = FALSE_ALARMS) -> Familiarity:
    """Lowers the threshold if it takes clearly more than 5 % of the validation pictures for foreign ones.

    They are of the model's own kind by what its owner says. In *Textures*, where they are cut from another part of the
    photographs, 30 % of them were taken for foreign and 3 % after this (measured on those that didn't set it), while
    all pictures of digits, faces, cats and dogs, and puzzle pieces were still found. Where nothing sets them apart from
    the training pictures, the threshold stays.

    Args:
        found: what the training pictures say.
        similarities: of the validation pictures to the training pictures, `(num_pictures,)`.
        false_alarms: the share that `found` allows.
    """
    from scipy.stats import binom

    num_alarms = int((similarities < found.threshold).sum())
    if not num_alarms or binom.sf(num_alarms - 1, len(similarities), false_alarms) >= CHANCE:
        return found
    threshold, is_certain = _conformal(similarities, false_alarms)
    lower = min(found.threshold, _with_rounding(threshold))
    return replace(found, threshold=lower, is_certain=found.is_certain and is_certain, num_alarms=num_alarms)


def _conformal(similarities: np.ndarray, false_alarms: float) -> tuple[float, bool]:
    """Returns the threshold of these similarities, and whether there are enough to promise the share below it."""
    ordered = np.sort(similarities.astype(np.float64))
    rank = _rank(false_alarms, len(ordered))
    return float(ordered[max(rank, 1) - 1]), rank >= 1


def _rank(false_alarms: float, num_pictures: int) -> int:
    return int(false_alarms * (num_pictures + 1))


def _with_rounding(threshold: float) -> float:
    """Returns a threshold that half precision, in which features are kept, doesn't cross."""
    return float(threshold - 1e-3 * max(1.0, abs(threshold)))
