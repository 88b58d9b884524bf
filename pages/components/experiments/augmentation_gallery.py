"""The same picture many times, changed as the sliders say."""

from typing import Any

import streamlit as st

from core.config.parts import Augmentation
from core.config.training_config import SETTINGS
from core.datasets.index import DatasetIndex
from core.errors import CoreError
from core.experiments.plans import CHANGES
from core.images.augmentation import make_view
from core.images.decoding import decode
from pages.components import wording

COPIES = 12
SIDE, WIDTH = 160, 112
TURN = "gallery_turn"


def show(dataset: DatasetIndex | None) -> None:
    """Draws the sliders and the copies.

    Args:
        dataset: where the picture is from; None if it isn't imported yet.
    """
    st.header("What changed copies look like", anchor=False)
    if dataset is None:
        st.caption("Start the experiment, or import the pictures under Data, to see copies of one of them here.")
        return
    values: dict[str, bool | float] = {}
    grid = st.grid(3, min_column_width=200)
    for name in ("rotation", "zoom", "shear", "translation", "brightness", "contrast"):
        high = float(SETTINGS[name].high or 1)
        step = 5.0 if name == "rotation" else 0.05
        first = float(CHANGES.get(name, 0.0))
        values[name] = grid.slider(min_value=0.0, max_value=high, value=first, step=step, **_described(name))
    values["flip"] = grid.toggle(value=True, **_described("flip"))
    turn = st.session_state.get(TURN, 0)
    sample = dataset.samples[turn * (len(dataset.samples) // 7 + 1) % len(dataset.samples)]
    try:
        picture = decode(dataset.picture_path(sample), SIDE)
    except CoreError as error:
        st.caption(wording.plain(str(error)))
        return
    augmentation = Augmentation(**values)  # type: ignore[arg-type]
    with st.container(horizontal=True, gap="xsmall", key="gallery_copies"):
        for view in range(COPIES):
            text = "As it is" if view == 0 else f"Copy {view}"
            copy = make_view(picture, augmentation, turn, sample.digest, view)
            st.image(copy, caption=text, alt=f"{dataset.class_names[sample.label]}: {text}", width=WIDTH)
    st.button("Another picture", icon=":material/shuffle:", key="gallery_another", on_click=_another)


def _described(name: str) -> dict[str, Any]:
    """Returns what the widgets of all settings have in common."""
    return {"label": SETTINGS[name].label, "help": SETTINGS[name].help, "key": f"gallery_{name}"}


def _another() -> None:
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1
