"""Turns widgets into configurations. Each widget has the name of its field, and its first value is the recipe's."""

from pathlib import Path
from typing import NamedTuple

import psutil
import streamlit as st

from core.backbones.availability import availability, ways_to_get
from core.backbones.backbone import Backbone
from core.backbones.table import BACKBONES, get_backbone
from core.config.recipes import RECIPES, explain_recommended
from core.config.training_config import SETTINGS, TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.splits import TRAIN
from core.errors import ConfigError, CoreError
from core.files.user_files import is_file
from core.forecast.wording import shortage
from core.runs.recipe_choice import choose_config
from core.runs.records.store import Run
from core.settings import settings
from pages.components import wording
from pages.components.charts import chart_view, charts
from pages.components.shell import session, widget_values
from pages.components.training import advanced_form, connection, forecast_view

FIELDS = tuple(name for name in SETTINGS if name != "validation_split")
RECIPE = "recipe"
FIRST_RECIPE = "recommended"
# The values that the form was filled with, to see what the user has changed since.
FILLED = "filled_with"
FOLLOWED = "form_follows"
WEIGHTS_KINDS = {"bundled": "Bundled", "on_disk": "On disk", "package": "Installed", "download": "Download"}


class Choices(NamedTuple):
    """The choices that other fields depend on, as of their last update."""

    recipe: str
    dataset_id: str
    backbone: str
    weights: str


def prefill(run: Run) -> None:
    """Fills the form with the settings of a run, so that it can be started again with changes."""
    session.choose_dataset(run.dataset_id)
    recipe = run.recipe if run.recipe in RECIPES else FIRST_RECIPE
    widget_values.fill({RECIPE: recipe})
    _fill(run.config)
    _remember(recipe, run.dataset_id)


def training_config(dataset: DatasetIndex) -> TrainingConfig | None:
    """Draws the form.

    Args:
        dataset: the data set to train on.

    Returns:
        The configuration once Start was pressed, otherwise None.
    """
    _follow(dataset)
    _recipe_choice(dataset)
    _short_form(dataset)
    try:
        config, reason = current_config(dataset), ""
    except CoreError as error:
        config, reason = None, str(error)
    with st.expander("Advanced", icon=":material/tune:"):
        advanced_form.show(dataset, config)
    if config:
        reason = why_not(config, len(dataset.class_names))
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(
            "Start training", type="primary", icon=":material/play_arrow:", disabled=bool(reason), key="start"
        )
        if reason or config is None:
            st.markdown(wording.plain(reason))
        else:
            forecast_view.show(config, dataset.id)
    return config if pressed and not reason else None


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


def why_not(config: TrainingConfig, num_classes: int) -> str:
    """Returns why training with this many classes can't start, in words; empty if it can."""
    backbone = get_backbone(config.backbone)
    if config.weights not in ("imagenet", "none") and not is_file(Path(config.weights)):
        return f"The weight file {config.weights} is gone. Choose other weights under Advanced."
    if lack := shortage(config.trainable_params(num_classes), psutil.virtual_memory().available):
        return lack
    if config.weights != "imagenet" or availability(backbone, settings()).kind != "download":
        return ""
    if connection.is_reachable(backbone.weights_file.url):
        return ""
    return (
        f"The weights of {backbone.label} are not on this machine and their server can't be reached. "
        f"{ways_to_get(backbone, settings())}"
    )


def _fill(config: TrainingConfig) -> None:
    options, defaults = config.options(), TrainingConfig().options()
    # Sliders need numbers of one type, and a file may hold 0 instead of 0.0.
    values = {name: type(defaults[name])(options[name]) for name in FIELDS}
    widget_values.fill(values)
    st.session_state[FILLED] = values


def _remember(recipe: str, dataset_id: str) -> None:
    backbone, weights = widget_values.value("backbone"), widget_values.value("weights")
    st.session_state[FOLLOWED] = Choices(recipe, dataset_id, backbone, weights)


