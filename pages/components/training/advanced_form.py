"""The part of the training form that few people need: widgets for every other field, and a preview of augmentation."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.backbones.backbone import Backbone
from core.backbones.table import get_backbone
from core.config.training_config import ENGINES, MAX_IMAGE_SIZE, POOLINGS, PREPROCESSINGS, SCHEDULES, TrainingConfig
from core.datasets.index import DatasetIndex
from pages.components import wording
from pages.components.shell import session
from pages.components.training import augmentation_preview, forecast_view, rate_view

WEIGHTS = {"imagenet": "Pretrained on ImageNet", "none": "From scratch"}
POOLING_WORDS = {"average": "Average over the picture", "flatten": "Flatten, keep every place"}
PREPROCESSING_WORDS = {"native": "As the network was trained", "unit": "Pixels divided by 255"}
SCHEDULE_WORDS = {"constant": "The same all along", "cosine": "Falling to nothing (cosine)"}
ENGINE_WORDS = {"auto": "The fastest exact one", "tensorflow": "TensorFlow", "bfloat16": "OpenVINO in bfloat16"}
NUMBERS = {
    "epochs": "Epochs",
    "image_size": "Image size",
    "units": "Hidden units",
    "weight_decay": "Weight decay",
    "batch_size": "Batch size",
    "learning_rate": "Learning rate",
    "fine_tune_learning_rate": "Fine-tuning learning rate",
    "rate_decay": "Rate decay",
    "head_epochs": "Head epochs",
    "early_stopping_patience": "Early stopping patience",
    "seed": "Seed",
    "views": "Versions of a picture",
}


def show(dataset: DatasetIndex, config: TrainingConfig | None, weights_changed: Callable[[], None]) -> None:
    """Draws the widgets.

    Args:
        dataset: the data set.
        config: what the form shows; None where that can't be used.
        weights_changed: called when other weights were chosen.
    """
    _network(get_backbone(st.session_state["backbone"]), weights_changed)
    _head()
    _learning(config is None)
    # Containers, so that what comes below keeps its place when something is said in them.
    with st.container():
        rate_view.show(config, dataset.id)
    _augmentation()
    with st.container():
        _views_cost(dataset, config)
    augmentation_preview.show(dataset)


def _group(title: str) -> DeltaGenerator:
    st.markdown(f"**{title}**")
    return st.grid(3, min_column_width=200, vertical_alignment="top")


def number(group: DeltaGenerator, name: str, step: float = 1, **more: Any) -> None:
    """Draws a box for a number.

    It has no bounds and may be empty: the browser would keep a number out of bounds to itself, and the last good one
    would be trained. The configuration refuses such numbers in words.
    """
    if isinstance(step, float):
        more = {"format": "%g"} | more
    group.number_input(NUMBERS[name], value=None, step=step, key=name, persist_state="session", **more)


def _choice(group: DeltaGenerator, name: str, label: str, words: dict[str, str], **more: Any) -> None:
    group.selectbox(label, list(words), key=name, format_func=words.__getitem__, persist_state="session", **more)


def _share(group: DeltaGenerator, name: str, label: str, high: float = 0.9, **more: Any) -> None:
    group.slider(label, 0.0, high, step=0.05, key=name, persist_state="session", **more)


def _switch(group: DeltaGenerator, name: str, label: str, **more: Any) -> None:
    group.toggle(label, key=name, persist_state="session", **more)


def _network(backbone: Backbone, weights_changed: Callable[[], None]) -> None:
    group = _group("Network")
    current = st.session_state["weights"]
    _choice(
        group,
        "weights",
        "Weights",
        WEIGHTS | ({} if current in WEIGHTS else {current: current}),
        on_change=weights_changed,
        help="From scratch shows what transfer learning buys: the same network without what it has learned before.",
    )
    number(
        group,
        "image_size",
        help=f"Side in pixels to which pictures are scaled, {backbone.min_size}–{MAX_IMAGE_SIZE}. "
        f"{backbone.label} was trained at {backbone.image_size}.",
    )
    _choice(
        group,
        "preprocessing",
        "Preprocessing",
        {name: PREPROCESSING_WORDS[name] for name in PREPROCESSINGS},
        help="How pixels are scaled before the network sees them.",
    )
    _choice(
        group,
        "engine",
        "Engine",
        {name: ENGINE_WORDS[name] for name in ENGINES},
        help="What computes the frozen blocks. Bfloat16 is faster and a little less exact; it needs OpenVINO.",
    )


def _head() -> None:
    group = _group("Head")
    _choice(group, "pooling", "Pooling", {name: POOLING_WORDS[name] for name in POOLINGS})
    number(group, "units", help="Width of a layer before the answer; 0 for none.")
    number(group, "weight_decay", step=0.1, help="Keeps the head's weights small.")
    _share(group, "dropout", "Dropout")
    _switch(
        group,
        "normalize",
        "Normalise features",
        help="Scales the features of every picture to the same length. Worth a lot with few pictures.",
    )


def _learning(is_refused: bool) -> None:
    """Draws how it learns. Where the settings are refused no box is locked, as it may be the one to mend."""
    group = _group("Learning")
    unfrozen = st.session_state["trainable_blocks"] > 0
    pretrained = st.session_state["weights"] != "none"
    number(group, "batch_size")
    number(group, "learning_rate", step=1e-4, help="While the head learns alone.")
    number(
        group,
        "fine_tune_learning_rate",
        step=1e-5,
        disabled=not (is_refused or unfrozen),
        help="Once blocks are thawed. Low, so that what they know is not lost.",
    )
    number(
        group,
        "rate_decay",
        step=0.05,
        disabled=not (is_refused or unfrozen),
        help="Factor of the rate for each block further from the head; 1 gives all the same.",
    )
    number(
        group,
        "head_epochs",
        disabled=not (is_refused or (unfrozen and pretrained)),
        help="Epochs in which the head learns alone before blocks are thawed.",
    )
    number(
        group,
        "early_stopping_patience",
        help="Epochs without a lower validation loss before training ends; 0 trains all epochs.",
    )
    _choice(group, "schedule", "Rate over time", {name: SCHEDULE_WORDS[name] for name in SCHEDULES})
    _share(group, "label_smoothing", "Label smoothing", 0.5, help="Keeps the model from being too sure of itself.")
    number(group, "seed", help="The same seed gives the same run.")
    _switch(group, "class_weighting", "Class weighting", help="Makes up for classes that have fewer pictures.")


def _augmentation() -> None:
    group = _group("Augmentation")
    _switch(group, "flip", "Mirror left and right")
    group.slider("Rotation in degrees", 0.0, 180.0, step=5.0, key="rotation", persist_state="session")
    _share(group, "zoom", "Zoom")
    _share(group, "shear", "Shear")
    _share(group, "translation", "Shift")
    _share(group, "contrast", "Contrast")
    _share(group, "brightness", "Brightness")
    number(
        group,
        "views",
        help="How many versions of a picture go through the frozen blocks: the plain one and changed ones.",
    )


def _views_cost(dataset: DatasetIndex, config: TrainingConfig | None) -> None:
    """Says what the chosen number of versions costs."""
    if config is None or not config.augmentation.changes_pictures:
        return
    if not config.num_frozen_blocks:
        st.caption("All blocks learn, so every epoch changes the pictures anew: nothing is read ahead.")
        return
    num_training = len(session.split_dataset(dataset).select("train"))
    forecast = forecast_view.known(config, dataset.id)
    seconds = forecast.views_seconds if forecast else None
    st.caption(wording.views_cost(config.augmentation.views, num_training, seconds))
