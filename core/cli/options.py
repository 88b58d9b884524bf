"""Options of the command line made from the fields of the configuration, so that there is one list of them."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

import click

from core.config.training_config import PARTS, TrainingConfig, option_names
from core.datasets.index import DatasetIndex
from core.errors import WeightsError
from core.files.user_files import is_file
from core.runs.recipe_choice import choose_config

WEIGHTS_BY_NAME = ("imagenet", "none")


def config_options(command: Callable) -> Callable:
    """Gives a command one option a field of the configuration, with the field's type; None where it isn't given."""
    kinds = (TrainingConfig, *PARTS.values())
    known = {item.name: (item, help_text) for kind in kinds for item, help_text in _documented_fields(kind)}
    for name in reversed(option_names()):
        command = _option(*known[name])(command)
    return command


def training_config(recipe: str, dataset: DatasetIndex, given: Mapping[str, Any]) -> TrainingConfig:
    """Returns the recipe's configuration for a data set, with the options that were given.

    Raises:
        ConfigError: an option can't be used.
        WeightsError: the weight file isn't there.
    """
    options = dict(given)
    if "weights" in options:
        options["weights"] = _weights(options["weights"])
    return choose_config(recipe, dataset, **options)


def _weights(text: str) -> str:
    if text in WEIGHTS_BY_NAME:
        return text
    path = Path(text).expanduser().resolve()
    if not is_file(path):
        raise WeightsError(f"Expected 'imagenet', 'none' or a weight file. There is no file {text!r}. Fix its path.")
    return str(path)


def _option(item: Field, help_text: str) -> Callable:
    flag = "--" + item.name.replace("_", "-")
    if item.type is bool:
        return click.option(f"{flag}/--no-{flag[2:]}", item.name, default=None, help=help_text)
    return click.option(flag, item.name, type=item.type, default=None, help=help_text)


def _documented_fields(kind: type) -> list[tuple[Field, str]]:
    """Returns a dataclass's fields with what its docstring says of them."""
    texts = {}
    for name, text in re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", inspect.getdoc(kind) or "", re.MULTILINE):
        words = " ".join(text.replace("`", "").split())
        # A value that begins the text is a name to be typed as it stands.
        texts[name] = words if text.startswith("`") else words[:1].upper() + words[1:]
    return [(item, texts.get(item.name, "")) for item in fields(kind) if item.name not in PARTS]
