"""The values of a run's settings in words, with the names of data sets."""

from core.config.setting_values import setting_value
from core.datasets.store.adaptation_target import target_name
from pages.components.shell import session

NO_TARGET = "None"


def setting_words(name: str, value: bool | int | float | str) -> str:
    """Returns the value of a setting as the form shows it.

    Args:
        name: of the setting.
        value: a valid value of it.
    """
    if name == "adapt_to":
        return target_name(session.dataset_store(), str(value)) or NO_TARGET
    return setting_value(name, value)
