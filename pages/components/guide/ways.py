"""What the guide's buttons do: each does in the studio what the text beside it tells of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from core.config.recipes import RECIPES
from core.runs.recipe_choice import choose_config
from core.runs.records.store import Run, RunStatus
from pages.components import wording
from pages.components.shared import quick_start
from pages.components.shell import session
from pages.components.shell.presses import press
from pages.components.training import setup_form

NO_MODEL = "There is no model yet. Train one first, for instance with Try it now."


@dataclass(frozen=True)
class Link:
    """Leads to a page.

    Attributes:
        label: what it does.
        icon: Material icon.
        page: the page.
        parameters: of its address.
    """

    label: str
    icon: str
    page: str
    parameters: Mapping[str, str]


@dataclass(frozen=True)
class SetUp:
    """Opens Train with a recipe filled in for a built-in sample, which is imported first if needed.

    Attributes:
        label: what it does.
        icon: Material icon.
        sample: key in `SAMPLES`.
        recipe: key in `RECIPES`.
    """

    label: str
    icon: str
    sample: str
    recipe: str


@dataclass(frozen=True)
class OfARun:
    """Opens a section of the newest run with a model.

    Attributes:
        label: what it does.
        icon: Material icon.
        section: its name in the address.
    """

    label: str
    icon: str
    section: str


Way = Link | SetUp | OfARun


def _demo(kind: str, label: str, icon: str) -> Link:
    return Link(label, icon, session.DEMO, {"kind": kind})


WAYS: dict[str, Way] = {
    "race": _demo("race", "Let three ways race", ":material/sports_score:"),
    "few": _demo("samples", "How few pictures are enough?", ":material/stacked_line_chart:"),
    "freeze": _demo("freeze", "What does freezing do?", ":material/ac_unit:"),
    "backbones": _demo("backbones", "Compare networks", ":material/hub:"),
    "article": _demo("article", "Reproduce the article", ":material/article:"),
    "augmentation": _demo("augmentation", "See augmentation at work", ":material/flip:"),
    "samples_list": Link("Built-in samples", ":material/photo_library:", session.DATA, {"add": "samples"}),
    "bring": Link("Bring your pictures", ":material/upload:", session.DATA, {"add": "zip"}),
    "classes": Link("Build classes by webcam", ":material/photo_camera:", session.DATA, {"add": "classes"}),
    "test": Link("Show a model new pictures", ":material/image_search:", session.TESTING, {}),
    "try": SetUp("Set up a first training", ":material/model_training:", "puzzle", "recommended"),
    "train": SetUp("Set up a training", ":material/model_training:", "puzzle", "recommended"),
    "textures": SetUp("Set it up on textures", ":material/model_training:", "textures", "recommended"),
    "faces": SetUp("Set it up on faces", ":material/model_training:", "faces", "recommended"),
    "digits": SetUp("Set it up on digits", ":material/looks_3:", "digits", "recommended"),
    "fine_tune": SetUp("Set up a fine-tuning", ":material/tune:", "puzzle", "fine_tune"),
    "results": OfARun("Results of your latest model", ":material/fact_check:", "results"),
    "explain": OfARun("Explain your latest model", ":material/visibility:", "explain"),
    "map": Link("See the map of a data set", ":material/scatter_plot:", session.DATA, {"section": "check"}),
}
# What makes a figure again on this machine, by the figure's name.
REMAKING = {
    "domains": "map",
    "samples": "textures",
    "curves": "race",
    "few_pictures": "few",
    "blocks": "freeze",
    "negative": "digits",
    "augmentation": "augmentation",
    "same_picture": "augmentation",
    "shift": "try",
    "few_shots": "few",
    "heat_map": "faces",
    "calibration": "digits",
    "unlike": "train",
}


def show(names: Sequence[str]) -> None:
    """Draws buttons.

    Args:
        names: keys in `WAYS`.
    """
    with st.container(horizontal=True, vertical_alignment="center", key="guide_ways"):
        pressed = {name: _button(name, f"way_{name}", WAYS[name].label, WAYS[name].icon) for name in names}
    for name, is_pressed in pressed.items():
        _follow(name, f"way_{name}", is_pressed)


def show_remaking(figure: str) -> None:
    """Draws the button below a figure that leads to where this machine makes it.

    Args:
        figure: its name.
    """
    name, key = REMAKING[figure], f"remake_{figure}"
    _follow(name, key, _button(name, key, "Make it on this machine", ":material/replay:"))


def _button(name: str, key: str, label: str, icon: str) -> bool:
    way = WAYS[name]
    missing = isinstance(way, OfARun) and _latest() is None
    return st.button(label, key=key, icon=icon, disabled=missing, help=NO_MODEL if missing else _where(way))


def _where(way: Way) -> str:
    if isinstance(way, SetUp):
        return f"Opens Train with the recipe {RECIPES[way.recipe].label}. Nothing starts before you press Start."
    return ""


def _follow(name: str, key: str, is_pressed: bool) -> None:
    """Does what a button does. Drawn on its own, so that a progress bar isn't beside the buttons."""
    way = WAYS[name]
    pressed = press(key, is_pressed)
    if not pressed:
        return
    if isinstance(way, Link):
        st.switch_page(way.page, query_params=dict(way.parameters))
    elif isinstance(way, OfARun):
        if run := _latest():
            session.open_run(run.id, way.section)
    else:
        dataset = quick_start.bring_sample(way.sample, pressed)
        if dataset is not None:
            with session.errors_shown():
                setup_form.fill_with(dataset.id, way.recipe, choose_config(way.recipe, dataset))
                st.switch_page(session.TRAIN)


def _latest() -> Run | None:
    runs = session.run_store().list()
    return next((run for run in runs if run.has_model and run.status == RunStatus.COMPLETED), None)


def label_of(name: str) -> str:
    """Returns what a way is called, for texts that name it.

    Args:
        name: key in `WAYS`.
    """
    return wording.plain(WAYS[name].label)
