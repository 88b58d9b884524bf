"""Where a run's folder holds its model. Doesn't need TensorFlow."""

import json
from pathlib import Path

from core.errors import RunError

MODEL_FOLDER = "model"
# In the folder of the model.
DESCRIPTION = "classifier.json"
REFERENCE = "reference.npz"
NO_MODEL = "This run has no model. Wait until it has finished, or train it again."


def classes_of_model(run_folder: Path) -> tuple[str, ...]:
    """Returns the classes that a run's model tells apart, in the order of its probabilities, without loading it.

    Raises:
        RunError: there is no model, or its description is damaged.
    """
    try:
        description = json.loads((run_folder / MODEL_FOLDER / DESCRIPTION).read_text())
        return tuple(map(str, description["class_names"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise RunError(NO_MODEL) from error


def sure_probability_of_model(run_folder: Path) -> float | None:
    """Returns from which probability on an answer of a run's model is sure, without loading it; None if unknown."""
    try:
        description = json.loads((run_folder / MODEL_FOLDER / DESCRIPTION).read_text())
        return float(description["calibration"]["sure_probability"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
