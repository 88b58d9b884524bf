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
from pages.components.shell.presses import Press, press

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
    dataset = bring_sample(SAMPLE, pressed)
    if dataset is None:
        return
    with session.errors_shown():
        session.choose_dataset(dataset.id)
        config = choose_config(RECIPE, dataset)
        submit = partial(queue.submit, session.run_store(), dataset.id, config, recipe=RECIPE)
        session.open_run(pressed.do("submit", submit).id)


def bring_sample(name: str, pressed: Press) -> DatasetIndex | None:
    """Imports a built-in sample with a progress bar, for a press; returns it, or None after an error is shown.

    Args:
        name: of the sample.
        pressed: the press that asked for it.
    """
    job = pressed.do("import", partial(_start_import, name))
    bar = st.progress(0.0, "Starting")
    while not job.ended.wait(LOOK_AGAIN_SECONDS):
        bar.progress(phases.share_done(job.progress), phases.job_phase(job.progress))
    if job.result is None:
        bar.empty()
        st.error(wording.plain(job.error or "The import was stopped."), icon=":material/error:")
        return None
    bar.progress(1.0, "Opening")
    return job.result


def _start_import(name: str) -> Job[DatasetIndex]:
    work = partial(import_sample_in_subprocess, session.dataset_store(), name)
    return session.jobs().start(IMPORT, SAMPLES[name].label, work)
