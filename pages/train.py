"""Set up a training run and start it."""

import streamlit as st

from core.datasets.index import DatasetIndex
from core.runs import queue
from core.runs.records.store import Run
from pages.components import wording
from pages.components.dataset import dataset_views
from pages.components.shared import quick_start
from pages.components.shell import frame, session
from pages.components.shell.presses import press
from pages.components.training import setup_form


def split_sentence(dataset: DatasetIndex) -> str:
    """Returns how many pictures are for training and for validation, in words."""
    split = session.split_dataset(dataset)
    train, validation = len(split.select("train")), len(split.select("validation"))
    return (
        f"{wording.count(len(dataset.class_names), 'class')}, {wording.count(len(dataset.samples), 'picture')}: "
        f"{train:,} to learn from, {validation:,} to check with"
    )


def show_form(datasets: list[DatasetIndex]) -> None:
    """Draws the form; once Start is pressed, submits a run and opens it."""
    dataset = dataset_views.choose(datasets)
    st.caption(split_sentence(dataset))
    if origin := dataset_views.origin(dataset):
        st.caption(f":material/account_tree: {origin}")
    config = setup_form.training_config(dataset)

    def submit() -> Run:
        assert config is not None  # only called for a press, which requires a configuration
        return queue.submit(session.run_store(), dataset.id, config, recipe=setup_form.chosen_recipe())

    if pressed := press("start", config is not None):
        session.open_run(pressed.do("submit", submit).id)


def show_empty() -> None:
    """Says how to get to a data set."""
    st.info("There is no data set to train on yet. Bring your own pictures, or try a sample.", icon=":material/info:")
    with st.container(horizontal=True):
        if st.button("Bring pictures", type="primary", icon=":material/photo_library:"):
            st.switch_page(session.DATA)
        quick_start.try_it_now("train_try", primary=False)
    st.button("Start training", icon=":material/play_arrow:", disabled=True, key="start")


frame.title("Train a model")
with session.errors_shown():
    available = session.dataset_store().list()
    if available:
        show_form(available)
    else:
        show_empty()
