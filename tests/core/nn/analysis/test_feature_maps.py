"""Outputs of blocks, computed by hand on the smallest network and of the right shapes for every backbone."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from core.backbones.table import BACKBONES
from core.config.training_config import TrainingConfig
from core.errors import RunError, Stopped
from core.explanation.feature_maps import strongest
from core.images.decoding import PictureError
from core.nn.analysis.feature_maps import BlockOutputs
from core.nn.networks.model_files import TrainedClassifier
from tests.core.nn.analysis.test_contributions import trained_with
from tests.core.nn.analysis.test_heat_maps import as_bytes

SIDE = 32


@pytest.fixture(scope="module")
def trained() -> TrainedClassifier:
    keras.utils.set_random_seed(0)
    return trained_with(TrainingConfig(backbone="vgg16", image_size=SIDE).with_options(trainable_blocks=1))


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)


def test_the_first_block_is_as_computed_by_hand(trained, pixels):
    weights = trained.classifier.features.get_weights()
    means = np.array([103.939, 116.779, 123.68], np.float32)
    values = (pixels[..., ::-1].astype(np.float32) - means)[None]
    for kernel, bias in (weights[0:2], weights[2:4]):
        values = np.maximum(tf.nn.conv2d(values, kernel, 1, "SAME").numpy() + bias, 0)
    pooled = values[0].reshape(SIDE // 2, 2, SIDE // 2, 2, 64).max(axis=(1, 3))
    picture = as_bytes(Image.fromarray(pixels))
    blocks = BlockOutputs(trained)
    np.testing.assert_allclose(blocks.outputs(picture)[0], pooled, rtol=1e-3, atol=1e-2)
    found, expected = blocks.feature_maps(picture, "block 1"), strongest("block 1", pooled)
    assert (found.channels, found.num_channels) == (expected.channels, 64)
    np.testing.assert_allclose(found.maps, expected.maps, atol=1e-3)


def test_the_last_block_is_what_the_head_gets(trained, pixels):
    last = BlockOutputs(trained).outputs(as_bytes(Image.fromarray(pixels)))[-1]
    embedding = trained.classifier.embedding(pixels[None].astype(np.float32), training=False).numpy()[0]
    np.testing.assert_allclose(last.mean(axis=(0, 1)), embedding[: last.shape[-1]], rtol=1e-3, atol=1e-4)


def test_progress_is_reported_and_stopping_heeded(trained, pixels):
    events, picture = [], as_bytes(Image.fromarray(pixels))
    BlockOutputs(trained).feature_maps(picture, "block 3", events.append)
    assert [event.phase for event in events] == ["explain"] * len(events)
    assert (events[0].step, events[-1].step, events[-1].total) == (0, 1, 1)
    answers = iter([False, True])
    with pytest.raises(Stopped):
        BlockOutputs(trained).feature_maps(picture, "block 3", should_stop=lambda: next(answers))


def test_bad_input_is_refused_in_words(trained, pixels):
    blocks = BlockOutputs(trained)
    with pytest.raises(RunError, match=r"blocks block 1, .*, block 5\. Received 'stage 1'\. Choose one of them\."):
        blocks.feature_maps(as_bytes(Image.fromarray(pixels)), "stage 1")
    with pytest.raises(PictureError):
        blocks.feature_maps(b"no picture", "block 1")


KINDS = {"frozen": (False, 0), "fine-tuned": (False, 1), "from scratch": (True, None)}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", BACKBONES)
def test_every_block_of_every_backbone_can_be_seen(name, kind, pixels):
    backbone = BACKBONES[name]
    side = max(64, backbone.min_size)
    is_scratch, trainable = KINDS[kind]
    config = TrainingConfig(backbone=name, image_size=side, weights="none" if is_scratch else "imagenet")
    count = len(backbone.blocks) if trainable is None else trainable
    keras.utils.set_random_seed(0)
    trained = trained_with(config.with_options(trainable_blocks=count))
    blocks = BlockOutputs(trained)
    outputs = blocks.outputs(as_bytes(Image.fromarray(pixels)))
    assert blocks.blocks == tuple(block.name for block in backbone.blocks)
    sides = [output.shape[0] for output in outputs]
    assert sides == sorted(sides, reverse=True) and sides[0] > sides[-1]
    assert all(output.shape[0] == output.shape[1] and np.isfinite(output).all() for output in outputs)
    assert outputs[-1].shape[-1] == backbone.num_features
    assert [output.shape[-1] for output in outputs[-2:-4:-1]] == list(backbone.earlier_features)
    found = blocks.feature_maps(as_bytes(Image.fromarray(pixels)), backbone.blocks[0].name)
    assert found.maps.shape == (16, sides[0], sides[0]) and found.num_channels == outputs[0].shape[-1]
    assert found.maps.max() == pytest.approx(1)
    keras.backend.clear_session()
