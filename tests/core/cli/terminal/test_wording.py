from dataclasses import replace

import pytest

from core.cli.terminal import wording
from core.config.training_config import TrainingConfig
from core.events import Event
from core.runs.records.run import Run, RunStatus

MEGABYTE = 1024**2


def running(event: Event | None, **more: float) -> Run:
    config = TrainingConfig().with_options(trainable_blocks=2)
    phase = event.phase if event else ""
    run = Run("12345678", "a run", "abc", "pets", config, "fine_tune", RunStatus.RUNNING, phase, 0.0)
    return replace(run, progress=event, **more)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Event("download", 3 * MEGABYTE, 12 * MEGABYTE), "Downloading, 3 of 12 MB"),
        (Event("pictures", 1340, 2900), "Checking pictures, 1,340 of 2,900"),
        (Event("map"), "Drawing the map"),
        (Event("new"), "Working"),
    ],
)
def test_jobs(event: Event, words: str) -> None:
    assert wording.job_phase(event) == words


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (None, "Starting"),
        (Event("starting"), "Starting, loading TensorFlow"),
        (Event("weights", 2 * MEGABYTE, 58 * MEGABYTE), "Getting the weights of EfficientNet-Lite0, 2 of 58 MB"),
        (Event("features", 340, 1900), "Reading pictures through the frozen blocks, 340 of 1,900"),
        (Event("head", 2, 5, {"batch": 3, "batches": 9}), "Training the head, epoch 3 of 5"),
        (Event("fine_tune", 3, 5, epoch=8), "Fine-tuning the last 2 blocks, epoch 3 of 5"),
        (Event("save"), "Saving the model"),
    ],
)
def test_runs(event: Event | None, words: str) -> None:
    assert wording.run_phase(running(event)) == words
    assert wording.run_phase(running(event, stop_requested=1.0)) == "Stopping"
