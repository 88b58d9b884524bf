"""How a run is shown in lists and headings."""

from collections.abc import Sequence

import streamlit as st

from core.config.recipes import RECIPES
from core.runs import queue
from core.runs.records.store import Run, RunStatus
from pages.components import phases, wording
from pages.components.results import waiting
from pages.components.shell import polling, session

POLL_SECONDS = 2


def recipe_label(run: Run) -> str:
    """Returns the display name of the recipe a run started from."""
    return RECIPES[run.recipe].label if run.recipe in RECIPES else "Own settings"


def status_badge(run: Run) -> None:
    """Draws the run's status."""
    words, color, icon = wording.STATUS_WORDS[run.status]
    st.badge("Stopping" if run.stop_requested and not run.status.is_finished else words, color=color, icon=icon)


def accuracy(run: Run) -> str:
    """Returns the accuracy on validation pictures, or a dash."""
    return wording.percent(run.metrics["val_accuracy"]) if "val_accuracy" in run.metrics else wording.UNKNOWN


def seconds_taken(run: Run) -> float | None:
    """Returns how long a finished run worked, in total if it was resumed."""
    return run.seconds_at_work if run.status.is_finished and run.started else None


def facts(run: Run) -> str:
    """Returns data set, recipe and age as Markdown."""
    return f"{wording.plain(run.dataset_name)} · {recipe_label(run)} · {wording.ago(run.created)}"


def row(run: Run) -> None:
    """Draws one run as a line that links to its page."""
    with st.container(border=True, gap="xsmall"):
        st.page_link(session.RUN, label=f"**{wording.plain(run.name)}**", query_params={"run": run.id})
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            status_badge(run)
            if run.has_model:
                st.markdown(f"**{accuracy(run)}**", width="content")
            st.caption(facts(run), width="content")


def time_taken(run: Run) -> str:
    """Returns how long a finished run took, or a dash."""
    taken = seconds_taken(run)
    return wording.UNKNOWN if taken is None else wording.duration(taken)


def at_work(runs: Sequence[Run]) -> None:
    """Draws the queued and running runs, repeatedly until one of them starts or ends."""
    active = [run for run in runs if not run.status.is_finished]
    if not active:
        return

    def draw() -> bool:
        store = session.run_store()
        queue.look_over(store)
        now = [store.get(run.id) for run in active]
        for run in now:
            _active_row(run)
        return [run.status for run in now] == [run.status for run in active]

    st.subheader("At work")
    polling.poll("at_work", draw, True, POLL_SECONDS)


def _active_row(run: Run) -> None:
    """Draws a run that is queued or running, with its progress."""
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(session.RUN, label=f"**{wording.plain(run.name)}**", query_params={"run": run.id})
            status_badge(run)
        if run.status == RunStatus.RUNNING:
            st.progress(phases.share_done(run.progress), phases.run_phase(run))
        elif run.status == RunStatus.QUEUED and (turn := waiting.turn(run.id)):
            st.caption(waiting.sentence(turn))
