"""What the set-up form holds: filled by recipes and runs, changed by the user, read as a configuration.

Each widget has the name of its field, and its first value is the recipe's. Drawing the widgets is the task of the other
modules of this room.
"""

from collections.abc import Mapping
from typing import NamedTuple

import streamlit as st

from core.backbones.table import get_backbone
from core.config.recipes import RECIPES, explain_recommended
from core.config.training_config import SETTINGS, TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.splits import TRAIN
from core.errors import ConfigError, CoreError
from core.runs.recipe_choice import choose_config
from core.runs.records.store import Run
from pages.components import wording
from pages.components.shell import session, widget_values
from pages.components.training import backbone_words
from pages.components.training.recipe_cards import RECIPE

FIELDS = tuple(name for name in SETTINGS if name != "validation_split")
FIRST_RECIPE = "recommended"
# The values that the form was filled with, to see what the user has changed since.
FILLED = "filled_with"
FOLLOWED = "form_follows"


class Choices(NamedTuple):
    """The choices that other fields depend on, as of their last update, and how the backbones were called then."""

    recipe: str
    dataset_id: str
    backbone: str
    weights: str
    backbone_lines: tuple[str, ...]


def prefill(run: Run) -> None:
    """Fills the form with the settings of a run, so that it can be started again with changes."""
    fill_with(run.dataset_id, run.recipe if run.recipe in RECIPES else FIRST_RECIPE, run.config)


def fill_with(dataset_id: str, recipe: str, config: TrainingConfig) -> None:
    """Fills the form with a configuration that a recipe was the beginning of."""
    session.choose_dataset(dataset_id)
    widget_values.fill({RECIPE: recipe})
    _fill(config)
    _remember(recipe, dataset_id)


def follow(dataset: DatasetIndex) -> None:
    """Fills the form at first, and later what depends on a choice that has changed. Called before it is drawn.

    Not in the choices' callbacks: one that the next request overrules is never repeated.
    """
    followed = st.session_state.get(FOLLOWED)
    if followed is None:
        widget_values.fill({RECIPE: FIRST_RECIPE})
    recipe = widget_values.value(RECIPE)
    if followed is None or recipe != followed.recipe:
        _fill(_chosen_config(recipe, dataset))
    else:
        if widget_values.value("backbone") != followed.backbone:
            _follow_backbone()
        elif followed.backbone_lines != _backbone_lines():
            # The browser sends an option by its text, and one that it has not yet received means nothing to it.
            widget_values.fill({"backbone": followed.backbone})
        if widget_values.value("weights") != followed.weights:
            _follow_weights()
        if dataset.id != followed.dataset_id:
            _follow_dataset(_chosen_config(recipe, dataset))
    _remember(recipe, dataset.id)


def read(dataset: DatasetIndex) -> tuple[TrainingConfig | None, str]:
    """Returns the configuration that the form shows; None, and why, if it is invalid."""
    try:
        return current_config(dataset), ""
    except CoreError as error:
        return None, str(error)


def current_config(dataset: DatasetIndex) -> TrainingConfig:
    """Returns the configuration that the form shows.

    Raises:
        ConfigError: a value can't be used.
    """
    values = {name: widget_values.value(name) for name in FIELDS}
    for name, value in values.items():
        if value is None:
            raise ConfigError(f"{SETTINGS[name].label} is empty: type a number.")
    return TrainingConfig().with_options(**values, validation_split=dataset.validation_split)


def recipe_configs(dataset: DatasetIndex) -> Mapping[str, TrainingConfig]:
    """Returns what each recipe chooses for a data set, by its name."""
    return {recipe: _chosen_config(recipe, dataset) for recipe in RECIPES}


def num_pictures(dataset: DatasetIndex, split: str, config: TrainingConfig | None = None) -> int:
    """Returns the number of pictures in a split. Cached.

    Args:
        dataset: the data set.
        split: name of the split.
        config: may use only some of the pictures, or divide them otherwise; None for the data set's own division.
    """
    if config:
        return len(session.split_dataset(dataset, **config.split_options).select(split))
    return _num_pictures(dataset.id, split, dataset.validation_split, 0, dataset)


