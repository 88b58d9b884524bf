"""Which settings affect how long a run takes, which learning rate suits it and what its features are worth.

Estimates are asked for with all other settings at their defaults, so that changing one of those doesn't ask again. The
lists name the settings without effect: a new setting counts until it is named here.
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
    "stop_when_settled",
)
# The number of batches, and the pictures in them, don't affect how long one batch takes.
IRRELEVANT_FOR_SPEED = (
    *IRRELEVANT_FOR_TIME,
    *PART_FIELDS["augmentation"],
    "epochs",
    "head_epochs",
    "validation_split",
    "seed",
    "reuse_features",
    *PART_FIELDS["sampling"],
    *PART_FIELDS["adaptation"],
)
# The finder uses unchanged pictures and its own rates, and trains the head, or from scratch the whole network.
IRRELEVANT_FOR_RATE = (
    *PART_FIELDS["augmentation"],
    "learning_rate",
    "fine_tune_learning_rate",
    "schedule",
    "class_weighting",
    "early_stopping_patience",
    "stop_when_settled",
    "cross_validation",
    "epochs",
    "head_epochs",
    "reuse_features",
    *PART_FIELDS["adaptation"],
)
IRRELEVANT_FOR_RATE_OF_HEAD = (*IRRELEVANT_FOR_RATE, "trainable_blocks", "rate_decay")

# Features of unchanged pictures, and a linear head of its own.
IRRELEVANT_FOR_ADVICE = (
    *PART_FIELDS["augmentation"],
    *PART_FIELDS["freeze"],
    *PART_FIELDS["optimization"],
    "normalize",
    "units",
    "dropout",
    "weight_decay",
    "cross_validation",
    "depths",
    "label_smoothing",
    "reuse_features",
    *PART_FIELDS["adaptation"],
)


def settings_for_time(config: TrainingConfig) -> TrainingConfig:
    """Returns the configuration with all settings that don't affect how long a run takes at their defaults."""
    return _without(config, IRRELEVANT_FOR_TIME)


def settings_for_speed(config: TrainingConfig) -> TrainingConfig:
    """Returns the configuration with all settings that don't affect how long a batch takes at their defaults."""
    weights = "none" if config.from_scratch else "imagenet"  # a file of weights is no faster than any other
    return _without(config, IRRELEVANT_FOR_SPEED).with_options(weights=weights)


def settings_for_rate(config: TrainingConfig) -> TrainingConfig:
    """Returns the configuration with all settings that don't affect the suggested rate at their defaults."""
    return _without(config, IRRELEVANT_FOR_RATE if config.from_scratch else IRRELEVANT_FOR_RATE_OF_HEAD)


def settings_for_advice(config: TrainingConfig) -> TrainingConfig:
    """Returns the configuration with all settings that don't affect what its features are worth at their defaults."""
    return _without(config, IRRELEVANT_FOR_ADVICE)


def _without(config: TrainingConfig, names: tuple[str, ...]) -> TrainingConfig:
    defaults = TrainingConfig().options()
    return config.with_options(**{name: defaults[name] for name in names})
