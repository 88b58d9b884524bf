"""A setting: a field of a configuration with its label, its help and its valid values."""

import math
from dataclasses import dataclass, field, fields
from typing import Any

from core.errors import ConfigError

METADATA = "setting"


@dataclass(frozen=True)
class Setting:
    """What forms and the command line say about a field.

    Attributes:
        default: the default value; all values have its type.
        label: display name.
        help: what it does, in a sentence or two.
        values: the valid values in words, for the command line.
        low: smallest number; None for other types.
        high: largest number.
        choices: the valid names.
    """

    default: bool | int | float | str
    label: str
    help: str
    values: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


def setting(default: bool | int | float | str, label: str, help_text: str, values: str = "", **bounds: Any) -> Any:
    """Returns a dataclass field that is a setting.

    Args:
        default: see `Setting`.
        label: see `Setting`.
        help_text: see `Setting`.
        values: see `Setting`.
        **bounds: `low` and `high`, or `choices`.
    """
    return field(default=default, metadata={METADATA: Setting(default, label, help_text, values, **bounds)})


def settings_of(part: type) -> dict[str, Setting]:
    """Returns the settings among a dataclass's fields, by name."""
    return {item.name: item.metadata[METADATA] for item in fields(part) if METADATA in item.metadata}


def require_valid(part: Any) -> None:
    """Checks the fields of a dataclass against their valid values.

    Raises:
        ConfigError: a value is invalid.
    """
    for name, found in settings_of(type(part)).items():
        value = getattr(part, name)
        if isinstance(found.default, bool):
            require(isinstance(value, bool), f"true or false for {name}", value, f"Set {name} to one of them.")
        elif found.choices:
            require(value in found.choices, f"{name} as one of {', '.join(found.choices)}", value, "Fix the name.")
        elif found.low is not None and found.high is not None:
            require_number(name, value, found.low, found.high, whole=isinstance(found.default, int))


def require(condition: bool, expected: str, received: object, fix: str) -> None:
    """Checks a condition.

    Raises:
        ConfigError: it is false.
    """
    if not condition:
        raise ConfigError(f"Expected {expected}. Received {received!r}. {fix}")


def require_number(name: str, value: Any, low: float, high: float, whole: bool = False) -> None:
    """Checks that a value is a number within bounds.

    Raises:
        ConfigError: it isn't.
    """
    kind = "a whole number" if whole else "a number"
    allowed = int if whole else (int, float)
    good = isinstance(value, allowed) and not isinstance(value, bool) and math.isfinite(value) and low <= value <= high
    require(good, f"{kind} from {low:g} to {high:g} for {name}", value, f"Set {name} within that range.")
