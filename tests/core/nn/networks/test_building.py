import math

import keras
import numpy as np
import pytest

from core.backbones.table import BACKBONES, get_backbone
from core.nn.networks.building import boundary, build_network, preprocess


def every_layer(model):
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from every_layer(layer)
        else:
            yield layer


def numbers(weights) -> int:
    return sum(math.prod(weight.shape) for weight in weights)


@pytest.mark.parametrize("name", BACKBONES)
def test_the_table_tells_the_truth(name):
    """Builds each network, cuts it at every boundary and counts what the table claims of each block."""
    backbone = get_backbone(name)
    network = build_network(backbone, backbone.min_size)
    before = np.zeros(3, int)
    for count, block in enumerate(backbone.blocks, start=1):
        output = boundary(network, backbone, count)
        prefix = keras.Model(network.input, output)
        if block.output:
            keras.Model(output, network.output)  # Fails where more than this one tensor crosses the boundary.
        norms = [layer for layer in every_layer(prefix) if isinstance(layer, keras.layers.BatchNormalization)]
        counts = np.array(
            [
                prefix.count_params(),
                sum(layer.count_params() for layer in norms),
                numbers(weight for layer in norms for weight in layer.non_trainable_weights),
            ]
        )
        assert tuple(counts - before) == (block.parameters, block.batch_norm, block.statistics), block.name
        before = counts
    side = backbone.feature_side(backbone.min_size)
    assert network.output_shape == (None, side, side, backbone.num_features)
    assert backbone.params == network.count_params()


@pytest.mark.parametrize("name", ["vgg16", "densenet121", "xception", "inceptionv3", "convnext_tiny", "resnet50v2"])
@pytest.mark.parametrize("image_size", [97, 150])
def test_the_last_feature_map_has_the_size_that_the_table_gives(name, image_size):
    backbone = get_backbone(name)
    side = backbone.feature_side(image_size)
    assert build_network(backbone, image_size).output_shape[1:3] == (side, side)


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
