"""What a classifier on the bare pixels answered for pictures that a network is validated on, stored with its run.

A pretrained network that isn't clearly better than this hasn't gained by transfer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.evaluation.comparison import PairedComparison, compare_answers
from core.evaluation.evaluation import Evaluation
from core.files import durable

PIXELS_FILE = "pixels.json"


@dataclass(frozen=True)
class PixelAnswers:
    """Answers of a support vector machine on small pictures.

    Attributes:
        answers: the class of each picture by its path, as an index of the class names.
        num_training: how many pictures it was trained on.
        side: of the small pictures, in pixels.
        num_unreadable: how many pictures, to train on or to answer, couldn't be read any more.
    """

    answers: Mapping[str, int]
    num_training: int
    side: int
    num_unreadable: int = 0

    def against(self, evaluation: Evaluation) -> PairedComparison | None:
        """Returns how a network compares with it on the pictures that both answered; None if there are none."""
        chosen = [index for index, path in enumerate(evaluation.paths) if path in self.answers]
        if not chosen:
            return None
        labels = evaluation.labels[chosen]
        own = np.array([self.answers[evaluation.paths[index]] for index in chosen])
        return compare_answers(evaluation.predictions[chosen] == labels, own == labels)


def save_pixel_answers(answers: PixelAnswers, run_folder: Path) -> None:
    """Writes answers into a run's folder, atomically."""
    values = {
        "answers": dict(answers.answers),
        "num_training": answers.num_training,
        "side": answers.side,
        "num_unreadable": answers.num_unreadable,
    }
    durable.sweep(run_folder / PIXELS_FILE)
    durable.write(run_folder / PIXELS_FILE, json.dumps(values).encode())


def load_pixel_answers(run_folder: Path) -> PixelAnswers | None:
    """Returns what `save_pixel_answers` wrote; None if there is nothing that can be read, as for an older run."""
    try:
        values = json.loads((run_folder / PIXELS_FILE).read_text())
        return PixelAnswers(
            {str(path): int(label) for path, label in values["answers"].items()},
            int(values["num_training"]),
            int(values["side"]),
            int(values["num_unreadable"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
