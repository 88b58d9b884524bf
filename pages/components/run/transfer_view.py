"""Did transfer help? A run's model against the bare pixels, against training from scratch, and on frozen features."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from core.config.recipes import RECIPES
from core.datasets.index import DatasetIndex
from core.evaluation.comparison import PairedComparison
from core.evaluation.evaluation import Evaluation, load_evaluations
from core.evaluation.pixel_answers import load_pixel_answers
from core.evaluation.words import transfer as transfer_wording
from core.experiments import progress
from core.experiments.experiment import Kind
from core.experiments.plans import transfer_arms
from core.runs.counterparts import Way, compared, comparison_words, counterparts, wanted, way_of
from core.runs.recipe_choice import choose_config
from core.runs.records.store import Run
from pages.components import wording
from pages.components.run import adapting, kept_data
from pages.components.shell import session
from pages.components.shell.presses import press
from pages.components.training import setup_form

FINE_TUNE = "fine_tune"
MORE_BLOCKS, LOWER_RATE = 2, 3.0
MISSING = {
    (Way.SCRATCH,): ("Train it from scratch too", "Every layer then learns, which takes many times as long."),
    (Way.FROZEN,): ("Train on frozen features too", "Only a new last layer then learns, which is quick."),
    (Way.SCRATCH, Way.FROZEN): (
        "Train it from scratch and on frozen features too",
        "The one takes many times as long, the other is quick.",
    ),
}
NAMES = {Way.SCRATCH: "training from scratch", Way.FROZEN: "frozen features"}
NO_DATASET = "The data set of this run was deleted, so nothing can be trained on it any more."


def show(run: Run) -> None:
    """Draws the comparisons that there are, and offers what is missing.

    Nothing for an adapted model: it is meant for other pictures than those on which they are made.

    Args:
        run: has a model.
    """
    if run.config.adaptation.is_on:
        return
    with session.errors_shown():
        own = load_evaluations(session.run_store().folder(run.id))[0]
        st.header("Did transfer help?", anchor=False)
        is_negative = [_show_pixels(run, own)]
        others = counterparts(session.run_store().list(), run)
        dataset = kept_data.dataset_of(run)
        for way in wanted(run.config):
            if way in others:
                is_negative.append(_show_other(run, way, others[way]))
        missing = tuple(way for way in wanted(run.config) if way not in others)
        if missing:
            _offer(run, missing, others, dataset)
        if any(is_negative) and dataset is not None and way_of(run.config) != Way.SCRATCH:
            _show_remedies(run, dataset)


def _show_pixels(run: Run, own: Evaluation) -> bool:
    """Draws the comparison with the pixels; returns whether it shows negative transfer."""
    pixels = load_pixel_answers(session.run_store().folder(run.id))
    found = pixels.against(own) if pixels else None
    if pixels is None or found is None:
        return False
    is_pretrained = not run.config.from_scratch
    st.markdown(transfer_wording.against_pixels(found, pixels, is_pretrained))
    return is_pretrained and found.better < 0


def _show_other(run: Run, way: Way, other: Run) -> bool:
    """Draws the comparison with another run, or that it is at work; returns whether it shows negative transfer."""
    link = partial(st.page_link, session.RUN, query_params={"run": other.id})
    if not other.has_model:
        link(label=f"The run to compare with, by {NAMES[way]}, is at work: **{wording.plain(other.name)}**")
        return False
    found = compared(session.run_store(), run, other)
    st.markdown(comparison_words(run, way, found))
    link(label=f"Compared with **{wording.plain(other.name)}**")
    if other.experiment_id:
        st.page_link(session.DEMO, label="Side by side", query_params={"experiment": other.experiment_id})
    return way == Way.SCRATCH and isinstance(found, PairedComparison) and found.better < 0


def _offer(run: Run, missing: tuple[Way, ...], others: Mapping[Way, Run], dataset: DatasetIndex | None) -> None:
    label, effort = MISSING[missing]
    key = f"counterpart_{'_'.join(missing)}_{run.id}"
    with st.container(horizontal=True, vertical_alignment="center"):
        is_pressed = st.button(
            label,
            key=key,
            icon=":material/balance:",
            disabled=dataset is None,
            help=None if dataset else NO_DATASET,
        )
        st.caption(f"{effort} Then they are compared here, on the same pictures.", width="content")
    pressed = press(key, is_pressed)
    if pressed and dataset is not None:
        # As arms of one experiment, so that they stay together.
        arms = transfer_arms(run, others, dataset)
        pressed.do("submit", partial(progress.start, session.run_store(), Kind.TRANSFER, dataset, arms))
        st.rerun()


def _show_remedies(run: Run, dataset: DatasetIndex) -> None:
    st.markdown(
        "What may help is a network closer to these pictures, to let more of this one learn, smaller steps, which keep "
        "what it has learned, or, if the model will meet other pictures than these, to adapt it to them:"
    )
    with st.container(horizontal=True):
        if st.button("Choose another network", icon=":material/hub:"):
            setup_form.prefill(run)
            st.switch_page(session.TRAIN)
        if way_of(run.config) == Way.FROZEN and st.button("Let its end learn too", icon=":material/tune:"):
            same = {name: getattr(run.config, name) for name in ("backbone", "weights", "image_size", "seed")}
            setup_form.fill_with(dataset.id, FINE_TUNE, choose_config(FINE_TUNE, dataset, **same))
            st.switch_page(session.TRAIN)
        if way_of(run.config) == Way.FINE_TUNED:
            _show_changes(run, dataset)
        _show_adapting(run, dataset)


def _show_adapting(run: Run, dataset: DatasetIndex) -> None:
    """Draws the button that fills the form with frozen features and the pictures to adapt to, if there are any."""
    others = [one.id for one in session.dataset_store().list() if one.id != dataset.id]
    if not others:
        st.caption("To adapt it to unlabelled pictures, bring them as a data set of their own.", width="content")
        st.page_link(session.DATA, label="Add pictures", icon=":material/add:", query_params={"add": "zip"})
    elif st.button("Adapt to unlabelled pictures", icon=":material/sync_alt:"):
        # Of several, only the user knows which are of the kind that the model will meet.
        adapting.fill_form(run, dataset, others[0] if len(others) == 1 else "")


def _show_changes(run: Run, dataset: DatasetIndex) -> None:
    """Draws what may be changed about fine-tuning: each button fills the form with the run's settings but one."""
    config = run.config
    blocks = config.freeze.trainable_blocks + min(MORE_BLOCKS, config.num_frozen_blocks)
    rate = config.optimization.fine_tune_learning_rate / LOWER_RATE
    recipe = run.recipe if run.recipe in RECIPES else FINE_TUNE
    if config.num_frozen_blocks and st.button("Let more of it learn", icon=":material/tune:"):
        setup_form.fill_with(dataset.id, recipe, config.with_options(trainable_blocks=blocks))
        st.switch_page(session.TRAIN)
    if st.button("Learn at a lower rate", icon=":material/speed:"):
        setup_form.fill_with(dataset.id, recipe, config.with_options(fine_tune_learning_rate=rate))
        st.switch_page(session.TRAIN)
