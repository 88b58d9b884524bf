import json
import math
from dataclasses import FrozenInstanceError

import pytest

from core.backbones.table import get_backbone
from core.config.parts import Augmentation, FreezePolicy, Head, Objective, Optimization
from core.config.setting import settings_of
from core.config.training_config import PARTS, SETTINGS, TrainingConfig, option_names
from core.errors import ConfigError


def test_json_gives_back_the_same_configuration():
    config = TrainingConfig(
        backbone="vgg16",
        head=Head(pooling="flatten", units=8, dropout=0.25),
        freeze=FreezePolicy(trainable_blocks=1),
        augmentation=Augmentation(flip=True, zoom=0.2),
    ).with_options(epochs=3)
    assert TrainingConfig.from_json(config.to_json()) == config


# Written by an older version with most fields at the top level.
FLAT = """{"backbone": "vgg16", "weights": "imagenet", "image_size": 64, "preprocessing": "unit", "head": {"pooling":
"flatten", "normalize": false, "units": 8, "dropout": 0.1, "weight_decay": 0.2}, "freeze": {"trainable_blocks": 3,
"head_epochs": 2}, "augmentation": {"flip": true, "rotation": 5.0, "zoom": 0.1, "shear": 0.2, "translation": 0.05,
"contrast": 0.3, "brightness": 0.4, "views": 3}, "epochs": 3, "batch_size": 8, "learning_rate": 0.002,
"fine_tune_learning_rate": 0.0003, "rate_decay": 0.5, "schedule": "cosine", "label_smoothing": 0.1, "class_weighting":
false, "early_stopping_patience": 4, "validation_split": 0.3, "engine": "tensorflow", "seed": 5}"""


def test_json_of_an_older_version_with_flat_fields_is_read_without_loss():
    config = TrainingConfig.from_json(FLAT)
    assert config.optimization == Optimization(3, 8, 0.002, 0.0003, 0.5, "cosine", 4, stop_when_settled=False)
    # Nothing was chosen before there was a choice.
    assert not config.head.cross_validation
    assert config.head.depths == 1
    assert config.objective == Objective(label_smoothing=0.1, class_weighting=False)
    written = json.loads(config.to_json())
    del written["head"]["cross_validation"], written["head"]["depths"], written["optimization"]["stop_when_settled"]
    del written["sampling"], written["adaptation"], written["reuse_features"]
    assert {**written.pop("optimization"), **written.pop("objective"), **written} == json.loads(FLAT)
    assert TrainingConfig.from_json(config.to_json()) == config


def test_the_options_of_a_configuration_are_read_as_json():
    config = TrainingConfig().with_options(epochs=3, trainable_blocks=2, flip=True, label_smoothing=0.1)
    assert TrainingConfig.from_json(json.dumps(config.options())) == config


def test_parts_are_small_and_every_setting_explains_itself():
    assert all(len(settings_of(kind)) <= 8 for kind in (TrainingConfig, *PARTS.values()))
    assert SETTINGS.keys() == TrainingConfig().options().keys()
    for name, setting in SETTINGS.items():
        assert setting.label and setting.help.endswith("."), name
        assert setting.default == TrainingConfig().options()[name]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"epoch": 3}', '{"head": {"width": 3}}', '{"head": 3}'])
def test_json_that_isnt_a_configuration_is_refused(text):
    with pytest.raises(ConfigError, match="Expected a training configuration"):
        TrainingConfig.from_json(text)


def test_fields_of_the_parts_are_given_flat():
    config = TrainingConfig().with_options(trainable_blocks=2, units=16, flip=True, epochs=7)
    assert (
        config.freeze.trainable_blocks,
        config.head.units,
        config.augmentation.flip,
        config.optimization.epochs,
    ) == (
        2,
        16,
        True,
        7,
    )
    assert config.options()["units"] == 16
    assert set(config.options()) == set(option_names())


def test_every_option_has_a_unique_name():
    assert len(set(option_names())) == len(option_names())


