"""Setting up an experiment: the pictures, and the few things that can be chosen."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from core.backbones.availability import availability
from core.backbones.table import BACKBONES
from core.datasets.index import DatasetIndex
from core.datasets.store.samples import SAMPLES
from core.errors import CoreError
from core.experiments import plans, progress, words
from core.experiments.experiment import Kind
from core.experiments.plans import Choices
from core.settings import settings
from pages.components import wording
from pages.components.experiments import augmentation_gallery, overview
from pages.components.shared import quick_start
from pages.components.shell import frame, session
from pages.components.shell.presses import press

# Before the id of a sample that isn't imported yet.
SAMPLE = "sample:"
LENGTHS = {
    Kind.RACE: "One to three minutes on two cores with a built-in sample; most of it is the training from scratch.",
    Kind.SAMPLES: "About three minutes on two cores with a built-in sample; most of it is the training from scratch.",
    Kind.FREEZE: "One to three minutes on two cores with a built-in sample.",
    Kind.BACKBONES: "Some seconds for each small network, up to a minute for a large one.",
    Kind.AUGMENTATION: "Less than a minute.",
    Kind.ARTICLE: "One to three minutes; with the article's network VGG16, if its weights are here, the longest.",
}
ABOUT_DRAWS = "How often pictures are drawn anew. From scratch, which takes long, it is half as often."


def show(kind: Kind) -> None:
    """Draws the form of one kind; once Start is pressed, starts the experiment and opens it."""
    top = st.container()
    frame.title(words.TITLES[kind])
    with top:
        overview.way_back()
    st.markdown(words.QUESTIONS[kind])
    options = _pictures()
    chosen = st.selectbox("Pictures", list(options), format_func=options.__getitem__, key="experiment_pictures")
    with st.expander("Choose more", icon=":material/tune:"):
        choices = _choices(kind)
    is_pressed = st.button("Start", type="primary", icon=":material/play_arrow:", disabled=choices is None, key="start")
    st.caption(LENGTHS[kind])
    if kind == Kind.AUGMENTATION:
        augmentation_gallery.show(_dataset(chosen))
    pressed = press(f"experiment_{kind}", is_pressed)
    if not pressed or choices is None:
        return
    dataset = (
        quick_start.bring_sample(chosen.removeprefix(SAMPLE), pressed)
        if chosen.startswith(SAMPLE)
        else session.dataset_store().get(chosen)
    )
    if dataset is None:
        return
    session.choose_dataset(dataset.id)
    arms = plans.plan(kind, dataset, choices, settings())
    start = partial(progress.start, session.run_store(), kind, dataset, arms)
    session.open_experiment(pressed.do("start", start).id)


def _pictures() -> Mapping[str, str]:
    """Returns the data sets that can be chosen, in words: a sample first, as it takes the least time."""
    datasets = [dataset for dataset in session.dataset_store().list() if dataset.has_labels]
    mine = {dataset.id: f"{dataset.name} ({wording.count(len(dataset.samples), 'picture')})" for dataset in datasets}
    here = {dataset.name for dataset in datasets}
    samples = {
        f"{SAMPLE}{sample.name}": f"{sample.label} (built-in sample, {wording.count(sample.num_pictures, 'picture')})"
        for sample in SAMPLES.values()
        if not sample.url and sample.label not in here
    }
    chosen = session.chosen_dataset(datasets)
    first = {chosen.id: mine[chosen.id]} if chosen else {}
    return {**first, **samples, **mine} if not chosen else {**first, **mine, **samples}


def _dataset(chosen: str) -> DatasetIndex | None:
    """Returns the chosen data set if it is imported."""
    return None if chosen.startswith(SAMPLE) else session.dataset_store().get(chosen)


def _choices(kind: Kind) -> Choices | None:
    """Draws what can be chosen, and returns it; None if it is invalid, which is said."""
    given: dict[str, object] = {}
    if "backbone" in plans.CHOSEN[kind]:
        here = [one.name for one in BACKBONES.values() if availability(one, settings()).is_here]
        given["backbone"] = st.selectbox(
            "Network",
            ["", *here],
            format_func=lambda name: BACKBONES[name].label if name else "The usual one",
            key="experiment_backbone",
        )
    given["image_size"] = st.number_input(
        "Picture size in pixels",
        0,
        value=0,
        step=32,
        key="experiment_size",
        help=f"0 takes the kind's own size, mostly {plans.IMAGE_SIZE} pixels, which keeps training from scratch short.",
    )
    if "draws" in plans.CHOSEN[kind]:
        given["draws"] = st.number_input(
            "Draws", 1, plans.MOST_DRAWS, plans.DRAWS, key="experiment_draws", help=ABOUT_DRAWS
        )
    if "lanes" in plans.CHOSEN[kind]:
        given["lanes"] = tuple(
            st.multiselect(
                "Lanes", plans.LANES, plans.RACE_LANES, format_func=words.lane, key="experiment_lanes", max_selections=4
            )
        )
    try:
        return Choices(**given)  # type: ignore[arg-type]
    except CoreError as error:
        st.error(wording.plain(str(error)), icon=":material/error:")
        return None
