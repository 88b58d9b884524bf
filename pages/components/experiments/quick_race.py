"""The shortest way to something to show: a race on a built-in sample, in one click."""

from functools import partial

import streamlit as st

from core.experiments import plans, progress
from core.experiments.experiment import Kind
from core.experiments.plans import Choices
from core.settings import settings
from pages.components.shared import quick_start
from pages.components.shell import session
from pages.components.shell.presses import press


def race_now(key: str) -> None:
    """Draws the button; when pressed, imports the sample with a progress bar, starts a race and opens its page."""
    is_pressed = st.button("Start a race", key=key, icon=":material/sprint:")
    pressed = press(key, is_pressed)
    if not pressed:
        return
    dataset = quick_start.bring_sample(quick_start.SAMPLE, pressed)
    if dataset is None:
        return
    with session.errors_shown():
        session.choose_dataset(dataset.id)
        arms = plans.plan(Kind.RACE, dataset, Choices(), settings())
        start = partial(progress.start, session.run_store(), Kind.RACE, dataset, arms)
        session.open_experiment(pressed.do("start", start).id)
