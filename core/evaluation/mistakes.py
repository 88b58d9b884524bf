"""The wrong answers of a model: which, how sure, and the training pictures most like each of them."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from core.evaluation.evaluation import Evaluation
from core.evaluation.prediction import Verdict
from core.files import durable

DETAILS_FILE = "mistakes.json"


@dataclass(frozen=True)
class Neighbour:
    """A training picture that is like another picture.

    Attributes:
        path: relative to the data set's folder.
        cosine: how similar, -1 to 1.
    """

    path: str
    cosine: float


@dataclass(frozen=True)
class MistakeDetails:
    """What only the model can tell of a wrong answer, stored when it was trained.

    Attributes:
        verdict: how reliable the answer seemed.
        nearest: the most similar training pictures, best first.
    """

    verdict: Verdict
    nearest: tuple[Neighbour, ...] = ()


# By the name of the split and by the path of the picture.
Details = Mapping[str, Mapping[str, MistakeDetails]]


@dataclass(frozen=True)
class Mistake:
    """A wrong answer.

    Attributes:
        path: the picture, relative to the data set's folder.
        label: the true class, as its number.
        answer: the answered class, likewise.
        probability: of the answered class, 0-1.
        verdict: how reliable the answer seemed; None if that isn't known.
        nearest: the most similar training pictures, best first; none if they aren't known.
    """

    path: str
    label: int
    answer: int
    probability: float
    verdict: Verdict | None = None
    nearest: tuple[Neighbour, ...] = ()


class Order(StrEnum):
    """In which order mistakes are shown."""

    MOST_SURE = "most_sure"
    LEAST_SURE = "least_sure"
    NAME = "name"


@dataclass(frozen=True)
class Filter:
    """Which mistakes to show.

    Attributes:
        label: the true class, as its number; None for all.
        answer: the answered class, likewise.
        verdict: how reliable the answer seemed; None for all.
        order: in which order.
    """

    label: int | None = None
    answer: int | None = None
    verdict: Verdict | None = None
    order: Order = Order.MOST_SURE


def mistakes_of(evaluation: Evaluation, details: Details, sure_probability: float | None = None) -> list[Mistake]:
    """Returns all wrong answers, in the order of the pictures.

    Args:
        evaluation: the answers.
        details: what was stored of them.
        sure_probability: from which probability on an answer is sure, for those of which nothing was stored; None if
            that isn't known.
    """
    stored, answers = details.get(evaluation.split, {}), evaluation.predictions
    top = evaluation.probabilities.max(axis=1)
    found = []
    for index in np.flatnonzero(answers != evaluation.labels).tolist():
        path, probability = evaluation.paths[index], float(top[index])
        detail = stored.get(path)
        verdict = detail.verdict if detail else _by_probability(probability, sure_probability)
        labels = int(evaluation.labels[index]), int(answers[index])
        found.append(Mistake(path, *labels, probability, verdict, detail.nearest if detail else ()))
    return found


def _by_probability(probability: float, sure_probability: float | None) -> Verdict | None:
    if sure_probability is None:
        return None
    return Verdict.SURE if probability >= sure_probability else Verdict.UNSURE


def fitting(mistakes: Sequence[Mistake], wanted: Filter) -> list[Mistake]:
    """Returns the mistakes that fit a filter, in its order; equally sure ones by name."""
    found = [
        mistake
        for mistake in mistakes
        if wanted.label in (None, mistake.label)
        and wanted.answer in (None, mistake.answer)
        and wanted.verdict in (None, mistake.verdict)
    ]
    found.sort(key=lambda mistake: mistake.path)
    if wanted.order != Order.NAME:
        found.sort(key=lambda mistake: mistake.probability, reverse=wanted.order == Order.MOST_SURE)
    return found


def save_details(details: Details, run_folder: Path) -> None:
    """Writes what is known of wrong answers into a run's folder, atomically.

    Raises:
        OSError: the disk refuses.
    """
    values = {
        split: {
            path: {"verdict": detail.verdict.name, "nearest": [[near.path, near.cosine] for near in detail.nearest]}
            for path, detail in by_path.items()
        }
        for split, by_path in details.items()
    }
    path = run_folder / DETAILS_FILE
    durable.sweep(path)
    durable.write(path, json.dumps(values, allow_nan=False).encode())


def load_details(run_folder: Path) -> Details:
    """Reads what `save_details` wrote; nothing if it isn't there, as in older runs, or is damaged."""
    try:
        values = json.loads((run_folder / DETAILS_FILE).read_bytes())
        return {
            split: {str(path): _detail(value) for path, value in by_path.items()} for split, by_path in values.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return {}


def _detail(value: dict) -> MistakeDetails:
    nearest = tuple(Neighbour(str(path), float(cosine)) for path, cosine in value["nearest"])
    if not all(math.isfinite(near.cosine) for near in nearest):
        raise ValueError("similarities that aren't numbers")
    return MistakeDetails(Verdict[value["verdict"]], nearest)
