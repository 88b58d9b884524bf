"""The shortest way to a model: a built-in data set and the recommended recipe, in one click."""

from functools import partial

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.store.samples import SAMPLES
from core.processes.dataset_jobs import import_sample_in_subprocess
from core.runs import queue
from core.runs.recipe_choice import choose_config
from pages.components import phases, wording
from pages.components.background.jobs import IMPORT, Job
from pages.components.shell import session
from pages.components.shell.presses import press

SAMPLE = "puzzle"
RECIPE = "recommended"
LOOK_AGAIN_SECONDS = 0.1


def try_it_now(key: str, primary: bool = True) -> None:
    """Draws the button; when pressed, imports the sample with a progress bar, starts a run and opens its page."""
    is_pressed = st.button(
        "Try it now", key=key, type="primary" if primary else "secondary", icon=":material/rocket_launch:"
    )
    pressed = press(key, is_pressed)
    if not pressed:
        return
    job = pressed.do("import", _start_import)
    bar = st.progress(0.0, "Starting")
    while not job.ended.wait(LOOK_AGAIN_SECONDS):
        bar.progress(phases.share_done(job.progress), phases.job_phase(job.progress))
    if job.result is None:
        bar.empty()
        st.error(wording.plain(job.error or "The import was stopped."), icon=":material/error:")
        return
    bar.progress(1.0, "Starting the training")
    with session.errors_shown():
        session.choose_dataset(job.result.id)
        config = choose_config(RECIPE, job.result)
        submit = partial(queue.submit, session.run_store(), job.result.id, config, recipe=RECIPE)
        session.open_run(pressed.do("submit", submit).id)


def _start_import() -> Job[DatasetIndex]:
    work = partial(import_sample_in_subprocess, session.dataset_store(), SAMPLE)
    return session.jobs().start(IMPORT, SAMPLES[SAMPLE].label, work)
