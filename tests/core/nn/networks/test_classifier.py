import keras
import numpy as np
import pytest
import tensorflow as tf

from core.config.parts import Head
from core.config.training_config import TrainingConfig
from core.nn.networks.classifier import ChannelStatistics, build_classifier, class_probabilities, with_new_head

PIXELS = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3)).astype(np.float32)


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


@pytest.mark.slow
@pytest.mark.parametrize("backbone", ["efficientnet_lite0", "vgg16", "densenet121", "convnext_tiny"])
@pytest.mark.parametrize("trainable_blocks", [0, 1, 2])
def test_prefix_suffix_and_head_together_are_the_model(backbone, trainable_blocks):
    keras.utils.set_random_seed(0)
    head = Head(units=4)
    config = TrainingConfig(backbone=backbone, image_size=64, head=head).with_options(trainable_blocks=trainable_blocks)
    classifier = build_classifier(config, num_classes=2)
    rows = classifier.prefix(PIXELS, training=False)
    inputs = classifier.suffix(rows, training=False) if classifier.suffix else rows
    np.testing.assert_allclose(inputs, classifier.embedding(PIXELS, training=False), rtol=1e-4, atol=1e-5)
    logits = np.asarray(classifier.head(inputs, training=False))
    np.testing.assert_allclose(sigmoid(logits), classifier.model(PIXELS, training=False), rtol=1e-4, atol=1e-5)


def test_everything_trainable_starts_from_pixels():
    config = TrainingConfig(backbone="mobilenetv3small", image_size=64, weights="none").with_options(trainable_blocks=6)
    classifier = build_classifier(config, num_classes=3)
    assert classifier.prefix is None
    assert classifier.suffix.input_shape == (None, 64, 64, 3)
    assert classifier.model.output_shape == (None, 3)


@pytest.mark.slow
def test_trainable_variables_match_the_configuration_count():
    for trainable_blocks in (0, 1, 3):
        config = TrainingConfig(image_size=64).with_options(trainable_blocks=trainable_blocks)
        classifier = build_classifier(config, num_classes=3)
        unfrozen = classifier.suffix.trainable_weights if classifier.suffix else []
        learning = [*unfrozen, *classifier.head.trainable_weights]
        assert sum(int(np.prod(weight.shape)) for weight in learning) == config.trainable_params(3)


def test_batch_norm_stays_frozen_unless_from_scratch():
    config = TrainingConfig(image_size=64).with_options(trainable_blocks=2)
    names = [weight.path for weight in build_classifier(config, 3).suffix.trainable_weights]
    assert names
    assert not any("_bn" in name for name in names)
    scratch = build_classifier(config.with_options(weights="none"), 3)
    assert any("_bn" in weight.path for weight in scratch.suffix.trainable_weights)


def test_the_articles_head():
    head = Head(pooling="flatten", normalize=False, units=512)
    classifier = build_classifier(TrainingConfig(backbone="vgg16", image_size=150, head=head), num_classes=2)
    assert [type(layer).__name__ for layer in classifier.head.layers] == ["InputLayer", "Flatten", "Dense", "Dense"]
    assert classifier.head.input_shape == (None, 4, 4, 512)
    assert classifier.head.count_params() == 4_195_329
    assert classifier.model.output_shape == (None, 1)


@pytest.mark.parametrize("depths", [1, 2, 3])
def test_normalised_inputs_have_a_root_mean_square_of_one(depths):
    classifier = build_classifier(TrainingConfig(image_size=64).with_options(depths=depths), num_classes=3)
    scaled = keras.Model(classifier.head.input, classifier.head.get_layer("unit_scale").output)
    rows = np.random.default_rng(0).random((5, 1872)).astype(np.float32) * 7
    # Each stage has the same weight, however large its features are.
    rows[:, :1280] *= 100
    inputs = scaled(rows).numpy()
    assert inputs.shape[1] == sum((1280, 320, 192)[:depths])
    np.testing.assert_allclose(np.square(inputs).mean(axis=1), 1, rtol=1e-4)
    shares = np.square(inputs[:, :1280]).sum(axis=1) / np.square(inputs).sum(axis=1)
    np.testing.assert_allclose(shares, 1 / depths, rtol=1e-4)


def test_style_is_the_mean_and_deviation_of_each_channel_and_the_head_ignores_it():
    classifier = build_classifier(TrainingConfig(image_size=64).with_options(depths=3), num_classes=3)
    pixels = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3)).astype(np.float32)
    early = keras.Model(classifier.features.input, classifier.features.get_layer("block3b_add").output)(pixels).numpy()
    inputs = classifier.embedding(pixels).numpy()
    expected = np.concatenate([early.mean(axis=(1, 2)), early.std(axis=(1, 2))], axis=1)
    np.testing.assert_allclose(inputs[:, 1792:], expected, rtol=1e-3, atol=1e-4)
    changed = inputs.copy()
    changed[:, 1792:] += 100
    np.testing.assert_array_equal(classifier.head(inputs), classifier.head(changed))


def test_a_channel_that_is_the_same_everywhere_has_a_gradient():
    flat = tf.Variable(np.ones((1, 4, 4, 3), np.float32))
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(ChannelStatistics()(flat))
    assert np.isfinite(tape.gradient(total, flat)).all()


def test_a_head_with_hidden_units_reads_the_last_stage_of_all_that_is_computed():
    classifier = build_classifier(TrainingConfig(image_size=64, head=Head(units=8)), num_classes=3)
    assert classifier.embedding.output_shape == (None, 1792 + 2 * 40)
    rows = np.random.default_rng(0).random((5, 1872)).astype(np.float32)
    other = rows.copy()
    other[:, 1280:] = 0
    np.testing.assert_array_equal(classifier.head(rows), classifier.head(other))


def test_a_new_head_shares_the_network():
    config = TrainingConfig(image_size=64)
    old = build_classifier(config, num_classes=3)
    new = with_new_head(old, config.with_options(depths=3))
    assert new.head.get_layer("logits").kernel.shape == (1792, 3)
    assert new.embedding is old.embedding
    pixels = np.random.default_rng(0).integers(0, 256, (1, 64, 64, 3)).astype(np.float32)
    np.testing.assert_allclose(new.model(pixels), [[1 / 3] * 3], atol=1e-6)  # a linear head starts at zero


def test_probabilities_of_one_unit_and_of_many():
    np.testing.assert_allclose(class_probabilities(np.array([[0.0], [2.0]])), [[0.5, 0.5], [0.1192, 0.8808]], atol=1e-4)
    np.testing.assert_allclose(class_probabilities(np.array([[1e4, 0.0, -1e4]])), [[1, 0, 0]])


def test_probabilities_are_shares_of_exponentials():
    generator = np.random.default_rng(0)
    for _ in range(200):
        logits = generator.normal(0, 10.0 ** generator.integers(-2, 3), (5, int(generator.integers(2, 50))))
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        np.testing.assert_array_equal(
            class_probabilities(logits), exponentials / exponentials.sum(axis=1, keepdims=True)
        )


@pytest.mark.parametrize("weights", ["none", "imagenet"])
def test_running_statistics_keep_up_with_a_network_from_scratch_only(weights):
    config = TrainingConfig(image_size=32).with_options(weights=weights, trainable_blocks=9)
    network = build_classifier(config, num_classes=2).features
    momenta = {layer.momentum for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization)}
    assert momenta == {0.9 if weights == "none" else 0.99}
