import keras
import numpy as np
import pytest
import tensorflow as tf

from core.config.training_config import TrainingConfig
from core.features.feature_space import array_rows
from core.nn.networks.classifier import build_head
from core.nn.training.objectives import CrossEntropy
from core.nn.training.optimization import Optimizers, scheduled_rate, steps_function
from core.nn.training.stage_data import LabelledRows, StageData
from core.nn.training.stages import Stage
from core.nn.training.trainable import Trainable


def make_stage(**options) -> Stage:
    """A linear head on four numbers, with its weights at zero."""
    config = TrainingConfig().with_options(learning_rate=1e-2, weight_decay=0.0, **options)
    rows = np.eye(4, dtype=np.float32)
    labels = np.arange(4) % 2
    measured = LabelledRows(array_rows(rows), labels)
    data = StageData(lambda indices, epoch: rows[indices], labels, np.ones(2), measured, measured, 0)
    network = Trainable(None, build_head(config.head, (4,), 2))
    return Stage("head", CrossEntropy(network, data, config), 1, 1e-2, config.optimization)


def one(stage: Stage) -> dict[str, np.ndarray]:
    """One batch of all four pictures."""
    return {name: array[None] for name, array in stage.objective.read(np.arange(4), 0).items()}


def weights(stage: Stage) -> np.ndarray:
    return np.concatenate([variable.numpy().ravel() for variable in stage.objective.network.variables])


def test_a_step_gives_the_loss_before_it_and_moves_every_weight_by_the_rate():
    stage = make_stage()
    steps = steps_function(stage, Optimizers(stage))
    assert float(steps(one(stage), [1e-2])) == pytest.approx(np.log(2))
    kernel = stage.objective.network.head.get_layer("logits").kernel.numpy()
    np.testing.assert_allclose(np.abs(kernel), 1e-2, rtol=1e-3)
    assert np.sign(kernel[:, 0]).tolist() == [-1, 1, -1, 1]
    assert float(steps(one(stage), [1e-2])) < np.log(2)


def test_a_rate_counts_for_the_step_that_it_is_given_to():
    stage = make_stage()
    steps_function(stage, Optimizers(stage))(one(stage), [0.5])
    kernel = stage.objective.network.head.get_layer("logits").kernel.numpy()
    np.testing.assert_allclose(np.abs(kernel), 0.5, rtol=1e-3)


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_steps_in_one_call_are_the_same_as_one_by_one(dropout):
    """Of batches of two sizes, each step with its own rate, and its own random numbers."""
    trained = []
    for sizes in ([1] * 6, [4, 2], [3, 1, 2]):
        keras.utils.set_random_seed(0)
        stage = make_stage(units=8, dropout=dropout)
        steps = steps_function(stage, Optimizers(stage))
        rates, losses = list(np.linspace(0.1, 0.01, 6)), []
        # Four batches of two pictures, then two of one.
        batches = [stage.objective.read(np.arange(4)[part], 0) for part in ([0, 1], [2, 3], [1, 2], [3, 0], [1], [2])]
        for end, count in zip(np.cumsum(sizes), sizes, strict=True):
            part = batches[end - count : end]
            group = {name: np.stack([batch[name] for batch in part]) for name in part[0]}
            losses.append(float(steps(group, rates[end - count : end])))
        trained.append((losses[-1], weights(stage)))
    assert np.abs(trained[0][1]).max() > 0.01
    for loss, found in trained[1:]:
        assert loss == trained[0][0]
        np.testing.assert_array_equal(found, trained[0][1])


def test_variables_without_a_gradient_stay_unchanged():
    stage = make_stage()
    optimizers = Optimizers(stage)
    kernel, bias = optimizers.groups[0]
    optimizers.apply([[tf.ones_like(kernel), None]], 1e-2)
    np.testing.assert_allclose(kernel.numpy(), -1e-2, rtol=1e-3)
    assert not bias.numpy().any()


def test_a_constant_rate_stays_and_a_cosine_falls_to_zero():
    constant, cosine = make_stage(), make_stage(schedule="cosine")
    assert [scheduled_rate(constant, step, 10) for step in (0, 5, 10)] == [1e-2] * 3
    rates = [scheduled_rate(cosine, step, 10) for step in (0, 5, 10)]
    assert rates == pytest.approx([1e-2, 5e-3, 0])
