import dataclasses

import pytest

from core.backbones.table import get_backbone
from core.config.parts import Augmentation, FreezePolicy, Head, Objective, Optimization
from core.config.setting import settings_of
from core.errors import ConfigError

LITE0 = get_backbone("efficientnet_lite0")


@pytest.mark.parametrize("part", [Head, FreezePolicy, Augmentation, Optimization, Objective])
def test_the_default_of_each_setting_can_be_used(part):
    defaults = {name: found.default for name, found in settings_of(part).items()}
    assert {name: getattr(part(), name) for name in defaults} == defaults
    assert all(found.label and found.help for found in settings_of(part).values())
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(part(), next(iter(defaults)), None)


@pytest.mark.parametrize(
    ("part", "values", "message"),
    [
        (Head, {"dropout": 0.95}, "from 0 to 0.9 for dropout"),
        (FreezePolicy, {"trainable_blocks": -1}, "for trainable_blocks"),
        (Augmentation, {"flip": "yes"}, "true or false for flip"),
        (Optimization, {"epochs": 1.5}, "a whole number"),
        (Objective, {"label_smoothing": 2}, "for label_smoothing"),
    ],
)
def test_a_part_refuses_invalid_values(part, values, message):
    with pytest.raises(ConfigError, match=message):
        part(**values)


def test_a_linear_head_counts_its_weights():
    assert Head().num_inputs(LITE0, 224) == 1280
    assert Head().params(LITE0, 224, num_classes=2) == 1281
    assert Head().params(LITE0, 224, num_classes=5) == 1281 * 5


def test_a_head_with_a_layer_in_between_counts_both():
    head = Head(pooling="flatten", units=512)
    assert head.num_inputs(get_backbone("vgg16"), 150) == 4 * 4 * 512
    assert head.params(get_backbone("vgg16"), 150, num_classes=2) == (8192 + 1) * 512 + 513
