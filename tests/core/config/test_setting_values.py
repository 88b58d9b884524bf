import pytest

from core.config.setting_values import CHOICES, setting_value
from core.config.training_config import SETTINGS


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("backbone", "efficientnet_lite0", "EfficientNet-Lite0"),
        ("preprocessing", "native", "As the network was trained"),
        ("weights", "none", "From scratch"),
        ("weights", "/home/me/vgg.h5", "/home/me/vgg.h5"),
        ("engine", "auto", "The fastest exact one"),
        ("flip", True, "On"),
        ("normalize", False, "Off"),
        ("image_size", 1024, "1024"),
        ("learning_rate", 1e-3, "0.001"),
        ("fine_tune_learning_rate", 1e-5, "1e-05"),
        ("rotation", 15.0, "15"),
    ],
)
def test_values_are_in_the_words_of_the_form(name, value, words):
    assert setting_value(name, value) == words


def test_every_choice_of_a_setting_has_words():
    for name, setting in SETTINGS.items():
        for choice in setting.choices:
            assert setting_value(name, choice) == CHOICES[name][choice] != choice
