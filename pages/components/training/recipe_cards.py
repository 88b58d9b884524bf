"""The choice of a recipe: a card for each, with what it is for, how long it takes here, and what it needs."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.backbones.table import get_backbone
from core.config.recipes import RECIPES
from core.config.training_config import TrainingConfig
from core.forecast import wording as forecasts
from pages.components.shell import widget_values
from pages.components.training import backbone_words, cached_estimates, estimates
from pages.components.training.estimates import Question

RECIPE = "recipe"
# What one picture costs, in billions of multiply-adds, up to which a network is measured before it is chosen.
CHEAP_GMACS = 4.0


def show(configs: Mapping[str, TrainingConfig], dataset_id: str) -> None:
    """Draws the cards.

    Args:
        configs: what each recipe chooses for the data set, by its name.
        dataset_id: id of the data set to train on.
    """
    st.radio(
        "Recipe",
        list(configs),
        key=widget_values.key(RECIPE),
        format_func=lambda name: RECIPES[name].label,
        captions=[_caption(name, config, dataset_id) for name, config in configs.items()],
        horizontal=True,
        width="stretch",
        persist_state="session",
    )


def questions(configs: Mapping[str, TrainingConfig], dataset_id: str) -> Sequence[Question]:
    """Returns the forecasts that the cards show: of recipes that could be started now and are measured quickly."""
    return [estimates.time_question(config, dataset_id) for config in configs.values() if _is_measured(config)]


def _is_measured(config: TrainingConfig) -> bool:
    backbone = get_backbone(config.backbone)
    gmacs = backbone.gmacs * (config.image_size / backbone.image_size) ** 2
    return gmacs <= CHEAP_GMACS and not backbone_words.needs(backbone)


def _caption(name: str, config: TrainingConfig, dataset_id: str) -> str:
    needs = backbone_words.needs(get_backbone(config.backbone))
    needed = f":orange[:material/download: {needs}]" if needs else "works offline"
    facts = [_time(config, dataset_id), needed]
    return f"{RECIPES[name].description}\n\n{' · '.join(filter(None, facts))}"


def _time(config: TrainingConfig, dataset_id: str) -> str:
    """Returns how long a recipe takes here, as far as it is known."""
    found = cached_estimates.forecasts().get(estimates.time_question(config, dataset_id))
    if found is not None:
        return f"**{forecasts.about(found.result.total_seconds)}**" if found.result else ""
    if _is_measured(config):
        return "measuring …"
    return "" if backbone_words.needs(get_backbone(config.backbone)) else "its time is measured when you choose it"
