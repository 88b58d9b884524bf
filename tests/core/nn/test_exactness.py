"""Cutting the network and keeping features as float16 doesn't change what is learned."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from core.backbones.availability import bundled_weights
from core.backbones.table import get_backbone
from core.config.training_config import TrainingConfig
from core.nn.networks.classifier import build_classifier
from core.nn.networks.weights import load_weights

pytestmark = pytest.mark.slow

PIXELS = np.random.default_rng(0).integers(0, 256, (8, 64, 64, 3)).astype(np.float32)
LABELS = np.arange(8) % 2


def gradients(call, variables):
    with tf.GradientTape() as tape:
        losses = tf.nn.sigmoid_cross_entropy_with_logits(LABELS[:, None].astype(np.float32), call())
        loss = tf.reduce_mean(losses)
    return [gradient.numpy().astype(np.float64) for gradient in tape.gradient(loss, variables)]


def relative_distance(left, right) -> float:
    left, right = (np.concatenate([array.ravel() for array in arrays]) for arrays in (left, right))
    return np.linalg.norm(left - right) / np.linalg.norm(right)


@pytest.mark.parametrize("backbone", ["efficientnet_lite0", "vgg16", "densenet121", "resnet50"])
@pytest.mark.parametrize("trainable_blocks", [1, 3])
def test_the_first_gradient_step_is_that_of_the_full_network(backbone, trainable_blocks):
    """Lite0 and ResNet50 have batch norm and sums that skip layers, DenseNet121 branches that are joined."""
    keras.utils.set_random_seed(0)
    config = TrainingConfig(backbone=backbone, image_size=64).with_options(trainable_blocks=trainable_blocks, units=16)
    classifier = build_classifier(config, num_classes=2)
    if backbone == "efficientnet_lite0":
        load_weights(classifier.features, get_backbone(backbone), bundled_weights(get_backbone(backbone)))
    variables = [*classifier.head.trainable_variables, *(v for block in classifier.unfrozen for v in block)]
    assert len(variables) == len(classifier.suffix.trainable_variables) + 4

    full = gradients(lambda: classifier.head(classifier.embedding(PIXELS, training=False)), variables)
    rows = classifier.prefix(PIXELS, training=False)
    cut = gradients(lambda: classifier.head(classifier.suffix(rows, training=False)), variables)
    assert relative_distance(cut, full) < 1e-4
    stored = tf.cast(tf.cast(rows, tf.float16), tf.float32)
    cached = gradients(lambda: classifier.head(classifier.suffix(stored, training=False)), variables)
    # Half precision on disk costs a ten-thousandth with real weights; in random networks more units sit at their kink.
    assert relative_distance(cached, full) < (1e-3 if backbone == "efficientnet_lite0" else 5e-2)


def test_training_the_parts_trains_the_whole():
    """Suffix and prefix are views of one network: there is nothing to join after training."""
    classifier = build_classifier(TrainingConfig(image_size=64).with_options(trainable_blocks=2), num_classes=3)
    own = {id(variable) for variable in classifier.model.variables}
    for part in (classifier.prefix, classifier.suffix, classifier.head):
        assert {id(variable) for variable in part.variables} <= own
