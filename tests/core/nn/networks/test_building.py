import gc
import weakref

import keras
import numpy as np
import pytest

from core.backbones.table import BACKBONES, get_backbone
from core.nn.networks.building import build_network, forget_networks, preprocess, style_output


@pytest.mark.parametrize(
    ("name", "module"), [("vgg16", "vgg16"), ("densenet121", "densenet"), ("xception", "xception")]
)
def test_preprocessing_is_that_of_keras(name, module):
    pixels = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3)).astype(np.float32)
    inputs = keras.Input((8, 8, 3))
    ours = keras.Model(inputs, preprocess(inputs, get_backbone(name).preprocessing))(pixels)
    expected = getattr(keras.applications, module).preprocess_input(pixels.copy())
    np.testing.assert_allclose(ours, expected, atol=1e-4)


def test_unit_preprocessing_divides_by_255():
    inputs = keras.Input((1, 1, 3))
    model = keras.Model(inputs, preprocess(inputs, "unit"))
    np.testing.assert_allclose(model(np.full((1, 1, 1, 3), 51.0)), 0.2, rtol=1e-6)


def test_preprocessing_that_is_included_can_be_replaced():
    network = build_network(get_backbone("efficientnetv2b0"), 32, "unit")
    names = [layer.name for layer in network.layers]
    assert "preprocessing" in names
    assert "normalization" not in names


@pytest.mark.slow
@pytest.mark.parametrize("name", BACKBONES)
def test_style_is_measured_at_an_eighth_of_the_side(name):
    backbone = get_backbone(name)
    side = max(96, backbone.min_size)
    # No block of Xception ends there.
    halvings = 4 if name == "xception" else 3
    assert abs(np.log2(side / style_output(build_network(backbone, side), backbone).shape[1]) - halvings) < 0.5
    forget_networks()


def test_style_is_measured_where_lite0_has_40_channels():
    backbone = get_backbone("efficientnet_lite0")
    assert style_output(build_network(backbone, 224), backbone).shape == (None, 28, 28, 40)


@pytest.mark.slow
def test_forgotten_networks_are_freed_and_the_next_ones_work():
    gc.collect()
    network = build_network(get_backbone("mobilenetv3small"), 32, "native")
    held = weakref.ref(network)
    del network
    forget_networks()
    assert held() is None
    again = build_network(get_backbone("mobilenetv3small"), 32, "native")
    assert again(np.zeros((1, 32, 32, 3), np.float32)).shape[0] == 1
