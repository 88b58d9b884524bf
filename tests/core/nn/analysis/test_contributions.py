"""Weights and sums by hand on a tiny network, and the maps that are watched for every backbone."""

from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from core.backbones.table import BACKBONES
from core.config.training_config import TrainingConfig
from core.nn.analysis.contributions import MOST_PROBABLE, contributions, joined, resized, shown, watched_outputs
from core.nn.networks.classifier import build_classifier
from core.nn.networks.model_files import TrainedClassifier, TrainingEmbeddings


def identity(side: int = 2) -> keras.Model:
    """A network whose feature map is the picture."""
    pixels = layers.Input((side, side, 3))
    return keras.Model(pixels, layers.Rescaling(1.0)(pixels))


def head(num_inputs: int, weights: np.ndarray) -> keras.Model:
    inputs = layers.Input((num_inputs,))
    dense = layers.Dense(weights.shape[1])
    model = keras.Model(inputs, dense(inputs))
    dense.set_weights([weights.astype(np.float32), np.zeros(weights.shape[1], np.float32)])
    return model


PICTURE = np.array([[[8, 0, 4], [0, 4, 0]], [[4, 0, 0], [0, 0, 12]]], np.uint8)


def test_pooled_features_are_weighed_by_their_gradients():
    lower = identity()
    inputs = layers.Input((2, 2, 3))
    pooled = keras.Model(inputs, layers.GlobalAveragePooling2D()(inputs))
    weights = np.array([[1.0, 0.0, -1.0], [0.0, 2.0, 1.0], [0.5, 0.0, 1.0]])
    run = contributions(lower, pooled, head(3, weights), 2)
    logits, (part,) = run(tf.constant(PICTURE[None]), tf.constant([0]))
    # Averages 3, 1, 4 give the logits 5, 2 and 2: of the others, the second is the first of the largest.
    np.testing.assert_allclose(logits, [[5, 2, 2]])
    # The score is half of the gradients of the two equal ones: 1 - (0 - 1) / 2, 0 - (2 + 1) / 2, 0.5 - (0 + 1) / 2.
    slopes = np.array([1.5, -1.5, 0.0]) / 4
    np.testing.assert_allclose(part[0], (PICTURE * slopes).sum(axis=-1), atol=1e-6)
    np.testing.assert_allclose(part[0].numpy().sum(), 3, atol=1e-6)  # all of 5 - 2


def test_positions_of_a_flattened_map_are_weighed_one_by_one():
    lower = identity()
    inputs = layers.Input((2, 2, 3))
    flat = keras.Model(inputs, layers.Flatten()(inputs))
    weights = np.zeros((12, 1))
    weights[0], weights[4], weights[11] = 1.0, -2.0, 0.5
    run = contributions(lower, flat, head(12, weights), 2)
    logits, (part,) = run(tf.constant(PICTURE[None]), tf.constant([1]))
    np.testing.assert_allclose(logits, [[0, 8 - 8 + 6]])
    np.testing.assert_allclose(part[0], [[8, -8], [0, 6]])
    # Why the first of two classes: the same, the other way round.
    np.testing.assert_allclose(run(tf.constant(PICTURE[None]), tf.constant([0]))[1][0][0], [[-8, 8], [0, -6]])
    np.testing.assert_allclose(
        run(tf.constant(PICTURE[None]), tf.constant([MOST_PROBABLE]))[1][0][0], [[8, -8], [0, 6]]
    )


def test_several_maps_are_summed_over_the_area_that_their_positions_stand_for():
    small, large = np.array([[4.0, 0.0], [0.0, 0.0]]), np.zeros((4, 4))
    large[0, 0] = 4.0
    alone = joined([small], 8), joined([large], 8)
    np.testing.assert_allclose(joined([small, large], 8), alone[0] + alone[1], atol=1e-5)
    for one in alone:
        assert one.mean() == pytest.approx(0, abs=0.6)  # the mean is subtracted
        assert one.argmax() == 0
    assert alone[1].max() > 2 * alone[0].max()  # the same share of the score, on a smaller area
    np.testing.assert_allclose(resized(np.ones((3, 3)), 7), 1)


def test_only_what_speaks_for_the_class_is_shown():
    np.testing.assert_allclose(shown(np.array([[-4.0, 1.0], [2.0, 0.0]])), [[0, 0.25], [1, 0]])
    assert not shown(np.full((2, 2), -1.0)).any()


def trained_with(config: TrainingConfig) -> TrainedClassifier:
    """A classifier with random weights."""
    reference = TrainingEmbeddings(np.ones((1, 2), np.float16), ("a.png",), 0.5)
    return TrainedClassifier(build_classifier(config, 3), config, ("a", "b", "c"), reference)


@pytest.mark.slow
@pytest.mark.parametrize("name", BACKBONES)
def test_what_is_watched_determines_the_heads_inputs(name):
    config = TrainingConfig(backbone=name, image_size=max(64, BACKBONES[name].min_size))
    for options in ({"depths": 3}, {"trainable_blocks": 1}, {"pooling": "flatten", "normalize": False}):
        trained = trained_with(config.with_options(**options))
        outputs = watched_outputs(trained)
        assert outputs[0].shape[1] >= 4
        keras.Model(trained.classifier.features.input, outputs)
        if outputs[0] is not trained.classifier.embedding.output:
            keras.Model(outputs, trained.classifier.embedding.output)


def test_the_map_whose_style_is_measured_adds_nothing_even_to_a_flat_picture():
    trained = trained_with(TrainingConfig(image_size=64).with_options(depths=3))
    classifier, outputs = trained.classifier, watched_outputs(trained)
    last = classifier.head.get_layer("logits")
    last.set_weights([np.random.default_rng(0).normal(size=weights.shape) for weights in last.get_weights()])
    upper = keras.Model(outputs, classifier.embedding.output)
    run = contributions(keras.Model(classifier.features.input, outputs), upper, classifier.head, 64)
    pictures = np.stack(
        [np.full((64, 64, 3), 90, np.uint8), np.arange(64 * 64 * 3).reshape(64, 64, 3).astype(np.uint8)]
    )
    _, parts = run(tf.constant(pictures), tf.constant([0, 1]))
    assert not parts[-1].numpy().any()
    assert all(np.isfinite(part).all() for part in parts)
    assert all(part.numpy().any() for part in parts[:-1])


def test_earlier_stages_are_watched_too_if_the_head_may_use_them():
    config = TrainingConfig(image_size=224)
    # And the map whose style is measured, as the network's outputs can't be computed without it.
    assert [output.shape[-1] for output in watched_outputs(trained_with(config))] == [1280, 320, 192, 40]
    assert len(watched_outputs(trained_with(config.with_options(trainable_blocks=1)))) == 1
    # On small pictures the last map is too small to say where.
    small = watched_outputs(trained_with(replace(config, image_size=64)))
    assert small[0].shape[1:3] == (4, 4)
