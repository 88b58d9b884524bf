"""Probabilities that mean what they say: temperature scaling, calibration error, and when an answer may be called sure.

SciPy is imported where it is needed, so that start-up doesn't wait for it.
"""

from dataclasses import dataclass

import numpy as np

BINS = 15
CHANCES = 100
HOTTEST = 20.0
# Of the answers that are called sure, at least this share must have been right.
SURE_SHARE = 0.95
# An answer with a lower probability isn't called sure, however many like it were right. Where many answers are certain,
# those of 0.8 hide among them: with 0.8, more than 5 % of the sure answers were wrong in 6 of 36 cases (eleven data
# sets, 10 pictures a class to all, six draws), with 0.9 in none; 57 % of the answers were sure instead of 66 %.
LEAST_SURE = 0.9
# From here on models were sure that were trained before there was a calibration; they answer as they did.
SURE_WITHOUT_CALIBRATION = 0.8
# Above all probabilities.
NEVER_SURE = 2.0


@dataclass(frozen=True)
class Calibration:
    """How a model's logits become probabilities, and which of them are sure.

    Attributes:
        temperature: what logits are divided by; above 1 for a model that is too confident.
        sure_probability: the probability of the top class from which an answer is sure; above 1 if none is.
        source: which pictures it was fitted on: `out_of_fold`, `validation`, or `none` if it wasn't.
        num_pictures: how many pictures it was fitted on.
    """

    temperature: float = 1.0
    sure_probability: float = SURE_WITHOUT_CALIBRATION
    source: str = "none"
    num_pictures: int = 0


def calibrate(logits: np.ndarray, labels: np.ndarray, source: str) -> Calibration:
    """Fits the calibration of a model on logits for pictures that it wasn't trained on.

    Args:
        logits: `(num_pictures, num_classes)`, or fewer rows than pictures if some have none.
        labels: true classes, `int64` `(num_pictures,)`.
        source: see `Calibration`.
    """
    if not len(labels):
        return Calibration(sure_probability=sure_probability(np.zeros((0, 2)), labels))
    temperature = fit_temperature(logits, labels)
    return Calibration(
        temperature, sure_probability(softened(logits, temperature), labels), source, num_pictures=len(labels)
    )


def softened(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Returns the probabilities `(num_pictures, num_classes)` of logits at a temperature."""
    from scipy.special import softmax

    return softmax(np.asarray(logits, np.float64) / temperature, axis=1)


def at_temperature(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Returns what probabilities at temperature 1 are at another one; 1 / t brings those at t back."""
    return softened(np.log(np.clip(probabilities, 1e-300, None)), temperature)


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """Returns the temperature at which the probabilities fit best (Guo et al. 2017, https://arxiv.org/abs/1706.04599).

    Where all answers are right, the best fit would be to be certain, which a few pictures can't show. So the true class
    of N pictures is taken to be right N + 1 times out of N + 2 (Platt 1999).

    Args:
        logits: `(num_pictures, num_classes)`.
        labels: true classes, `int64` `(num_pictures,)`.

    Returns:
        Between 1 / 20 and 20.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    num_pictures, num_classes = logits.shape
    doubt = 1 / (num_pictures + 2)
    targets = np.full(logits.shape, doubt / (num_classes - 1))
    targets[np.arange(num_pictures), labels] = 1 - doubt

    def loss(log_temperature: float) -> float:
        return -float((targets * log_softmax(logits / np.exp(log_temperature), axis=1)).sum(axis=1).mean())

    limit = np.log(HOTTEST)
    found = minimize_scalar(loss, bounds=(-limit, limit), method="bounded", options={"xatol": 1e-4})
    return float(np.exp(found.x))


def sure_probability(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Returns the lowest probability of the top class from which at least 95 % of the answers were right.

    One more answer is counted as wrong, so that a few right ones promise nothing: it takes 19.

    Args:
        probabilities: `(num_pictures, num_classes)`, of pictures that the model wasn't trained on.
        labels: true classes, `int64` `(num_pictures,)`.

    Returns:
        At least 0.9; above 1 if that can't be promised of any answer.
    """
    top = probabilities.max(axis=1, initial=0.0)
    is_right = probabilities.argmax(axis=1) == labels
    order = np.argsort(-top, kind="stable")
    ordered = top[order]
    shares = np.cumsum(is_right[order]) / (np.arange(len(order)) + 2)
    # Of equal probabilities, all are sure or none.
    is_last = np.append(ordered[1:] < ordered[:-1], True)[: len(order)]
    kept = np.flatnonzero((shares >= SURE_SHARE) & (ordered >= LEAST_SURE) & is_last)
    return float(ordered[kept[-1]]) if len(kept) else NEVER_SURE


def calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Returns the expected calibration error of the top class, 0-1, in 15 equally wide bins (Guo et al. 2017).

    With few pictures it is above 0 by chance alone.

    Args:
        probabilities: `(num_pictures, num_classes)`.
        labels: true classes, `int64` `(num_pictures,)`.
    """
    top, is_right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    bins = np.minimum((top * BINS).astype(int), BINS - 1)
    gaps = [abs(top[bins == number].sum() - is_right[bins == number].sum()) for number in range(BINS)]
    return float(sum(gaps) / len(labels))


@dataclass(frozen=True)
class Reliability:
    """Answers that were given with about the same probability.

    Attributes:
        probability: their mean probability, 0-1.
        share_right: the share of them that was right, 0-1.
        count: how many there are.
    """

    probability: float
    share_right: float
    count: int


def reliability(probabilities: np.ndarray, labels: np.ndarray, bins: int = 10) -> list[Reliability]:
    """Returns how often answers of about the same probability were right, from the lowest; empty ranges are left out.

    Args:
        probabilities: `(num_pictures, num_classes)`.
        labels: true classes, `int64` `(num_pictures,)`.
        bins: into how many ranges of equal width probabilities are divided.
    """
    top, is_right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    chosen = np.minimum((top * bins).astype(int), bins - 1)
    parts = [chosen == number for number in np.unique(chosen)]
    return [Reliability(float(top[part].mean()), float(is_right[part].mean()), int(part.sum())) for part in parts]


def error_by_chance(probabilities: np.ndarray) -> float:
    """Returns the calibration error that so many answers show on average if each probability is exactly right, 0-1.

    Args:
        probabilities: `(num_pictures, num_classes)`.
    """
    top = probabilities.max(axis=1)
    answers = np.stack([top, np.zeros_like(top)], axis=1)
    generator = np.random.default_rng(0)
    # A label of 1 stands for a wrong answer; the second column, 0, is never the largest.
    drawn = [calibration_error(answers, (generator.random(len(top)) >= top).astype(np.int64)) for _ in range(CHANCES)]
    return float(np.mean(drawn))
