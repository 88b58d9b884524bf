"""A stage says what is trained: the trainer goes by the stage's own numbers, not by those of the configuration."""

import dataclasses

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.features.feature_space import array_rows
from core.nn.networks.classifier import build_head
from core.nn.training.objectives import CrossEntropy
from core.nn.training.stage_data import LabelledRows, StageData
from core.nn.training.stages import Stage
from core.nn.training.trainable import Trainable
from core.nn.training.trainer import Trainer

PICTURES = 12


@pytest.fixture
def stage() -> Stage:
    """Two epochs of a linear head at a rate of 0.5, though the configuration has seven at 0.01."""
    config = TrainingConfig().with_options(epochs=7, learning_rate=1e-2, batch_size=4)
    rows = np.eye(PICTURES, 4, dtype=np.float32)
    labels = np.arange(PICTURES) % 2
    measured = LabelledRows(array_rows(rows), labels)
    data = StageData(lambda indices, epoch: rows[indices], labels, np.ones(2), measured, measured, 0)
    network = Trainable(None, build_head(config.head, (4,), 2))
    return Stage("fine_tune", CrossEntropy(network, data, config), 2, 0.5, config.optimization)


def told(stage: Stage) -> list:
    events = []
    Trainer(stage, events.append, lambda: False).run()
    return events


def test_its_phase_its_epochs_and_its_rate_are_what_is_done(stage):
    epochs = [event for event in told(stage) if event.epoch]
    assert [(event.phase, event.step, event.total) for event in epochs] == [("fine_tune", 1, 2), ("fine_tune", 2, 2)]
    assert [event.metrics["learning_rate"] for event in epochs] == [0.5, 0.5]


def test_its_optimization_says_how_large_a_batch_is_and_how_the_rate_falls(stage):
    optimization = dataclasses.replace(stage.optimization, batch_size=6, schedule="cosine")
    events = told(dataclasses.replace(stage, optimization=optimization))
    assert {event.metrics["batches"] for event in events if not event.epoch} == {PICTURES / 6}
    rates = [event.metrics["learning_rate"] for event in events if event.epoch]
    assert 0.5 > rates[0] > rates[1]
