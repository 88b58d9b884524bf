"""Ready-made configurations, one click each."""

import math
from dataclasses import dataclass
from typing import Any

from core.backbones.table import get_backbone
from core.config.parts import Augmentation, FreezePolicy, Head, Objective, Optimization
from core.config.training_config import TrainingConfig
from core.errors import ConfigError

# Gradient steps after which the recommended head has converged (Adam, batches of 32, unit features).
RECOMMENDED_STEPS = 300
MIN_EPOCHS, MAX_EPOCHS = 10, 60
FEW_PICTURES = 100
# Gradient steps of Fine-tune, for the head alone and then with unfrozen blocks. Five epochs of each are too few for few
# pictures: with 20 a class, 83 instead of 91 % of silhouettes were right, and 86 instead of 91 % of digits.
HEAD_STEPS, FINE_TUNE_STEPS = 300, 150
LEAST_FINE_TUNE_EPOCHS, MOST_HEAD_EPOCHS, MOST_FINE_TUNE_EPOCHS = 5, 60, 40


@dataclass(frozen=True)
class Recipe:
    """A ready-made configuration.

    Attributes:
        name: key in configurations and on the command line.
        label: display name.
        description: what it is for, in one sentence without technical terms.
        config: the configuration, for a data set of unknown size.
    """

    name: str
    label: str
    description: str
    config: TrainingConfig


_ARTICLE = TrainingConfig(
    backbone="vgg16",
    image_size=150,
    preprocessing="unit",
    head=Head(pooling="flatten", normalize=False, units=512, weight_decay=0.0),
    augmentation=Augmentation(flip=True, zoom=0.2, shear=0.2, views=2),
    optimization=Optimization(epochs=10, batch_size=32, learning_rate=1e-3),
    objective=Objective(class_weighting=False),
)

# No label smoothing: on cats and dogs it raised the validation loss (0.063 to 0.082) and gained no accuracy.
_FINE_TUNE = TrainingConfig(
    freeze=FreezePolicy(trainable_blocks=3, head_epochs=5),
    augmentation=Augmentation(flip=True, zoom=0.1, translation=0.05, views=3),
    optimization=Optimization(
        epochs=5,
        learning_rate=1e-3,
        fine_tune_learning_rate=1e-4,
        rate_decay=0.5,
        schedule="cosine",
        early_stopping_patience=3,
    ),
)

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe(
            "recommended",
            "Recommended",
            "For nearly everything: the quickest, and the most accurate from a handful of pictures a class up to "
            "thousands.",
            TrainingConfig(),
        ),
        Recipe(
            "article",
            "Article",
            "To compare with: the classic of many tutorials, with the network VGG16. Slower and less accurate.",
            _ARTICLE,
        ),
        Recipe(
            "fine_tune",
            "Fine-tune",
            "For pictures unlike everyday photographs: the end of the network learns too, which takes longer. "
            "On photographs it added nothing.",
            _FINE_TUNE,
        ),
    )
}
ALIASES = {"default": "recommended", "fine-tune": "fine_tune"}


def recommended_epochs(num_pictures: int, batch_size: int) -> int:
    """Returns how many epochs give the recommended head enough gradient steps.

    Args:
        num_pictures: the number of training pictures.
        batch_size: pictures per step.
    """
    steps_an_epoch = max(1, math.ceil(num_pictures / batch_size))
    return min(MAX_EPOCHS, max(MIN_EPOCHS, math.ceil(RECOMMENDED_STEPS / steps_an_epoch)))


def fine_tune_lengths(num_pictures: int, batch_size: int) -> dict[str, int]:
    """Returns the epochs, and the patience, that give Fine-tune enough gradient steps, by the names of their fields.

    Args:
        num_pictures: the number of training pictures.
        batch_size: pictures per step.
    """
    steps_an_epoch = max(1, math.ceil(num_pictures / batch_size))
    least = LEAST_FINE_TUNE_EPOCHS
    epochs = min(MOST_FINE_TUNE_EPOCHS, max(least, math.ceil(FINE_TUNE_STEPS / steps_an_epoch)))
    return {
        "head_epochs": min(MOST_HEAD_EPOCHS, max(least, math.ceil(HEAD_STEPS / steps_an_epoch))),
        "epochs": epochs,
        # With few validation pictures the loss stands still for some epochs before it falls on.
        "early_stopping_patience": max(3, epochs // 2),
    }


def explain_recommended(config: TrainingConfig, num_pictures: int, num_classes: int) -> str:
    """Returns what the recommended recipe chose for a data set of this size, and why, in a few plain sentences.

    Args:
        config: what `recipe_config` returned.
        num_pictures: the number of training pictures.
        num_classes: of the data set.
    """
    a_class = round(num_pictures / num_classes)
    frozen = "the network stays as it is" if a_class < FEW_PICTURES else "a new last layer is hard to beat"
    return (
        f"With {a_class:,} pictures a class {frozen}; if they are unlike photographs, Fine-tune can add a little. "
        f"It sees every picture {config.optimization.epochs} times, after which more would change little."
    )


def get_recipe(name: str) -> Recipe:
    """Returns the recipe with that name.

    Raises:
        ConfigError: there is no such recipe.
    """
    recipe = RECIPES.get(ALIASES.get(name, name))
    if recipe is None:
        raise ConfigError(f"Expected one of the recipes {', '.join(RECIPES)}. Received {name!r}. Fix the name.")
    return recipe


def recipe_config(name: str, num_pictures: int | None = None, **options: Any) -> TrainingConfig:
    """Returns a recipe's configuration with some fields changed.

    Args:
        name: of the recipe.
        num_pictures: training pictures, by which Recommended and Fine-tune choose their epochs; None if unknown.
        **options: fields by name, including those of the parts. Another backbone brings its own image size, and
            with `weights="none"` every block is trained, unless these are given too.

    Raises:
        ConfigError: a name or a value is wrong.
    """
    recipe = get_recipe(name)
    config = recipe.config
    backbone = get_backbone(options.get("backbone", config.backbone))
    batch_size = options.get("batch_size", config.optimization.batch_size)
    if backbone.name != config.backbone:
        options.setdefault("image_size", backbone.image_size)
        options.setdefault("trainable_blocks", min(config.freeze.trainable_blocks, len(backbone.blocks)))
    if options.get("weights") == "none":
        # Only if not given: a recipe's few trainable blocks make no sense without pretraining.
        options["trainable_blocks"] = options.get("trainable_blocks") or len(backbone.blocks)
    if recipe.name == "recommended" and num_pictures:
        options.setdefault("epochs", recommended_epochs(num_pictures, batch_size))
    if recipe.name == "fine_tune" and num_pictures:
        options = fine_tune_lengths(num_pictures, batch_size) | options
    return config.with_options(**options)
