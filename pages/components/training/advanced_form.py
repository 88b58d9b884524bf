"""The part of the training form that few people need: all other fields in five groups, and what helps to set them."""

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.backbones.backbone import Backbone
from core.backbones.table import get_backbone
from core.config import setting_values
from core.config.parts import POOLINGS, SCHEDULES
from core.config.training_config import ENGINES, MAX_IMAGE_SIZE, PREPROCESSINGS, SETTINGS, TrainingConfig
from core.config.unused import Unused, unused_settings
from core.datasets.index import DatasetIndex
from core.datasets.store.adaptation_target import target_name
from pages.components import wording
from pages.components.shared.setting_words import NO_TARGET
from pages.components.shell import session, widget_values
from pages.components.training import augmentation_preview, forecast_view, rate_view

GROUPS = {
    "network": ("Network: its weights, and how pictures are given to it", ":material/account_tree:"),
    "head": ("Head: the new layers that learn your classes", ":material/layers:"),
    "learning": ("Learning: how fast, how carefully, and when to end", ":material/trending_up:"),
    "adaptation": ("Adaptation: pictures of another kind, without labels", ":material/sync_alt:"),
    "augmentation": ("Augmentation: changed copies of the pictures", ":material/auto_awesome_motion:"),
}
UNUSED_WORDS = {
    Unused.FROZEN: "Not used while all blocks stay frozen.",
    Unused.FROM_SCRATCH: "Not used from scratch: everything is trained from the first epoch, at the learning rate.",
    Unused.NO_HEAD_EPOCHS: "Not used: without head epochs the head is never trained alone.",
    Unused.NOTHING_FROZEN: "Not used: no block stays frozen.",
    Unused.NO_CHANGES: "Not used while no change is on.",
    Unused.CHOSEN: "Not used: it is chosen by cross-validation.",
    Unused.ALL_PICTURES: "Not used while all pictures are.",
    Unused.NOT_LOGISTIC: "Not used: it needs a frozen network, pooled and normalised features, no hidden units and no "
    "dropout.",
    Unused.CANNOT_ADAPT: "Not possible: it needs a pretrained network that stays frozen, pooled and normalised "
    "features, no hidden units and no dropout.",
}


def show(dataset: DatasetIndex, config: TrainingConfig | None) -> None:
    """Draws the groups, closed at first.

    Args:
        dataset: the data set.
        config: the form's current configuration; None if it is invalid.
    """
    # While the settings are invalid no field is locked, as it may be the one to fix.
    unused = unused_settings(config) if config else {}
    st.header("Advanced", anchor=False)
    for name, (label, icon) in GROUPS.items():
        # Only the fields of open groups are drawn: all of them would take the browser longer than the rest of the page.
        group = st.expander(label, icon=icon, key=group_key(name), on_change="rerun")
        if group.open:
            with group:
                _fields(name, dataset, config, unused)


def group_key(name: str) -> str:
    """Returns the key of a group, whose value is whether it is open."""
    return f"advanced_{name}"


def _fields(group: str, dataset: DatasetIndex, config: TrainingConfig | None, unused: Mapping[str, Unused]) -> None:
    """Draws the fields of a group, and what helps to set them."""
    if group == "network":
        _network(get_backbone(widget_values.value("backbone")), unused)
    elif group == "head":
        _head(unused)
    elif group == "learning":
        _learning(unused)
        rate_view.show(config, dataset.id)
    elif group == "adaptation":
        _adaptation(dataset, unused)
    else:
        _augmentation(unused)
        # A container, so that the pictures keep their place when the message changes.
        with st.container():
            _views_cost(dataset, config)
        augmentation_preview.show(dataset, config)


def _group() -> DeltaGenerator:
    return st.grid(3, min_column_width=200, vertical_alignment="top")


def number(
    group: DeltaGenerator, name: str, step: float = 1, note: str = "", unused: Mapping[str, Unused] | None = None
) -> None:
    """Draws a field for a number.

    It has no bounds and may be empty: the browser would not send a number out of bounds, and the last valid one would
    be used. Instead, the configuration refuses such numbers with a message.

    Args:
        group: where it is drawn.
        name: of the setting.
        step: of its buttons.
        note: added to the setting's own help.
        unused: settings that have no effect; their fields are locked.
    """
    style = "%g" if isinstance(step, float) else None
    group.number_input(value=None, step=step, format=style, **described(name, note, unused))