def test_an_unknown_option_is_named():
    with pytest.raises(ConfigError, match=r"Received \['epoch'\]"):
        TrainingConfig().with_options(epoch=3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"backbone": "vgg17"}, "Received 'vgg17'"),
        ({"image_size": 16}, "from 32 to 1024 for image_size"),
        ({"image_size": 100.5}, "a whole number"),
        ({"backbone": "inceptionv3", "image_size": 64}, "from 75 to 1024"),
        ({"epochs": 0}, "from 1 to 1000 for epochs"),
        ({"epochs": True}, "for epochs"),
        ({"learning_rate": math.nan}, "for learning_rate"),
        ({"learning_rate": -1}, "for learning_rate"),
        ({"pooling": "max"}, "pooling as one of average, flatten"),
        ({"preprocessing": "caffe"}, "preprocessing as one of native, unit"),
        ({"trainable_blocks": 10}, "at most 9 trainable_blocks, as many as EfficientNet-Lite0 has"),
        ({"dropout": 1.0}, "for dropout"),
        ({"flip": 1}, "true or false for flip"),
        ({"views": 0}, "for views"),
        ({"validation_split": 0.9}, "for validation_split"),
        ({"weights": ""}, "weights"),
    ],
)
def test_a_value_that_cannot_work_is_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        TrainingConfig().with_options(**options)


def test_epochs_of_the_stages():
    frozen = TrainingConfig().with_options(epochs=4)
    assert (frozen.head_epochs, frozen.fine_tune_epochs, frozen.total_epochs) == (4, 0, 4)
    unfrozen = frozen.with_options(trainable_blocks=2, head_epochs=3)
    assert (unfrozen.head_epochs, unfrozen.fine_tune_epochs, unfrozen.total_epochs) == (3, 4, 7)
    scratch = unfrozen.with_options(weights="none")
    assert (scratch.head_epochs, scratch.total_epochs) == (0, 4)


def test_trainable_parameters_of_the_article():
    article = TrainingConfig(backbone="vgg16", image_size=150, head=Head(pooling="flatten", normalize=False, units=512))
    # Flatten gives 4 x 4 x 512 numbers; Dense(512) and Dense(1) have a bias each.
    assert article.trainable_params(num_classes=2) == 4 * 4 * 512 * 512 + 512 + 512 + 1
    last_block = get_backbone("vgg16").blocks[-1].parameters
    assert article.with_options(trainable_blocks=1).trainable_params(2) == last_block + 4_195_329


def test_batch_norm_counts_as_trainable_only_from_scratch():
    config = TrainingConfig().with_options(trainable_blocks=1)
    top = get_backbone("efficientnet_lite0").blocks[-1]
    assert config.trainable_params(3) == top.parameters - top.batch_norm + 3 * 1281
    assert config.with_options(weights="none").trainable_params(3) == top.parameters - top.statistics + 3 * 1281


def test_versions_of_a_picture():
    assert Augmentation(views=5).cached_views == 1
    assert Augmentation(views=5, flip=True).cached_views == 5


def test_a_configuration_never_changes():
    with pytest.raises(FrozenInstanceError):
        TrainingConfig().epochs = 3


def test_a_model_can_only_be_adapted_on_top_of_frozen_pretrained_features():
    config = TrainingConfig().with_options(adapt_to="abc")
    assert config.adaptation.is_on and config.can_adapt
    assert not TrainingConfig().adaptation.is_on
    for options in (
        {"trainable_blocks": 1},
        {"weights": "none"},
        {"pooling": "flatten"},
        {"normalize": False},
        {"units": 8},
        {"dropout": 0.1},
    ):
        with pytest.raises(ConfigError, match=r"^Expected no pictures to adapt to unless a pretrained network stays"):
            config.with_options(**options)
        assert not TrainingConfig().with_options(**options).can_adapt
    with pytest.raises(ConfigError, match="adapt_to as a data set's id"):
        TrainingConfig().with_options(adapt_to=3)
