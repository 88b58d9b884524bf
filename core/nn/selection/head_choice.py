"""How strong a linear head's penalty should be, and from how many stages its features: by cross-validation.

Of some strengths and depths, those are chosen whose answers to held-out training pictures have the lowest loss. More
stages are only taken where they lower it by more than half of the difference's standard error.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from core.config.head_candidates import MOST_CLASSES, STRENGTHS
from core.evaluation.calibration import softened
from core.files import durable
from core.nn.selection.out_of_fold import FOLDS, folds_of, held_out_logits, in_their_span

CHOICE_FILE = "head_choice.json"
# Deeper features are tried with the best strength for the last stage alone and with those beside it.
NEIGHBOURS = 1
# In standard errors of the difference between two losses of the same pictures.
CLEARLY = 0.5
# More pictures hardly change the choice: of digits, cats and dogs, and textures, heads chosen with 500 and with 800
# pictures had the same loss on others within 0.002.
MOST_PICTURES = 500
# With many classes a head takes long to train: then pictures are divided into fewer parts, and fewer candidates are
# tried.
MANY_CLASSES, FOLDS_OF_MANY = 20, 2


@dataclass(frozen=True)
class HeadChoice:
    """What cross-validation chose.

    Attributes:
        strength: the inverse of the penalty, C of scikit-learn's `LogisticRegression`.
        depths: from how many stages the features come.
        num_right: how many of the pictures the chosen head answered right without having been trained on them.
        num_pictures: how many pictures there were.
        num_folds: into how many parts they were divided.
    """

    strength: float
    depths: int
    num_right: int
    num_pictures: int
    num_folds: int


def choose_head(
    stages: Sequence[np.ndarray],
    labels: np.ndarray,
    groups: np.ndarray,
    class_weights: np.ndarray,
    advance: Callable[[], None] = lambda: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> HeadChoice | None:
    """Chooses the strength of the penalty and the depth of the features.

    Args:
        stages: unit vectors of each stage, the last one first, each `(num_pictures, size)`.
        labels: classes, `int64` `(num_pictures,)`.
        groups: which pictures are copies of each other, `(num_pictures,)`; they are held out together.
        class_weights: factors of the loss, `(num_classes,)`.
        advance: called before each candidate, at most `most_candidates` times; may raise `Stopped`.
        should_stop: asked before each of its heads is trained.

    Returns:
        None if a class has too few pictures to hold any out, or if there are too many classes to do it in time.

    Raises:
        Stopped: `should_stop` said so.
    """
    num_classes = len(class_weights)
    is_long = num_classes > MANY_CLASSES
    folds = folds_of(labels, groups, num_classes, FOLDS_OF_MANY if is_long else FOLDS)
    if not folds or num_classes > MOST_CLASSES:
        return None
    losses: dict[tuple[int, float], np.ndarray] = {}
    right: dict[tuple[int, float], int] = {}
    for depths in range(1, len(stages) + 1):
        vectors = in_their_span(joined(stages, depths))
        for strength in _strengths(losses, 0 if is_long else NEIGHBOURS):
            advance()
            logits = held_out_logits(vectors, labels, folds, 1 / strength, class_weights, should_stop)
            losses[depths, strength] = _losses(logits, labels)
            right[depths, strength] = int((logits.argmax(axis=1) == labels)[np.isfinite(logits[:, 0])].sum())
    depths, strength = _best(losses)
    return HeadChoice(strength, depths, right[depths, strength], len(losses[depths, strength]), len(folds))


def save_choice(choice: HeadChoice, run_folder: Path) -> None:
    """Keeps a choice with its run, atomically."""
    durable.make_folder(run_folder)
    durable.write(run_folder / CHOICE_FILE, json.dumps(asdict(choice)).encode())


def load_choice(run_folder: Path) -> HeadChoice | None:
    """Returns the choice that a run keeps; None if it has none, or one that can't be read."""
    try:
        return HeadChoice(**json.loads((run_folder / CHOICE_FILE).read_text()))
    except (OSError, ValueError, TypeError, RecursionError):
        return None


def most_candidates(num_stages: int) -> int:
    """Returns how many combinations of strength and depth are tried at most."""
    return len(STRENGTHS) + (num_stages - 1) * (2 * NEIGHBOURS + 1)


def joined(stages: Sequence[np.ndarray], depths: int) -> np.ndarray:
    """Returns the features of the first stages as unit vectors, all stages with the same weight."""
    return np.concatenate(stages[:depths], axis=1) / np.float32(depths**0.5)


def _strengths(losses: Mapping[tuple[int, float], np.ndarray], neighbours: int) -> list[float]:
    """Returns the strengths to try for the next depth: the best for the last stage alone, with those beside it."""
    alone = {strength: loss.mean() for (depths, strength), loss in losses.items() if depths == 1}
    if not alone:
        return list(STRENGTHS)
    best = STRENGTHS.index(min(alone, key=alone.__getitem__))
    return list(STRENGTHS[max(0, best - neighbours) : best + neighbours + 1])


def _losses(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Returns the cross-entropy of each picture that was held out."""
    known = np.isfinite(logits).all(axis=1)
    probabilities = softened(logits[known], 1.0)
    return -np.log(np.maximum(probabilities[np.arange(known.sum()), labels[known]], np.finfo(np.float64).tiny))


def _best(losses: Mapping[tuple[int, float], np.ndarray]) -> tuple[int, float]:
    """Returns the depth and strength of the lowest loss, or fewer stages if that is no worse but for chance."""
    best = min(losses, key=lambda candidate: losses[candidate].mean())
    for depths in range(1, best[0]):
        rival = min((one for one in losses if one[0] == depths), key=lambda one: losses[one].mean())
        difference = losses[rival] - losses[best]
        if difference.mean() <= CLEARLY * difference.std() / len(difference) ** 0.5:
            return rival
    return best
