"""How a run is shown in lists and headings."""

import streamlit as st

from core.config.recipes import RECIPES
from core.runs.records.store import Run
from pages.components import wording
from pages.components.shell import ages, session


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
    """Returns data set, recipe and age as Markdown for `ages.caption`."""
    return f"{wording.plain(run.dataset_name)} · {recipe_label(run)} · {ages.age(run.created)}"


def row(run: Run) -> None:
    """Draws one run as a line that links to its page."""
    with st.container(border=True, gap="xsmall"):
        st.page_link(session.RUN, label=f"**{wording.plain(run.name)}**", query_params={"run": run.id})
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            status_badge(run)
            if run.has_model:
                st.markdown(f"**{accuracy(run)}**", width="content")
            ages.caption(facts(run), width="content")


def time_taken(run: Run) -> str:
    """Returns how long a finished run took, or a dash."""
    taken = seconds_taken(run)
    return wording.UNKNOWN if taken is None else wording.duration(taken)
