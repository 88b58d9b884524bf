"""What LogME predicts of a network, from the vectors of training pictures that its run has kept."""

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

from core.datasets.store.store import DatasetStore
from core.errors import CoreError
from core.nn.networks.model_folder import DESCRIPTION, MODEL_FOLDER, REFERENCE
from core.nn.selection.transferability import log_me
from core.runs.records.run import Run
from core.runs.records.store import RunStore
from core.runs.worker.environment import settings_for

# More pictures take seconds and hardly change the order of networks.
MOST_PICTURES = 500


def predicted(store: RunStore, run: Run) -> float | None:
    """Returns the LogME of a network's features for the training pictures; None if it can't be told any more.

    It was not trained on them: the network is frozen, and its last layer has no part in it (You et al. 2021,
    https://arxiv.org/abs/2102.11005).

    Args:
        store: where the run is recorded.
        run: has a model on frozen features.
    """
    try:
        dataset = DatasetStore(settings_for(store)).get(run.dataset_id)
        labels = {sample.path: sample.label for sample in dataset.samples}
        return _log_me(store.folder(run.id) / MODEL_FOLDER, tuple(sorted(labels.items())))
    except (CoreError, OSError, ValueError, KeyError, TypeError):
        return None


@lru_cache(maxsize=64)
def _log_me(folder: Path, labels: tuple[tuple[str, int], ...]) -> float:
    by_path = dict(labels)
    paths = json.loads((folder / DESCRIPTION).read_text())["reference_paths"]
    with np.load(folder / REFERENCE, allow_pickle=False) as arrays:
        vectors = np.asarray(arrays["vectors"], np.float64)
    # They are ordered by class: from all over, or the first classes would be all there is.
    chosen = np.linspace(0, len(paths) - 1, min(len(paths), MOST_PICTURES)).round().astype(int)
    return log_me(vectors[chosen], np.array([by_path[paths[index]] for index in chosen]))
