"""Ready-made configurations, one click each."""

import math
from dataclasses import dataclass
from typing import Any

from core.backbones.table import get_backbone
from core.config.head_candidates import MOST_CLASSES, NUM_STAGES, STRENGTHS
from core.config.parts import Augmentation, FreezePolicy, Head, Objective, Optimization
from core.config.training_config import TrainingConfig
from core.errors import ConfigError

# With these, the recommended head ends within 0.01 of the loss that scikit-learn's LogisticRegression reaches on the
# same objective, from 5 pictures a class on; most runs settle before.
RECOMMENDED_STEPS = 1500
MIN_EPOCHS, MAX_EPOCHS = 10, 60
STEPS_AN_EPOCH = 20
SMALLEST_BATCH, LARGEST_BATCH = 4, 32
FEW_PICTURES = 100
# Gradient steps of Fine-tune, for the head alone and then with unfrozen blocks. Five epochs of each are too few for few
# pictures: with 20 a class, 83 instead of 91 % of silhouettes were right, and 86 instead of 91 % of digits.
HEAD_STEPS, FINE_TUNE_STEPS = 300, 150
LEAST_FINE_TUNE_EPOCHS, MOST_HEAD_EPOCHS, MOST_FINE_TUNE_EPOCHS = 5, 60, 40
SCRATCH_RATE = 1e-3


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


_RECOMMENDED = TrainingConfig(optimization=Optimization(learning_rate=7e-3, schedule="cosine"))

_ARTICLE = TrainingConfig(
    backbone="vgg16",
    image_size=150,
    preprocessing="unit",
    head=Head(pooling="flatten", normalize=False, units=512, weight_decay=0.0),
    augmentation=Augmentation(flip=True, zoom=0.2, shear=0.2, views=2),
    optimization=Optimization(epochs=10, batch_size=32, learning_rate=1e-3, stop_when_settled=False),
    objective=Objective(class_weighting=False),
)

# No label smoothing: on cats and dogs it raised the validation loss (0.063 to 0.082) and gained no accuracy.
# Of 1 and 3 trainable blocks at rates of 1e-4 and 3e-4 these gained most over Recommended with 20 pictures a class: 0.7
# points on average over photographs, silhouettes, digits and pieces of photographs, two draws each. The others gained
# 0.1 to 0.3, and 3 blocks at 3e-4 between -8 and 3.3 (`tests.benchmarks.fine_tuning`).
_FINE_TUNE = TrainingConfig(
    freeze=FreezePolicy(trainable_blocks=3, head_epochs=5),
    augmentation=Augmentation(flip=True, zoom=0.1, translation=0.05, views=3),
    optimization=Optimization(
        epochs=5,
        learning_rate=1e-3,
        fine_tune_learning_rate=1e-4,
        rate_decay=0.5,
        schedule="cosine",
        stop_when_settled=False,
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
            _RECOMMENDED,
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
            "To try on pictures unlike everyday photographs: the end of the network learns too, which takes several "
            "times as long. On four data sets it was no better but for chance.",
            _FINE_TUNE,
        ),
    )
}
ALIASES = {"default": "recommended", "fine-tune": "fine_tune"}


def recommended_batch_size(num_pictures: int) -> int:
    """Returns how many pictures a step of the recommended head takes, fewer with few pictures: a power of two.

    Args:
        num_pictures: the number of training pictures.
    """
    wanted = 2 ** round(math.log2(max(num_pictures, 1) / STEPS_AN_EPOCH))
    return int(min(LARGEST_BATCH, max(SMALLEST_BATCH, wanted)))


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
    chosen = (
        f" How cautiously it learns and how deep it looks is found by trying {len(STRENGTHS)} strengths and "
        f"{NUM_STAGES} depths on held-out parts of the training pictures."
        if config.chooses_head and num_classes <= MOST_CLASSES
        else ""
    )
    ends = (
        f"at most {config.optimization.epochs} times, and ends once little changes"
        if config.optimization.stop_when_settled
        else f"{config.optimization.epochs} times, after which more would change little"
    )
    return f"With {a_class:,} pictures a class {frozen}.{chosen} It sees every picture {ends}."


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
    if backbone.name != config.backbone:
        options.setdefault("image_size", backbone.image_size)
        options.setdefault("trainable_blocks", min(config.freeze.trainable_blocks, len(backbone.blocks)))
    if options.get("weights") == "none":
        # Only if not given: a recipe's few trainable blocks make no sense without pretraining.
        options["trainable_blocks"] = options.get("trainable_blocks") or len(backbone.blocks)
        # That of the recommended head is too high for a whole network.
        options.setdefault("learning_rate", min(config.optimization.learning_rate, SCRATCH_RATE))
    if recipe.name == "recommended" and num_pictures:
        options.setdefault("batch_size", recommended_batch_size(num_pictures))
        options.setdefault("epochs", recommended_epochs(num_pictures, options["batch_size"]))
    if recipe.name == "fine_tune" and num_pictures:
        batch_size = options.get("batch_size", config.optimization.batch_size)
        options = fine_tune_lengths(num_pictures, batch_size) | options
    return config.with_options(**options)
