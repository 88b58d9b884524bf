"""What a recipe chooses for a data set, for pages, the form and the command line alike."""

from collections.abc import Callable
from typing import Any

from core.config.recipes import recipe_config
from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.splits import TRAIN


def choose_config(
    recipe: str, dataset: DatasetIndex, num_training: Callable[[float, int], int] | None = None, **options: Any
) -> TrainingConfig:
    """Returns a recipe's configuration for a data set, whose number of training pictures matters.

    Args:
        recipe: name of the recipe.
        dataset: the data set.
        num_training: returns how many pictures are for training, given the share for validation and the seed of the
            split; for callers that know. By default they are counted, which takes a moment for large data sets.
        **options: fields by name, as in `recipe_config`; the share of validation pictures is the data set's own by
            default.

    Raises:
        ConfigError: a name or a value is invalid.
    """
    options = {"validation_split": dataset.validation_split, **options}
    # First made without the number of pictures, so that the options are checked before the split uses them.
    plain = recipe_config(recipe, **options)
    if num_training is None:
        number = len(dataset.with_split(**plain.split_options).select(TRAIN))
    else:
        number = num_training(plain.validation_split, plain.seed)
    return recipe_config(recipe, number, **options)
