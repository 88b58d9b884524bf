"""Command-line options generated from the fields of the configuration, so that there is one list of them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from core.cli.datasets import find_dataset
from core.config.setting import Setting
from core.config.training_config import SETTINGS, TrainingConfig
from core.datasets.index import DatasetIndex
from core.errors import WeightsError
from core.files.user_files import is_file
from core.runs.recipe_choice import choose_config

WEIGHTS_BY_NAME = ("imagenet", "none")


def config_options(command: Callable) -> Callable:
    """Adds an option for each field of the configuration, with the field's type; None if it isn't given."""
    for name, setting in reversed(SETTINGS.items()):
        command = _option(name, setting)(command)
    return command


def training_config(recipe: str, dataset: DatasetIndex, given: Mapping[str, Any]) -> TrainingConfig:
    """Returns the recipe's configuration for a data set, with the given options.

    Raises:
        ConfigError: an option is invalid.
        DatasetError: there is no such data set to adapt to.
        WeightsError: the weight file doesn't exist.
    """
    options = dict(given)
    if "weights" in options:
        options["weights"] = _weights(options["weights"])
    if options.get("adapt_to"):
        options["adapt_to"] = find_dataset(options["adapt_to"]).id
    return choose_config(recipe, dataset, **options)


def _weights(text: str) -> str:
    if text in WEIGHTS_BY_NAME:
        return text
    path = Path(text).expanduser().resolve()
    if not is_file(path):
        raise WeightsError(f"Expected 'imagenet', 'none' or a weight file. There is no file {text!r}. Fix its path.")
    return str(path)


def _option(name: str, setting: Setting) -> Callable:
    flag = "--" + name.replace("_", "-")
    help_text = f"{setting.help} {setting.values}".strip()
    if isinstance(setting.default, bool):
        return click.option(f"{flag}/--no-{flag[2:]}", name, default=None, help=help_text)
    return click.option(flag, name, type=type(setting.default), default=None, help=help_text)
