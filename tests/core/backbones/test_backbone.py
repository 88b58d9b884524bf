"""What follows from a backbone's description."""

from dataclasses import replace

import pytest

from core.backbones.backbone import GRIDS, Backbone, Block, WeightsFile
from core.backbones.table import get_backbone
from core.nn.networks.building import build_network

SMALL = Backbone(
    name="small",
    label="Small",
    family="Small",
    num_features=8,
    earlier_features=(4, 2),
    gmacs=0.1,
    top1_imagenet=0.5,
    preprocessing="tf",
    blocks=(Block("stem", "stem_out", 100, 8, 4), Block("top", "", 23, 0, 0)),
    weights_file=WeightsFile("small.h5"),
)


@pytest.mark.parametrize("name", ["vgg16", "densenet121", "xception", "inceptionv3", "convnext_tiny", "resnet50v2"])
@pytest.mark.parametrize("image_size", [97, 150])
def test_the_last_feature_map_has_the_size_that_the_table_gives(name, image_size):
    backbone = get_backbone(name)
    side = backbone.feature_side(image_size)
    assert build_network(backbone, image_size).output_shape[1:3] == (side, side)


def test_parameters_are_those_of_all_blocks_and_four_bytes_each():
    assert SMALL.params == 123
    assert SMALL.download_bytes == 492


@pytest.mark.parametrize(
    ("grid", "image_size", "side"),
    [
        ("ceil", 32, 1),
        ("ceil", 33, 2),
        ("ceil", 224, 7),
        ("floor", 63, 1),
        ("floor", 64, 2),
        ("floor", 224, 7),
        ("densenet", 224, 7),
        ("xception", 299, 10),
        ("inception", 299, 8),
        ("inception", 75, 1),
    ],
)
def test_each_grid_has_the_side_that_its_strides_give(grid, image_size, side):
    assert replace(SMALL, grid=grid).feature_side(image_size) == side


def test_a_smaller_picture_never_has_a_larger_map():
    for grid in GRIDS:
        sides = [replace(SMALL, grid=grid).feature_side(size) for size in range(75, 400)]
        assert sides == sorted(sides)
        assert sides[0] >= 1