def _chosen_config(recipe: str, dataset: DatasetIndex) -> TrainingConfig:
    return _cached_config(recipe, dataset.id, dataset.validation_split, dataset)


@st.cache_resource(show_spinner=False, max_entries=30)
def _cached_config(recipe: str, dataset_id: str, share: float, _index: DatasetIndex) -> TrainingConfig:
    return choose_config(recipe, _index)


def _follow(dataset: DatasetIndex) -> None:
    """Fills the form at first, and later what depends on a choice that has changed.

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
        if widget_values.value("weights") != followed.weights:
            _follow_weights()
        if dataset.id != followed.dataset_id:
            _follow_dataset(_chosen_config(recipe, dataset))
    _remember(recipe, dataset.id)


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


def _recipe_choice(dataset: DatasetIndex) -> None:
    st.segmented_control(
        "Recipe",
        list(RECIPES),
        key=widget_values.key(RECIPE),
        required=True,
        format_func=lambda name: RECIPES[name].label,
        persist_state="session",
    )
    # Always one element: with one more or fewer above it, the browser would take the open part for another.
    st.caption("\n\n".join([RECIPES[widget_values.value(RECIPE)].description, *_recipe_reasons(dataset)]))


def _recipe_reasons(dataset: DatasetIndex) -> list[str]:
    """Returns what the recommended recipe chose for these pictures, as long as it is unchanged."""
    config = _chosen_config(FIRST_RECIPE, dataset)
    options = config.options()
    is_changed = any(widget_values.value(name) != options[name] for name in FIELDS)
    if widget_values.value(RECIPE) != FIRST_RECIPE or is_changed:
        return []
    num_training = len(session.split_dataset(dataset).select(TRAIN))
    return [explain_recommended(config, num_training, len(dataset.class_names))]


def _short_form(dataset: DatasetIndex) -> None:
    st.selectbox(
        options=list(BACKBONES),
        format_func=_backbone_line,
        **advanced_form.described("backbone"),
    )
    backbone = get_backbone(widget_values.value("backbone"))
    _backbone_facts(backbone)
    left, right = st.columns(2, gap="medium")
    with left:
        st.slider(min_value=0, max_value=len(backbone.blocks), **advanced_form.described("trainable_blocks"))
    advanced_form.number(right, "epochs")
    _network_picture(dataset)


def _backbone_line(name: str) -> str:
    backbone = get_backbone(name)
    return (
        f"{backbone.label} · {wording.large(backbone.params)} · {wording.percent(backbone.top1_imagenet)} on ImageNet"
    )


def _backbone_facts(backbone: Backbone) -> None:
    grid = st.grid(4, min_column_width=140, gap="small")
    grid.metric("Size", wording.size(backbone.download_bytes))
    grid.metric("Parameters", wording.large(backbone.params))
    grid.metric(
        "Top-1 on ImageNet",
        wording.percent(backbone.top1_imagenet),
        help="Share of ImageNet's validation pictures it gets right, out of 1,000 classes. No promise for yours.",
    )
    weights = availability(backbone, settings())
    source = ". By the ".join(filter(None, (weights.text, backbone.weights_file.credit)))
    grid.metric("Weights", WEIGHTS_KINDS[weights.kind], help=wording.plain(source))


def _network_picture(dataset: DatasetIndex) -> None:
    try:
        config = current_config(dataset)
    except CoreError:
        return  # explained beside the Start button
    num_classes = len(dataset.class_names)
    backbone = get_backbone(config.backbone)
    total = backbone.params + config.head.params(backbone, config.image_size, num_classes)
    text = f"{config.trainable_params(num_classes):,} trainable parameters"
    st.markdown(f"**{text}** of {total:,}")
    blocks = config.freeze.trainable_blocks
    chart_view.show(
        charts.network(config, num_classes),
        alt=f"Blocks of the network: the last {blocks} and the head are trainable, {text}",
        key="network",
    )


def chosen_recipe() -> str:
    """Returns the name of the recipe that the form was filled from."""
    return st.session_state[FOLLOWED].recipe
