"""LogME of what real models keep of their training pictures."""

import json
import shutil

import numpy as np
import pytest

from core.datasets.store.store import DatasetStore
from core.experiments import prediction
from core.experiments.prediction import predicted
from core.nn.networks.model_folder import DESCRIPTION, MODEL_FOLDER, REFERENCE
from core.nn.selection.transferability import log_me
from core.settings import settings


def stored(folder):
    """The vectors and the paths that a model keeps."""
    with np.load(folder / MODEL_FOLDER / REFERENCE) as arrays:
        vectors = arrays["vectors"].astype(np.float64)
    return vectors, json.loads((folder / MODEL_FOLDER / DESCRIPTION).read_text())["reference_paths"]


def test_it_is_that_of_the_stored_vectors(raced):
    runs, state = raced
    run = state.runs[0]
    vectors, paths = stored(runs.folder(run.id))
    labels = {sample.path: sample.label for sample in DatasetStore(settings()).get(run.dataset_id).samples}
    expected = log_me(vectors, np.array([labels[path] for path in paths]))
    assert len(paths) == 16 and np.isfinite(expected)
    assert predicted(runs, run) == pytest.approx(expected)


def test_of_many_pictures_some_of_all_classes_are_taken(raced, monkeypatch):
    runs, state = raced
    run = state.runs[0]
    vectors, paths = stored(runs.folder(run.id))
    labels = {sample.path: sample.label for sample in DatasetStore(settings()).get(run.dataset_id).samples}
    monkeypatch.setattr(prediction, "MOST_PICTURES", 6)
    chosen = [0, 3, 6, 9, 12, 15]
    known = np.array([labels[paths[index]] for index in chosen])
    assert set(known) == {0, 1}
    assert predicted(runs, run) == pytest.approx(log_me(vectors[chosen], known))


def test_without_its_data_set_it_can_not_be_told(raced):
    runs, state = raced
    DatasetStore(settings()).delete(state.experiment.dataset_id)
    assert predicted(runs, state.runs[0]) is None


@pytest.mark.parametrize("name", [REFERENCE, DESCRIPTION])
def test_without_its_model_it_can_not_be_told(raced, name):
    runs, state = raced
    folder = runs.folder(state.runs[0].id) / MODEL_FOLDER
    (folder / name).write_bytes(b"{}")
    assert predicted(runs, state.runs[0]) is None
    shutil.rmtree(folder)
    assert predicted(runs, state.runs[0]) is None
