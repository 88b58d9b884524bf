"""The extension point for other ways of training: a new objective is one class, and nothing else changes."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from core.config.parts import Head
from core.features.feature_space import array_rows
from core.nn.networks.classifier import build_head
from core.nn.training.checkpoints import Checkpoints
from core.nn.training.objectives import CrossEntropy, Objective, picture_losses
from core.nn.training.stage_data import LabelledRows, StageData
from core.nn.training.stages import Stage
from core.nn.training.trainable import Trainable
from core.nn.training.trainer import Trainer
from core.nn.training.training import CHECKPOINT_FOLDER, run_training


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_loss_of_a_picture_is_that_of_the_textbook(smoothing):
    logits = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
    labels = np.arange(6) % 3
    targets = np.eye(3)[labels] * (1 - smoothing) + smoothing / 3
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    expected = -(targets * np.log(shares)).sum(axis=1)
    np.testing.assert_allclose(picture_losses(tf.constant(labels), tf.constant(logits), smoothing), expected, rtol=1e-5)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_one_output_for_two_classes_gives_the_loss_of_two(smoothing):
    logits = np.random.default_rng(0).normal(size=(6, 1)).astype(np.float32)
    labels = tf.constant(np.arange(6) % 2)
    both = tf.constant(np.concatenate([np.zeros_like(logits), logits], axis=1))
    expected = picture_losses(labels, both, smoothing)
    np.testing.assert_allclose(picture_losses(labels, tf.constant(logits), smoothing), expected, rtol=1e-5)


class InstanceWeighted(CrossEntropy):
    """Cross-entropy with a weight for every picture; here only circles count."""

    def read(self, indices, epoch):
        batch = super().read(indices, epoch)
        return batch | {"weights": batch["weights"] * (batch["labels"] == 0).astype(np.float32)}


@tf.custom_gradient
def reverse_gradient(x):
    return x, lambda gradient: -0.1 * gradient


class Adversarial(CrossEntropy):
    """Cross-entropy with an adversary that tells original pictures from noisy ones by the inputs of the head."""

    def __init__(self, network, data, config):
        super().__init__(network, data, config)
        width = network.head.input_shape[-1]
        self.adversary = keras.Sequential([keras.layers.Input((width,)), keras.layers.Dense(1, name="adversary")])

    @property
    def variables(self):
        return self.adversary.variables

    def read(self, indices, epoch):
        batch = super().read(indices, epoch)
        generator = np.random.default_rng([self.data.seed, epoch, *indices[:1]])
        noise = generator.normal(scale=0.1, size=batch["rows"].shape)
        return batch | {"noisy": (batch["rows"] + noise).astype(np.float32)}

    def loss(self, batch):
        losses = [super().loss(batch)]
        for name, target in (("rows", 0.0), ("noisy", 1.0)):
            inputs = reverse_gradient(self.network.head_inputs(batch[name], training=True))
            answers = self.adversary(inputs)
            losses.append(tf.reduce_mean(keras.losses.binary_crossentropy(target + 0 * answers, answers, True)))
        return tf.add_n(losses)

    def measure(self, run, pictures):
        return super().measure(run, pictures) | {"adversary_size": float(np.abs(self.adversary.weights[0]).sum())}


class Contrastive(Objective):
    """Pulls together the projections of two noisy views of a picture; needs no labels and doesn't affect logits."""

    def __init__(self, network, data, config):
        super().__init__(network, data)
        width = network.head.input_shape[-1]
        self.projection = keras.Sequential([keras.layers.Input((width,)), keras.layers.Dense(8, name="projection")])

    @property
    def variables(self):
        return self.projection.variables

    def read(self, indices, epoch):
        rows = self.data.read(indices, epoch)
        noise = np.random.default_rng([self.data.seed, epoch, *indices[:1]]).normal(scale=0.1, size=(2, *rows.shape))
        return {"first": (rows + noise[0]).astype(np.float32), "second": (rows + noise[1]).astype(np.float32)}

    def loss(self, batch):
        first, second = self.outputs(batch["first"]), self.outputs(batch["second"])
        alike = tf.matmul(first, second, transpose_b=True) / 0.5
        return tf.reduce_mean(keras.losses.categorical_crossentropy(tf.eye(tf.shape(alike)[0]), alike, True))

    def outputs(self, rows):
        return tf.math.l2_normalize(self.projection(self.network.head_inputs(rows)), axis=1)

    def measure(self, run, pictures):
        vectors = run(pictures.rows)
        shares = np.exp(vectors @ vectors.T / 0.5)
        return {"loss": float(-np.log(np.diag(shares) / shares.sum(axis=1)).mean())}


