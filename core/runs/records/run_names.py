"""Names of runs, and what the user writes about them."""

from collections.abc import Iterable

from core.backbones.table import get_backbone
from core.config.recipes import RECIPES
from core.config.training_config import TrainingConfig
from core.errors import RunError

NAME_LENGTH = 100
NOTE_LENGTH = 500


def checked_name(name: str) -> str:
    """Returns a typed name, tidied.

    Raises:
        RunError: it is empty or too long.
    """
    name = _tidied(name)
    if not 0 < len(name) <= NAME_LENGTH:
        raise RunError(f"Expected a name of 1 to {NAME_LENGTH} characters. Received {len(name)}. Choose another.")
    return name


def checked_note(note: str) -> str:
    """Returns a typed note, tidied: one line.

    Raises:
        RunError: it is too long.
    """
    note = _tidied(note)
    if len(note) > NOTE_LENGTH:
        raise RunError(f"Expected a note of at most {NOTE_LENGTH} characters. Received {len(note)}. Shorten it.")
    return note


def default_name(dataset_name: str, config: TrainingConfig, recipe: str) -> str:
    """Returns the name of a run without a given name."""
    return f"{dataset_name}, {_way(config, recipe)}"[:NAME_LENGTH]


def free_name(wanted: str, taken: Iterable[str]) -> str:
    """Returns the name, with a number appended if another run has it."""
    taken = set(taken)
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted} ({number})"
    return name


def _tidied(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def _way(config: TrainingConfig, recipe: str) -> str:
    """Returns what distinguishes runs on the same data.

    That is the recipe, the backbone if it isn't the recipe's own, and whether it begins without pretraining.
    """
    backbone = get_backbone(config.backbone).label
    scratch = " from scratch" if config.from_scratch else ""
    if recipe not in RECIPES:
        return backbone + scratch
    own = RECIPES[recipe].config.backbone == config.backbone
    return RECIPES[recipe].label.lower() + ("" if own else f" with {backbone}") + scratch
