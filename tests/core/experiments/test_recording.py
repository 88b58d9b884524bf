"""Recordings of runs, and their way through JSON."""

import json
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.errors import RunError
from core.evaluation.evaluation import Evaluation, save_evaluations
from core.events import SECONDS_AT_WORK, Event
from core.experiments.recording import (
    Lane,
    Panel,
    Point,
    Recording,
    Remark,
    recording_of_run,
    recording_of_runs,
)
from core.runs.records.store import Run, RunStatus, RunStore

EVIL = '</script><b>\u2028 "Cats" & dogs'


@pytest.fixture
def store(tmp_path) -> RunStore:
    return RunStore(tmp_path / "home" / "studio.sqlite")


def finished(store: RunStore, name: str, epochs: list[Mapping[str, float]], phases: str = "") -> Run:
    """A completed run whose epoch N ended after 2N seconds at work; phases has `h` or `f` for each epoch."""
    run = store.create("d", "Data", TrainingConfig(), name=name)
    store.claim(slots=9)
    for number, metrics in enumerate(epochs, start=1):
        phase = "fine_tune" if phases[number - 1 : number] == "f" else "head"
        event = Event(phase, number, len(epochs), {**metrics, SECONDS_AT_WORK: 2.0 * number}, epoch=number)
        store.append(run.id, event)
    store.finish(run.id, RunStatus.COMPLETED, metrics={"val_accuracy": 0.5}, seconds={"head": 2.0 * len(epochs) + 1})
    return store.get(run.id)


def measured(*accuracies: float) -> list[Mapping[str, float]]:
    return [{"loss": 1.0, "val_loss": 2.0, "accuracy": 0.25, "val_accuracy": found} for found in accuracies]


def texts(recording: Recording) -> list[str]:
    return [remark.text for remark in recording.remarks]


def test_json_brings_everything_back():
    panel = Panel(
        "Accuracy", "Pictures", "Accuracy", True, (Lane(EVIL, (Point(0.5, 5, 0.7, 0.6, 0.8), Point(1, 9, 0.9))),)
    )
    recording = Recording(EVIL, "How many?", (panel,), (Remark(0.5, EVIL),), "So many.", 12.5)
    assert Recording.from_json(recording.to_json()) == recording


@pytest.mark.parametrize("text", ["[]", "{}", '{"panels": [{}], "remarks": []}', '{"panels": [], "remarks": []}', "no"])
def test_other_json_is_refused(text):
    with pytest.raises(ValueError):
        Recording.from_json(text)


@pytest.mark.parametrize("numbers", [(float("nan"), 0, 0), (0, 0, float("inf")), (-1, 0, 0), (0, 0, 0, 0.5)])
def test_a_point_that_can_not_be_drawn_is_refused(numbers):
    with pytest.raises(ValueError, match="Expected"):
        Point(*numbers)


def test_a_run_has_its_curves_by_epoch_with_their_times(store):
    recording = recording_of_run(store, finished(store, "One", measured(0.4, 0.6)))
    accuracy, loss = recording.panels
    assert (accuracy.title, accuracy.is_share, loss.title, loss.is_share) == ("Accuracy", True, "Loss", False)
    assert accuracy.lanes[0] == Lane("Validation", (Point(2, 1, 0.4), Point(4, 2, 0.6)))
    assert accuracy.lanes[1] == Lane("Training", (Point(2, 1, 0.25), Point(4, 2, 0.25)))
    assert [lane.name for lane in loss.lanes] == ["Validation", "Training"]
    assert (recording.title, recording.seconds) == ("One", 5.0)


def test_what_was_not_measured_has_no_lane_and_no_panel(store):
    (panel,) = recording_of_run(store, finished(store, "One", [{"val_loss": 1.0}])).panels
    assert [lane.name for lane in panel.lanes] == ["Validation"]


def test_remarks_follow_what_happens(store):
    recording = recording_of_run(store, finished(store, "One", measured(0.4, 0.85, 0.97, 0.9), "hhff"))
    assert texts(recording) == [
        "It begins: the pictures are read. The first epoch ends after 2.0 s.",
        "After one epoch, 40.0 % of the validation pictures are right.",
        "80 % are reached in epoch 2, after 4.0 s.",
        "From epoch 3 on, a part of the pretrained network learns too.",
        "95 % are reached in epoch 3, after 6.0 s.",
        "The best was epoch 3: 97.0 % were right.",
        "Done: 4 epochs in 9.0 s.",
    ]
    assert [remark.at for remark in recording.remarks] == [0, 2, 4, 4, 6, 9, 9]


def test_nothing_pretrained_is_told_of_a_run_from_scratch(store):
    run = finished(store, "One", measured(0.4, 0.5), "ff")
    assert any("pretrained" in text for text in texts(recording_of_run(store, run)))
    scratch = replace(run, config=TrainingConfig(weights="none").with_options(trainable_blocks=9))
    assert scratch.config.from_scratch
    assert not any("pretrained" in text for text in texts(recording_of_run(store, scratch)))


def test_the_result_comes_from_the_evaluation_else_from_the_last_epoch(store):
    run = finished(store, "One", measured(0.4, 0.5))
    assert "50.0 % of the validation pictures" in recording_of_run(store, run).result
    answers = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
    found = Evaluation("validation", ("a", "b"), np.array([0, 1, 1]), answers, ("1", "2", "3"))
    save_evaluations([found], store.folder(run.id))
    assert recording_of_run(store, run).result.startswith("2 of 3 right: plausibly")
    assert "loss" in recording_of_run(store, finished(store, "Two", [{"val_loss": 0.5}])).result


def test_a_run_without_epochs_has_nothing_to_replay(store):
    with pytest.raises(RunError, match="nothing to replay"):
        recording_of_run(store, finished(store, "None", []))


def test_several_runs_start_together(store):
    first, second = finished(store, EVIL, measured(0.4, 0.6)), finished(store, "Two", measured(0.7))
    remarks = [Remark(4, "Later."), Remark(2, "First.")]
    runs = [("From scratch", first), ("Frozen", second), ("None", finished(store, "None", []))]
    recording = recording_of_runs(store, runs, "Race", "Who wins?", remarks, "Frozen.")
    by_seconds, by_epoch = recording.panels
    assert [lane.name for lane in by_seconds.lanes] == ["From scratch", "Frozen", "None"]
    assert by_seconds.lanes[0].points == (Point(2, 2, 0.4), Point(4, 4, 0.6))
    assert by_epoch.lanes[0].points == (Point(2, 1, 0.4), Point(4, 2, 0.6))
    assert by_seconds.lanes[1].points == (Point(2, 2, 0.7),)
    assert by_seconds.lanes[2].points == ()
    assert texts(recording) == ["First.", "Later."]
    assert (recording.question, recording.result, recording.seconds) == ("Who wins?", "Frozen.", 5.0)
    assert json.loads(recording.to_json())["panels"][0]["is_share"] is True
