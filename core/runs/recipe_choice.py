"""What a recipe chooses for a data set, whoever asks: a page, the form or the command line."""

from typing import Any

from core.config.recipes import recipe_config
from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.splits import TRAIN


def choose_config(recipe: str, dataset: DatasetIndex, **options: Any) -> TrainingConfig:
    """Returns a recipe's configuration for a data set, of which only the pictures to train on count.

    Args:
        recipe: name of the recipe.
        dataset: the data set.
        **options: fields by name, as `recipe_config` has them; the share of validation pictures is the data set's
            own unless it is given.

    Raises:
        ConfigError: a name or a value is wrong.
    """
    options = {"validation_split": dataset.validation_split, **options}
    # Made once without knowing how many pictures, so that what was given is checked before the split uses it.
    plain = recipe_config(recipe, **options)
    training = dataset.with_split(plain.validation_split, plain.seed).select(TRAIN)
    return recipe_config(recipe, len(training), **options)
