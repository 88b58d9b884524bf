"""Folders of an older version, without manifests, in a data home whose database is lost."""

import json
from dataclasses import replace

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import Evaluation, save_evaluations
from core.nn.training.checkpoints import Checkpoints, TrainingState
from core.nn.training.notes import load_notes, save_notes
from core.runs.records.store import RunStatus, RunStore
from core.settings import settings
from core.wording.coded import Note
from core.wording.run_notes import run_note

RUN_ID = "0123abcd"
COMPUTED = Note("ran_in_tensorflow", {"version": "2.21", "reason": "", "cosine": 1.0})


@pytest.fixture
def old(store: RunStore, dataset: DatasetIndex, config: TrainingConfig) -> RunStore:
    """A home with the model, evaluation and notes of a completed run of an older version."""
    folder = store.folder(RUN_ID)
    (folder / "model").mkdir(parents=True)
    description = {"config": json.loads(config.to_json()), "class_names": dataset.class_names}
    (folder / "model" / "classifier.json").write_text(json.dumps(description))
    held_out = dataset.with_split(config.validation_split, config.seed).select("validation")
    labels = np.array([sample.label for sample in held_out])
    probabilities = np.full((len(held_out), 2), 0.5)
    probabilities[:, 0] += 0.25
    paths = tuple(sample.path for sample in held_out)
    save_evaluations([Evaluation("validation", dataset.class_names, labels, probabilities, paths)], folder)
    save_notes([COMPUTED], folder)
    store.path.unlink()
    return RunStore(store.path)


def test_completed_run_comes_back(old: RunStore, dataset: DatasetIndex, config: TrainingConfig) -> None:
    (run,) = old.list()
    assert (run.id, run.status, run.config) == (RUN_ID, RunStatus.COMPLETED, config)
    assert (run.dataset_id, run.dataset_name) == (dataset.id, dataset.name)
    assert run.has_model and run.metrics["val_accuracy"] == 0.5 and run.metrics["val_loss"] > 0
    assert (run.name, run.recipe, run.seconds, old.events(run.id)) == (f"Restored run {RUN_ID}", "", {}, [])
    first, note = load_notes(old.folder(run.id))
    assert first == COMPUTED and "Its name, recipe and times were not recorded there" in run_note(note)
    old.path.unlink()
    again = RunStore(old.path)
    assert again.get(RUN_ID) == run and len(load_notes(again.folder(run.id))) == 2


def test_stopped_run_comes_back_with_its_curve(old: RunStore, config: TrainingConfig) -> None:
    old.delete(RUN_ID)
    folder = old.folder(RUN_ID)
    (folder / "model").mkdir(parents=True)
    description = {"config": json.loads(config.to_json()), "class_names": ["a", "b"]}
    (folder / "model" / "classifier.json").write_text(json.dumps(description))
    history = [{"loss": 1.0, "val_accuracy": 0.5}, {"loss": 0.5, "val_accuracy": 0.75}]
    Checkpoints(folder / "checkpoints").save(TrainingState("head", 2, 0, history, 0.5, 0, 2))
    old.path.unlink()
    store = RunStore(old.path)
    (run,) = store.list()
    assert run.status == RunStatus.STOPPED and not run.has_model and run.can_resume
    assert [dict(event.metrics) for event in store.events(run.id)] == history
    assert (run.dataset_id, run.dataset_name) == ("", "unknown")
    assert len(load_notes(folder)) == 3


def test_an_uncertain_data_set_stays_unknown(old: RunStore, dataset: DatasetIndex, config: TrainingConfig) -> None:
    """A version with another training picture holds out the same pictures of the other class, but not of both."""
    datasets = DatasetStore(settings())
    datasets.delete(dataset.id)
    folder = old.folder(RUN_ID)
    (folder / "run.json").unlink()
    old.path.unlink()
    (run,) = RunStore(old.path).list()
    assert (run.dataset_id, run.dataset_name) == ("", "unknown")
    assert replace(run, dataset_id="") == run


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"config": {"unheard_of": 1}, "class_names": []}'])
def test_folder_without_a_configuration_is_named(store: RunStore, content: str) -> None:
    folder = store.folder(RUN_ID)
    (folder / "model").mkdir(parents=True)
    (folder / "model" / "classifier.json").write_text(content)
    store.path.unlink()
    (done,) = RunStore(store.path).rebuilds(in_terminal=True)
    assert (done.restored, done.unreadable) == (0, (RUN_ID,))
    assert folder.is_dir()
