"""Which settings make a difference to how long a run takes and to the rate at which it learns.

What is asked is asked with all others at their defaults, so that changing one of those asks nothing anew. The lists
name what makes no difference: a new setting counts until it is named here.
"""

from core.config.training_config import PART_FIELDS, TrainingConfig

IRRELEVANT_FOR_TIME = (
    "learning_rate",
    "fine_tune_learning_rate",
    "rate_decay",
    "schedule",
    "label_smoothing",
    "class_weighting",
    "early_stopping_patience",
)
# How many batches there are and which pictures they hold changes nothing of how long one takes.
IRRELEVANT_FOR_SPEED = (
    *IRRELEVANT_FOR_TIME,
    *PART_FIELDS["augmentation"],
    "epochs",
    "head_epochs",
    "validation_split",
    "seed",
)
# The finder trains on plain pictures with rates of its own: the head, or from scratch all that learns.
IRRELEVANT_FOR_RATE = (
    *PART_FIELDS["augmentation"],
    "learning_rate",
    "fine_tune_learning_rate",
    "schedule",
    "class_weighting",
    "early_stopping_patience",
    "epochs",
    "head_epochs",
)
IRRELEVANT_FOR_RATE_OF_HEAD = (*IRRELEVANT_FOR_RATE, "trainable_blocks", "rate_decay")


def settings_for_time(config: TrainingConfig) -> TrainingConfig:
    """Returns what of a configuration decides how long a run takes, the rest at its defaults."""
    return _without(config, IRRELEVANT_FOR_TIME)


def settings_for_speed(config: TrainingConfig) -> TrainingConfig:
    """Returns what of a configuration decides how long a batch takes, the rest at its defaults."""
    weights = "none" if config.from_scratch else "imagenet"  # a file of weights is no faster than any other
    return _without(config, IRRELEVANT_FOR_SPEED).with_options(weights=weights)


def settings_for_rate(config: TrainingConfig) -> TrainingConfig:
    """Returns what of a configuration decides at which rate is learned, the rest at its defaults."""
    return _without(config, IRRELEVANT_FOR_RATE if config.from_scratch else IRRELEVANT_FOR_RATE_OF_HEAD)


def _without(config: TrainingConfig, names: tuple[str, ...]) -> TrainingConfig:
    defaults = TrainingConfig().options()
    return config.with_options(**{name: defaults[name] for name in names})
