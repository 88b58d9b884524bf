"""How a run ended, and what can be done now, the most likely first."""

from collections.abc import Callable
from functools import partial
from typing import Literal

import streamlit as st

from core.runs import queue
from core.runs.records.store import Run, RunStatus
from core.wording import failures
from pages.components import phases, wording
from pages.components.run import kept_data
from pages.components.shell import session
from pages.components.shell.presses import Press, press
from pages.components.training import setup_form

RESUME_HELP = "Continues with the next epoch. Nothing is done twice."
START_AGAIN_HELP = "Starts a new run with the same settings. This one stays as it is."
NO_DATASET = "The data set of this run was deleted. Import it again, then train on it."


def show_end(run: Run) -> None:
    """Says how a run ended that wasn't completed, and offers to go on."""
    if run.status == RunStatus.FAILED:
        st.error(wording.plain(failures.failure(run.failure)), icon=":material/error:")
    elif not run.has_model:
        num_epochs = len(session.run_store().events(run.id))
        st.info(phases.stopped_without_model(run.phase, num_epochs), icon=":material/stop_circle:")
    elif run.status == RunStatus.STOPPED:
        # The epoch that training keeps: with early stopping the one with the lowest loss, otherwise the latest.
        kept = "the best epoch so far" if run.config.optimization.early_stopping_patience else "the last complete epoch"
        st.info(
            f"Stopped early. The model is from {kept}; Resume continues with the next.", icon=":material/stop_circle:"
        )
    if run.can_resume:
        _show_ways_on(run)


def _show_ways_on(run: Run) -> None:
    missing = "" if kept_data.dataset_of(run) else NO_DATASET
    kind: Literal["primary", "secondary"] = "secondary" if run.has_model else "primary"
    with st.container(horizontal=True, vertical_alignment="center"):
        is_pressed = st.button(
            "Resume", type=kind, icon=":material/resume:", disabled=bool(missing), help=missing or RESUME_HELP
        )
        if pressed := press(f"resume_{run.id}", is_pressed):
            _resume(run, pressed)
        if run.status == RunStatus.FAILED:
            is_pressed = st.button(
                "Start again", icon=":material/replay:", disabled=bool(missing), help=missing or START_AGAIN_HELP
            )
            if pressed := press(f"start_again_{run.id}", is_pressed):
                _start_again(run, pressed)
        if not run.has_model:
            _train_again(run, "Back to the set-up with these settings", missing)
        if missing:
            st.caption(f":material/info: {missing}")


def show_next(run: Run, open_section: Callable[[str], None], leads_to_results: bool) -> None:
    """Draws the next steps with a model.

    Args:
        run: has a model.
        open_section: opens a section of the page.
        leads_to_results: whether to offer the results too.
    """
    missing = "" if kept_data.dataset_of(run) else NO_DATASET
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Try this model", type="primary", icon=":material/image_search:", on_click=open_section, args=("try",)
        )
        if leads_to_results:
            st.button("See the results", icon=":material/fact_check:", on_click=open_section, args=("results",))
        _train_again(run, "Train again with changes", missing)
        if missing and not run.can_resume:
            st.caption(f":material/info: {missing}")


def _train_again(run: Run, label: str, missing: str) -> None:
    if st.button(label, icon=":material/tune:", disabled=bool(missing), help=missing or None):
        setup_form.prefill(run)
        st.switch_page(session.TRAIN)


def _resume(run: Run, pressed: Press) -> None:
    """Resumes the run, and shows it running."""
    pressed.do("resume", partial(queue.resume, session.run_store(), run.id))
    session.open_run(run.id, "progress")


def _start_again(run: Run, pressed: Press) -> None:
    """Starts a new run with the run's settings, and opens it."""
    submit = partial(queue.submit, session.run_store(), run.dataset_id, run.config, recipe=run.recipe)
    session.open_run(pressed.do("submit", submit).id)
