import pytest

from core.config.recipes import recipe_config
from pages.components.training.summary import what


@pytest.mark.parametrize(
    ("recipe", "options", "words"),
    [
        ("recommended", {}, "A new last layer on EfficientNet-Lite0, which stays as it is"),
        ("article", {}, "Two new layers on VGG16, which stays as it is"),
        ("fine_tune", {}, "A new last layer on EfficientNet-Lite0, then the last 3 blocks of it too"),
        ("fine_tune", {"trainable_blocks": 1}, "A new last layer on EfficientNet-Lite0, then the last block of it too"),
        ("fine_tune", {"trainable_blocks": 9}, "A new last layer on EfficientNet-Lite0, then all of it too"),
        (
            "fine_tune",
            {"head_epochs": 0},
            "A new last layer on EfficientNet-Lite0 and the last 3 blocks of it, together",
        ),
        (
            "recommended",
            {"weights": "none"},
            "EfficientNet-Lite0 from scratch: all of it, without what it has learned from photographs",
        ),
    ],
)
def test_what_will_be_trained_is_said_in_one_sentence(recipe, options, words):
    assert what(recipe_config(recipe, **options), 600) == f"{words}; 600 pictures to learn from"
    assert what(recipe_config(recipe, **options), 1).endswith("; 1 picture to learn from")
