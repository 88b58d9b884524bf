"""Which settings have no effect in a configuration, and why, as codes."""

from enum import StrEnum

from core.config.training_config import TrainingConfig


class Unused(StrEnum):
    """Why a setting has no effect."""

    FROZEN = "frozen"
    FROM_SCRATCH = "from_scratch"
    NO_HEAD_EPOCHS = "no_head_epochs"
    NOTHING_FROZEN = "nothing_frozen"
    NO_CHANGES = "no_changes"
    CHOSEN = "chosen"
    NOT_LOGISTIC = "not_logistic"
    CANNOT_ADAPT = "cannot_adapt"
    ALL_PICTURES = "all_pictures"


def unused_settings(config: TrainingConfig) -> dict[str, Unused]:
    """Returns the settings that have no effect on a run as long as the others stay as they are."""
    unused: dict[str, Unused] = {}
    if not config.freeze.trainable_blocks:
        unused |= dict.fromkeys(("fine_tune_learning_rate", "rate_decay", "head_epochs"), Unused.FROZEN)
    elif config.from_scratch:
        unused |= dict.fromkeys(("fine_tune_learning_rate", "head_epochs"), Unused.FROM_SCRATCH)
    elif not config.head_epochs:
        unused["learning_rate"] = Unused.NO_HEAD_EPOCHS
    if not (config.num_frozen_blocks or config.head_epochs):
        unused |= dict.fromkeys(("engine", "views"), Unused.NOTHING_FROZEN)
    if not config.augmentation.changes_pictures:
        unused["views"] = Unused.NO_CHANGES
    if not config.sampling.pictures_per_class:
        unused["draw"] = Unused.ALL_PICTURES
    if not config.has_depths:
        unused |= dict.fromkeys(("cross_validation", "depths"), Unused.NOT_LOGISTIC)
    elif config.head.cross_validation:
        unused |= dict.fromkeys(("weight_decay", "depths"), Unused.CHOSEN)
    if not config.can_adapt:
        unused["adapt_to"] = Unused.CANNOT_ADAPT
    return unused
