"""Set up a training run and start it."""

import streamlit as st

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.splits import TRAIN, VALIDATION
from core.datasets.store.adaptation_target import adaptation_target
from core.errors import DatasetError
from core.runs import queue
from core.runs.records.store import Run
from pages.components import wording
from pages.components.dataset import dataset_views
from pages.components.presenter import presenter
from pages.components.results import waiting
from pages.components.shared import quick_start
from pages.components.shell import frame, session
from pages.components.shell.presses import press
from pages.components.training import (
    advanced_form,
    advice_view,
    estimates,
    network_form,
    recipe_cards,
    setup_form,
    summary,
)


def split_sentence(dataset: DatasetIndex) -> str:
    """Returns how many pictures are for training and for validation, in words."""
    train, validation = setup_form.num_pictures(dataset, TRAIN), setup_form.num_pictures(dataset, VALIDATION)
    return (
        f"{wording.count(len(dataset.class_names), 'class')}, {wording.count(len(dataset.samples), 'picture')}: "
        f"{train:,} to learn from, {validation:,} to check with"
    )


def why_not(config: TrainingConfig, dataset: DatasetIndex) -> summary.Obstacle | None:
    """Returns why training on a data set can't start, or None if it can."""
    try:
        adaptation_target(session.dataset_store(), config.adaptation.adapt_to, dataset.id)
    except DatasetError as error:
        return summary.Obstacle(str(error))
    return summary.why_not(config, len(dataset.class_names))


def show_form(datasets: list[DatasetIndex]) -> None:
    """Draws the form; once Start is pressed, submits a run and opens it."""
    dataset = dataset_views.choose(datasets)
    with st.container(gap="xsmall"):
        st.caption(split_sentence(dataset))
        if origin := dataset_views.origin(dataset):
            st.caption(f":material/account_tree: {origin}")
    setup_form.follow(dataset)
    recipes = setup_form.recipe_configs(dataset)
    recipe_cards.show(recipes, dataset.id)
    config, mistake = setup_form.read(dataset)
    obstacle = why_not(config, dataset) if config else summary.Obstacle(mistake)
    own = estimates.time_question(config, dataset.id) if config else None
    questions = own, recipe_cards.questions(recipes, dataset.id)
    num_training = setup_form.num_pictures(dataset, TRAIN, config)
    is_pressed = summary.show(config, obstacle, num_training, questions, waiting.runs_before_next)
    with presenter.advanced("advice"):
        advice_view.show(config, dataset.id)
        setup_form.show_origin(dataset)
    with presenter.advanced("form"):
        network_form.show(dataset, config)
        advanced_form.show(dataset, config)

    def submit() -> Run:
        assert config is not None  # only called for a press, which requires a configuration
        return queue.submit(session.run_store(), dataset.id, config, recipe=setup_form.chosen_recipe())

    # Last, so that all fields are drawn and keep their values.
    if pressed := press("start", is_pressed and obstacle is None):
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
    available = [dataset for dataset in session.dataset_store().list() if dataset.has_labels]
    if available:
        show_form(available)
    else:
        show_empty()