class Ended(BaseException):
    """Ends training anywhere, like a crash."""


def train(config, dataset, home, folder, objective, end_at=None):
    """Trains, interrupted after an epoch and continued from the checkpoint."""
    events = []

    def on_event(event):
        events.append(event)
        if event.epoch and event.epoch == end_at:
            raise Ended

    try:
        outcome = run_training(config, dataset, home.runs / folder, home, on_event, lambda: False, objective)
    except Ended:
        assert list((home.runs / folder / CHECKPOINT_FOLDER).glob("*.npz"))
        outcome = run_training(config, dataset, home.runs / folder, home, events.append, lambda: False, objective)
    return [event for event in events if event.epoch], outcome


@pytest.mark.slow
@pytest.mark.parametrize("objective", [InstanceWeighted, Adversarial])
def test_another_objective_trains_and_continues_after_an_interruption(objective, config, dataset, home):
    """In the head and in fine-tuning, with the objective's own variables."""
    config = config.with_options(trainable_blocks=1, head_epochs=2, epochs=2, early_stopping_patience=2, flip=True)
    whole, expected = train(config, dataset, home, "whole", objective)
    plain, _ = train(config, dataset, home, "plain", CrossEntropy)
    assert [event.phase for event in whole] == [event.phase for event in plain]
    assert whole[-1].metrics["val_loss"] != pytest.approx(plain[-1].metrics["val_loss"], rel=1e-4)
    for end_at in (1, 3):
        events, outcome = train(config, dataset, home, f"ended {end_at}", objective, end_at)
        assert [(event.phase, event.epoch) for event in events] == [(event.phase, event.epoch) for event in whole]
        for left, right in zip(events, whole, strict=True):
            own = {name for name in right.metrics if name.startswith(("loss", "val_", "adversary"))}
            assert {name: left.metrics[name] for name in own} == pytest.approx(
                {name: right.metrics[name] for name in own}, rel=1e-3
            )
        assert outcome.metrics == pytest.approx(expected.metrics, rel=1e-3)


@pytest.mark.slow
def test_instances_without_a_weight_teach_nothing(config, dataset, home):
    events, outcome = train(config.with_options(epochs=8), dataset, home, "circles", InstanceWeighted)
    assert outcome.metrics["val_accuracy"] == pytest.approx(1 / 3)
    assert events[-1].metrics["accuracy"] == pytest.approx(1 / 3)


def contrastive_stage(config) -> Stage:
    keras.utils.set_random_seed(0)
    labels = np.arange(48) % 3
    middles = np.random.default_rng(0).normal(size=(3, 16))
    rows = (middles[labels] + np.random.default_rng(1).normal(size=(48, 16)) * 0.3).astype(np.float32)
    measured = LabelledRows(array_rows(rows), labels)
    data = StageData(lambda indices, epoch: rows[indices], labels, np.ones(3), measured, measured, 0)
    network = Trainable(None, build_head(Head(), (16,), 3))
    return Stage("head", Contrastive(network, data, config), 6, 1e-2, config.optimization)


def test_an_objective_without_labels_learns_and_measures_in_its_own_way(config, tmp_path):
    stage, checkpoints, events = contrastive_stage(config), Checkpoints(tmp_path), []
    before = [variable.numpy() for variable in stage.objective.network.head.variables]
    fitted = Trainer(stage, events.append, lambda: False, on_state=checkpoints.save).run()
    assert fitted.history[-1]["val_loss"] < fitted.history[0]["val_loss"]
    assert set(fitted.history[0]) == {"loss", "objective", "val_loss", "learning_rate"}
    for variable, old in zip(stage.objective.network.head.variables, before, strict=True):
        np.testing.assert_array_equal(variable, old)
    state = checkpoints.load().state
    assert len(state.variables) == len(before) + 2
    again = contrastive_stage(config)
    Trainer(again, events.append, lambda: False, resume_from=state).run()
    for left, right in zip(again.objective.variables, stage.objective.variables, strict=True):
        np.testing.assert_array_equal(left, right)
