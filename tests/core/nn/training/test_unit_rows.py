from types import SimpleNamespace

import keras
import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.features.feature_space import array_rows
from core.nn.networks.classifier import build_head
from core.nn.training import unit_rows
from core.nn.training.objectives import CrossEntropy
from core.nn.training.stage_data import LabelledRows, StageData
from core.nn.training.stages import Stage
from core.nn.training.trainer import Trainer
from core.nn.training.unit_rows import head_alone

STAGES = (12, 8)


def make(depths: int = 2, **options):
    """A head on two stages of random features of three classes, and its data."""
    keras.utils.set_random_seed(0)
    config = TrainingConfig().with_options(
        depths=depths, epochs=4, batch_size=16, weight_decay=0.1, stop_when_settled=False, **options
    )
    labels = np.arange(60) % 3
    middles = np.random.default_rng(0).random((3, sum(STAGES)))
    rows = (middles[labels] + np.random.default_rng(1).random((60, sum(STAGES)))).astype(np.float16)
    pictures = LabelledRows(array_rows(rows), labels)
    data = StageData(lambda indices, epoch: rows[indices], labels, np.ones(3), pictures, pictures, 0)
    head = build_head(config.head, (sum(STAGES),), 3, STAGES[:depths])
    return SimpleNamespace(head=head, num_classes=3), config, data


def trained(network, data, config) -> tuple[list[dict[str, float]], list[np.ndarray]]:
    stage = Stage("head", CrossEntropy(network, data, config), 4, 1e-2, config.optimization)
    history = Trainer(stage, lambda event: None, lambda: False).run().history
    return history, network.head.get_weights()


@pytest.mark.parametrize("depths", [1, 2])
def test_on_unit_vectors_a_head_learns_the_same(depths, monkeypatch):
    classifier, config, data = make(depths)
    network, unit = head_alone(classifier, config, data)
    assert network.head is not classifier.head
    size = sum(STAGES[:depths])
    np.testing.assert_allclose((unit.read(np.arange(60), 3) ** 2).mean(axis=1), np.ones(60), rtol=1e-3)
    assert unit.measured.rows.read(np.arange(2)).shape == (2, size)
    quick, weights = trained(network, unit, config)
    monkeypatch.setattr(unit_rows, "MOST_BYTES", 0)
    network, same = head_alone(*make(depths))
    assert same.read(np.arange(2), 0).shape == (2, sum(STAGES))
    history, expected = trained(network, same, config)
    assert quick[-1] == pytest.approx(history[-1], rel=1e-4)
    for left, right in zip(weights, expected, strict=True):
        np.testing.assert_allclose(left, right, atol=1e-4)


def test_a_head_that_has_learned_goes_on_from_there():
    classifier, config, data = make()
    learned = [np.full(weights.shape, 0.5, np.float32) for weights in classifier.head.get_weights()]
    classifier.head.set_weights(learned)
    network, _ = head_alone(classifier, config, data)
    for left, right in zip(network.head.get_weights(), learned, strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("options", [{"units": 4}, {"dropout": 0.2}, {"flip": True, "views": 2}])
def test_heads_with_more_layers_and_pictures_that_change_stay_as_they_are(options):
    classifier, config, data = make(depths=1, **options)
    network, same = head_alone(classifier, config, data)
    assert network.head is classifier.head
    assert same is data
