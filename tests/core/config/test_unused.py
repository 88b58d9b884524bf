import pytest

from core.config.training_config import SETTINGS, TrainingConfig
from core.config.unused import Unused, unused_settings

FROZEN = dict.fromkeys(("fine_tune_learning_rate", "rate_decay", "head_epochs"), Unused.FROZEN)
CHOSEN = dict.fromkeys(("weight_decay", "depths"), Unused.CHOSEN)
NOT_LOGISTIC = dict.fromkeys(("cross_validation", "depths"), Unused.NOT_LOGISTIC) | {"adapt_to": Unused.CANNOT_ADAPT}
FROM_SCRATCH = dict.fromkeys(("fine_tune_learning_rate", "head_epochs"), Unused.FROM_SCRATCH)
ALL_PICTURES = {"draw": Unused.ALL_PICTURES}
NOTHING_FROZEN = dict.fromkeys(("engine", "views"), Unused.NOTHING_FROZEN)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, FROZEN | CHOSEN),
        ({"cross_validation": False}, FROZEN),
        ({"units": 8}, FROZEN | NOT_LOGISTIC),
        ({"pooling": "flatten"}, FROZEN | NOT_LOGISTIC),
        ({"trainable_blocks": 2}, NOT_LOGISTIC),
        ({"trainable_blocks": 9}, NOT_LOGISTIC),
        ({"trainable_blocks": 2, "head_epochs": 0}, {"learning_rate": Unused.NO_HEAD_EPOCHS} | NOT_LOGISTIC),
        (
            {"trainable_blocks": 9, "head_epochs": 0},
            {"learning_rate": Unused.NO_HEAD_EPOCHS} | NOTHING_FROZEN | NOT_LOGISTIC,
        ),
        ({"weights": "none"}, FROZEN | CHOSEN | {"adapt_to": Unused.CANNOT_ADAPT}),
        ({"weights": "none", "trainable_blocks": 2}, FROM_SCRATCH | NOT_LOGISTIC),
        ({"weights": "none", "trainable_blocks": 9}, FROM_SCRATCH | NOTHING_FROZEN | NOT_LOGISTIC),
    ],
)
def test_settings_without_effect_are_named_with_the_reason(options, expected):
    expected = expected | ALL_PICTURES
    assert unused_settings(TrainingConfig().with_options(flip=True, **options)) == expected
    without_changes = unused_settings(TrainingConfig().with_options(**options))
    assert without_changes == expected | {"views": Unused.NO_CHANGES}
    assert without_changes.keys() <= SETTINGS.keys()


def test_a_draw_matters_once_some_pictures_are_left_out():
    assert "draw" not in unused_settings(TrainingConfig().with_options(pictures_per_class=5))