def chosen_recipe() -> str:
    """Returns the name of the recipe that the form was filled from."""
    return st.session_state[FOLLOWED].recipe


def show_origin(dataset: DatasetIndex) -> None:
    """Draws what the recipe chose for these pictures, or what was changed since, with a way back."""
    recipe = chosen_recipe()
    config = _chosen_config(recipe, dataset)
    options = config.options()
    changed = [SETTINGS[name].label for name in FIELDS if widget_values.value(name) != options[name]]
    # Containers, so that the elements below keep their places.
    with st.container(horizontal=True, vertical_alignment="center"):
        if changed:
            words = f"Changed from {RECIPES[recipe].label}: {wording.listing(changed, most=6)}."
            st.caption(wording.plain(words), width="content")
            st.button(
                "Undo",
                key="undo_changes",
                type="tertiary",
                icon=":material/undo:",
                on_click=_undo,
                args=(recipe, config, dataset.id),
            )
        elif recipe == FIRST_RECIPE:
            st.caption(explain_recommended(config, num_pictures(dataset, TRAIN), len(dataset.class_names)))


def _fill(config: TrainingConfig) -> None:
    options, defaults = config.options(), TrainingConfig().options()
    # Sliders need numbers of one type, and a file may hold 0 instead of 0.0.
    values = {name: type(defaults[name])(options[name]) for name in FIELDS}
    widget_values.fill(values)
    st.session_state[FILLED] = values


def _undo(recipe: str, config: TrainingConfig, dataset_id: str) -> None:
    _fill(config)
    _remember(recipe, dataset_id)


def _remember(recipe: str, dataset_id: str) -> None:
    backbone, weights = widget_values.value("backbone"), widget_values.value("weights")
    st.session_state[FOLLOWED] = Choices(recipe, dataset_id, backbone, weights, _backbone_lines())


def _backbone_lines() -> tuple[str, ...]:
    return tuple(backbone_words.lines().values())


def _chosen_config(recipe: str, dataset: DatasetIndex) -> TrainingConfig:
    return _cached_config(recipe, dataset.id, dataset.validation_split, dataset)


@st.cache_resource(show_spinner=False, max_entries=30)
def _cached_config(recipe: str, dataset_id: str, share: float, _index: DatasetIndex) -> TrainingConfig:
    def num_training(share: float, seed: int) -> int:
        return _num_pictures(dataset_id, TRAIN, share, seed, _index)

    return choose_config(recipe, _index, num_training)


@st.cache_resource(show_spinner=False, max_entries=30)
def _num_pictures(dataset_id: str, split: str, share: float, seed: int, _index: DatasetIndex) -> int:
    return len(session.split_dataset(_index, share, seed).select(split))


def _follow_backbone() -> None:
    backbone = get_backbone(widget_values.value("backbone"))
    blocks = min(widget_values.value("trainable_blocks"), len(backbone.blocks))
    widget_values.fill({"image_size": backbone.image_size, "trainable_blocks": blocks})


def _follow_weights() -> None:
    """From scratch, all blocks learn, because frozen random ones know nothing; pretrained, as many as before."""
    scratch = widget_values.value("weights") == "none"
    blocks = len(get_backbone(widget_values.value("backbone")).blocks)
    before = st.session_state[FILLED]["trainable_blocks"]
    widget_values.fill({"trainable_blocks": blocks if scratch else min(before, blocks)})


def _follow_dataset(config: TrainingConfig) -> None:
    """Adapts unchanged settings to the data set's size."""
    options, filled = config.options(), st.session_state[FILLED]
    untouched = {name: options[name] for name in FIELDS if widget_values.value(name) == filled[name]}
    widget_values.fill(untouched)
    st.session_state[FILLED] = filled | untouched
