"""Heat maps on disk, in the folder of their run: a second look needs no model."""

import hashlib
import io
import json
import zipfile
import zlib
from pathlib import Path

import numpy as np

from core.errors import RunError
from core.explanation.explanation import Explanation
from core.files import durable
from core.nn.networks.model_folder import DESCRIPTION, MODEL_FOLDER, NO_MODEL

FOLDER = "explanations"
LEVELS = 255
# What reading a damaged file raises.
DAMAGES = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error)
FIELDS = ("class_name", "against", "probability", "answer", "method", "similarity")


def model_version(run_folder: Path) -> str:
    """Returns what tells the run's model from the one that it has after it was trained again.

    Raises:
        RunError: the run has no model.
    """
    try:
        model = (run_folder / MODEL_FOLDER / DESCRIPTION).read_bytes()
    except OSError as error:
        raise RunError(NO_MODEL) from error
    return hashlib.sha256(model).hexdigest()


def explanation_path(run_folder: Path, digest: str, class_name: str, method: str, randomised: bool = False) -> Path:
    """Returns where the explanation of a picture is, if it was made.

    Args:
        run_folder: of the run; a model that is trained again has explanations of its own.
        digest: of the picture's bytes.
        class_name: the class that it is about.
        method: how it is made.
        randomised: whether with random weights in the head.

    Raises:
        RunError: the run has no model.
    """
    key = json.dumps([model_version(run_folder), digest, class_name, method, randomised])
    return run_folder / FOLDER / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.npz"


def save_explanation(explanation: Explanation, path: Path) -> None:
    """Writes an explanation atomically; heat in 255 steps.

    Raises:
        OSError: it can't be written.
    """
    facts = {name: getattr(explanation, name) for name in FIELDS}
    buffer = io.BytesIO()
    heat = (explanation.heat * LEVELS).round().astype(np.uint8)
    np.savez_compressed(buffer, heat=heat, facts=np.array(json.dumps(facts)))
    durable.make_folder(path.parent)
    durable.write(path, buffer.getvalue())


def load_explanation(path: Path) -> Explanation | None:
    """Reads what `save_explanation` wrote; None if there is nothing, or if it is damaged."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            heat = arrays["heat"].astype(np.float32) / LEVELS
            facts = json.loads(str(arrays["facts"]))
        return Explanation(heat=heat, **facts)
    except DAMAGES:
        return None
