import pytest

from core.config.training_config import TrainingConfig, option_names
from core.forecast.relevant_settings import (
    settings_for_advice,
    settings_for_rate,
    settings_for_speed,
    settings_for_time,
)

CONFIG = TrainingConfig().with_options(epochs=7, batch_size=16, flip=True, views=4, trainable_blocks=2)
# A different value for each setting, so that no setting is forgotten here.
OTHER = {
    "backbone": "mobilenetv2",
    "weights": "none",
    "image_size": 128,
    "preprocessing": "unit",
    "pooling": "flatten",
    "normalize": False,
    "units": 64,
    "dropout": 0.5,
    "weight_decay": 2.0,
    "cross_validation": False,
    "depths": 2,
    "trainable_blocks": 1,
    "head_epochs": 2,
    "flip": False,
    "rotation": 9.0,
    "zoom": 0.3,
    "shear": 0.3,
    "translation": 0.3,
    "contrast": 0.3,
    "brightness": 0.3,
    "views": 3,
    "epochs": 8,
    "batch_size": 8,
    "learning_rate": 0.5,
    "fine_tune_learning_rate": 0.5,
    "rate_decay": 0.5,
    "schedule": "cosine",
    "label_smoothing": 0.1,
    "class_weighting": False,
    "early_stopping_patience": 4,
    "stop_when_settled": False,
    "validation_split": 0.4,
    "engine": "tensorflow",
    "seed": 3,
    "pictures_per_class": 5,
    "draw": 2,
    "reuse_features": False,
}
NETWORK = {"backbone", "weights", "image_size", "preprocessing", "batch_size", "engine"}
HEAD = {"pooling", "normalize", "units", "dropout", "weight_decay", "cross_validation", "depths"}
PICTURES = {"flip", "rotation", "zoom", "shear", "translation", "contrast", "brightness", "views"}
SPLIT = {"validation_split", "seed", "pictures_per_class", "draw"}


def deciding(relevant) -> set[str]:
    """Returns the settings with an effect."""
    return {name for name, value in OTHER.items() if relevant(CONFIG.with_options(**{name: value})) != relevant(CONFIG)}


def test_every_setting_is_tried():
    assert {*OTHER, "adapt_to"} == set(option_names())


def test_other_pictures_to_adapt_to_only_take_time():
    frozen = CONFIG.with_options(trainable_blocks=0)
    adapted = frozen.with_options(adapt_to="others")
    assert settings_for_time(adapted) != settings_for_time(frozen)
    for relevant in (settings_for_speed, settings_for_rate, settings_for_advice):
        assert relevant(adapted) == relevant(frozen)


@pytest.mark.parametrize(
    ("relevant", "expected"),
    [
        (settings_for_speed, NETWORK | HEAD | {"trainable_blocks"}),
        (
            settings_for_time,
            NETWORK | HEAD | {"trainable_blocks", "epochs", "head_epochs", "reuse_features"} | PICTURES | SPLIT,
        ),
        (settings_for_rate, NETWORK | HEAD - {"cross_validation"} | {"label_smoothing"} | SPLIT),
        (settings_for_advice, NETWORK - {"batch_size"} | {"pooling", "class_weighting"} | SPLIT),
    ],
)
def test_settings_with_an_effect_are_kept(relevant, expected):
    assert deciding(relevant) == expected
    assert relevant(relevant(CONFIG)) == relevant(CONFIG)


def test_from_scratch_the_trainable_blocks_affect_the_rate():
    scratch = CONFIG.with_options(weights="none")
    for name in ("trainable_blocks", "rate_decay"):
        assert settings_for_rate(scratch.with_options(**{name: OTHER[name]})) != settings_for_rate(scratch)
    assert settings_for_rate(scratch.with_options(fine_tune_learning_rate=0.5)) == settings_for_rate(scratch)


def test_a_weight_file_is_as_fast_as_pretrained_weights():
    assert settings_for_speed(CONFIG.with_options(weights="/mine.h5")) == settings_for_speed(CONFIG)
    assert settings_for_time(CONFIG.with_options(weights="/mine.h5")) != settings_for_time(CONFIG)