def described(name: str, note: str = "", unused: Mapping[str, Unused] | None = None) -> dict[str, Any]:
    """Returns the arguments that the widgets of all settings have in common.

    Args:
        name: of the setting.
        note: added to the setting's own help.
        unused: settings that have no effect; their widgets are locked and say why.
    """
    setting, reason = SETTINGS[name], (unused or {}).get(name)
    sentences = [setting.help, note, UNUSED_WORDS[reason] if reason else ""]
    return {
        "label": setting.label,
        "help": " ".join(filter(None, sentences)),
        "disabled": reason is not None,
        "key": widget_values.key(name),
        "persist_state": "session",
    }


def _choice(
    group: DeltaGenerator, name: str, words: dict[str, str], unused: Mapping[str, Unused] | None = None
) -> None:
    group.selectbox(options=list(words), format_func=words.__getitem__, **described(name, unused=unused))


def _share(group: DeltaGenerator, name: str, step: float = 0.05) -> None:
    group.slider(min_value=0.0, max_value=float(SETTINGS[name].high or 1), step=step, **described(name))


def _switch(group: DeltaGenerator, name: str, unused: Mapping[str, Unused] | None = None) -> None:
    group.toggle(**described(name, unused=unused))


def _network(backbone: Backbone, unused: Mapping[str, Unused]) -> None:
    group = _group()
    current = widget_values.value("weights")
    more_weights = {} if current in setting_values.WEIGHTS else {current: current}
    _choice(group, "weights", setting_values.WEIGHTS | more_weights)
    sizes = f"{backbone.min_size}–{MAX_IMAGE_SIZE}; {backbone.label} was trained at {backbone.image_size}."
    number(group, "image_size", note=sizes)
    _choice(group, "preprocessing", {name: setting_values.PREPROCESSINGS[name] for name in PREPROCESSINGS})
    _choice(group, "engine", {name: setting_values.ENGINES[name] for name in ENGINES}, unused)


def _head(unused: Mapping[str, Unused]) -> None:
    group = _group()
    _switch(group, "cross_validation", unused)
    number(group, "weight_decay", step=0.01, unused=unused)
    number(group, "depths", unused=unused)
    _choice(group, "pooling", {name: setting_values.POOLINGS[name] for name in POOLINGS})
    number(group, "units")
    _share(group, "dropout")
    _switch(group, "normalize")


def _learning(unused: Mapping[str, Unused]) -> None:
    group = _group()
    number(group, "batch_size")
    number(group, "learning_rate", step=1e-4, unused=unused)
    number(group, "fine_tune_learning_rate", step=1e-5, unused=unused)
    number(group, "rate_decay", step=0.05, unused=unused)
    number(group, "head_epochs", unused=unused)
    number(group, "early_stopping_patience")
    _choice(group, "schedule", {name: setting_values.SCHEDULES[name] for name in SCHEDULES})
    _share(group, "label_smoothing")
    number(group, "seed")
    _switch(group, "reuse_features")
    number(group, "pictures_per_class")
    number(group, "draw", unused=unused)
    _switch(group, "class_weighting")
    _switch(group, "stop_when_settled")


def _adaptation(dataset: DatasetIndex, unused: Mapping[str, Unused]) -> None:
    store = session.dataset_store()
    others = {one.id: one.name for one in store.list() if one.id != dataset.id}
    current = widget_values.value("adapt_to")
    gone = {} if current in others else {current: target_name(store, current)}
    _choice(_group(), "adapt_to", gone | {"": NO_TARGET} | others, unused)
    if not others:
        st.caption("There is no other data set yet. Pictures of this kind may come without labels, in one folder.")
        st.page_link(session.DATA, label="Add pictures", icon=":material/add:", query_params={"add": "zip"})
    elif current in others:
        st.caption(
            "It helps where the classes have about the same shares there as here. Where one is rare or missing there, "
            "it can do harm, the more the fewer classes there are: with two, the run leaves the model alone where it "
            "notices that. Its accuracy will be measured on labelled pictures that are held out, so it won't say how "
            "good the model is on the others. A few of those with labels would: evaluate the finished model on them."
        )


def _augmentation(unused: Mapping[str, Unused]) -> None:
    group = _group()
    _switch(group, "flip")
    _share(group, "rotation", step=5.0)
    for name in ("zoom", "shear", "translation", "contrast", "brightness"):
        _share(group, name)
    number(group, "views", unused=unused)


def _views_cost(dataset: DatasetIndex, config: TrainingConfig | None) -> None:
    """Says what the chosen number of versions costs."""
    if config is None or not config.augmentation.changes_pictures:
        return
    if not config.num_frozen_blocks:
        st.caption("All blocks are trained, so every epoch changes the pictures anew: nothing is computed ahead.")
        return
    num_training = len(session.split_dataset(dataset, **config.split_options).select("train"))
    forecast = forecast_view.known(config, dataset.id)
    seconds = forecast.views_seconds if forecast else None
    st.caption(wording.views_cost(config.augmentation.views, num_training, seconds))
