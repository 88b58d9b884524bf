"""The table of backbones against the networks that are built from it."""

import math

import keras
import numpy as np
import pytest

from core.backbones.backbone import GRIDS
from core.backbones.table import BACKBONES, get_backbone
from core.errors import ConfigError
from core.nn.networks.building import boundary, build_network, stage_outputs


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
    outputs = stage_outputs(network, backbone, len(backbone.stage_features))
    assert backbone.stage_features == tuple(output.shape[-1] for output in outputs)


def test_each_backbone_is_found_by_its_name():
    for name in BACKBONES:
        assert get_backbone(name).name == name
    assert len({backbone.label for backbone in BACKBONES.values()}) == len(BACKBONES)


@pytest.mark.parametrize("name", ["", "VGG16", "alexnet"])
def test_unknown_names_are_refused(name):
    with pytest.raises(ConfigError, match=rf"one of the backbones efficientnet_lite0, .*\. Received '{name}'\."):
        get_backbone(name)


def test_the_table_can_be_compared():
    for backbone in BACKBONES.values():
        assert 0.5 < backbone.top1_imagenet < 1
        assert backbone.gmacs > 0
        assert backbone.min_size <= backbone.image_size
        assert backbone.preprocessing in ("caffe", "tf", "torch", "lite", "included")
        assert backbone.grid in GRIDS
        assert len({block.name for block in backbone.blocks}) == len(backbone.blocks)
        # Only the last block ends where the network does.
        assert [not block.output for block in backbone.blocks] == [False] * (len(backbone.blocks) - 1) + [True]
        assert len(backbone.weights_file.checksum) in (0, 32, 64)
