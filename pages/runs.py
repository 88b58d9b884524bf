"""All runs: open, rename, delete, compare."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from core.runs import queue
from core.runs.records.store import Run
from pages.components import wording
from pages.components.results import run_views
from pages.components.shared import quick_start, tables
from pages.components.shell import dialogs, frame, session

OPENED = "opened_run"
PERCENT = "%.1f %%"


def choose_runs(runs: Sequence[Run]) -> list[Run]:
    """Draws the table and returns the chosen runs."""
    # Rows are selected by index, so the selection is dropped when the list changes.
    fingerprint = hashlib.sha256(" ".join(run.id for run in runs).encode()).hexdigest()[:12]
    click = f"open_{fingerprint}"
    table = tables.show(
        {
            # Short columns first: on a phone only they and the beginning of the name are visible.
            "Status": [wording.STATUS_WORDS[run.status][0] for run in runs],
            "Accuracy": [_accuracy_percent(run) for run in runs],
            "Run": [run.name for run in runs],
            "Data set": [run.dataset_name for run in runs],
            "Recipe": [run_views.recipe_label(run) for run in runs],
            "Time": [run_views.time_taken(run) for run in runs],
            "Created": [datetime.fromtimestamp(run.created, UTC) for run in runs],
        },
        alt="All runs with status, accuracy, data set, recipe and time",
        key=f"runs_{fingerprint}",
        on_select="rerun",
        selection_mode="multi-row",
        column_config={
            "Run": st.column_config.ButtonColumn(
                type="tertiary", alignment="left", on_click=note_opened, args=(click, runs), key=click
            ),
            "Accuracy": st.column_config.NumberColumn(format=PERCENT, help="On the validation pictures."),
            "Created": st.column_config.DatetimeColumn(format="distance"),
        },
        placeholder=wording.UNKNOWN,
    )
    opened = st.session_state.pop(OPENED, None)
    if opened:
        session.open_run(opened)
    return [runs[row] for row in table.selection.rows]


def _accuracy_percent(run: Run) -> float | None:
    return run.metrics["val_accuracy"] * 100 if "val_accuracy" in run.metrics else None


def note_opened(click: str, runs: Sequence[Run]) -> None:
    """Notes which run was clicked; a callback can't switch pages itself."""
    st.session_state[OPENED] = runs[st.session_state[click].row].id


def show_actions(chosen: Sequence[Run]) -> None:
    """Draws the actions for the chosen runs."""
    if not chosen:
        st.caption(
            "Open a run by its name. Tick the box on its left to resume, rename or delete it; tick two or more to "
            "compare them."
        )
        return
    one, is_one = chosen[0], len(chosen) == 1
    with st.container(horizontal=True):
        if st.button("Open", type="primary", icon=":material/open_in_new:", disabled=not is_one):
            session.open_run(one.id)
        can_resume = is_one and one.can_resume
        if st.button("Resume", icon=":material/resume:", disabled=not can_resume):
            queue.resume(session.run_store(), one.id)
            session.open_run(one.id)
        if st.button("Compare", icon=":material/compare_arrows:", disabled=is_one):
            session.open_comparison([run.id for run in chosen])
        if st.button("Rename", icon=":material/edit:", disabled=not is_one):
            dialogs.rename(one.name, lambda name: session.run_store().rename(one.id, name))
        if st.button("Delete", icon=":material/delete:"):
            names = wording.listing([wording.plain(run.name) for run in chosen])
            dialogs.delete(f"{wording.count(len(chosen), 'run')}: {names}", lambda: delete_runs(chosen))


def delete_runs(runs: Sequence[Run]) -> None:
    """Deletes runs with their models."""
    for run in runs:
        queue.delete(session.run_store(), run.id)


frame.title("Runs")
with session.errors_shown():
    if hindrance := queue.look_over(session.run_store()):
        st.warning(f"Runs can only be viewed. {wording.plain(hindrance)}", icon=":material/lock:")
    all_runs = session.run_store().list()
    if all_runs:
        run_views.at_work(all_runs)
        selected = choose_runs(all_runs)
        show_actions(selected)
    else:
        st.info("No run yet. Set one up, or try a sample.", icon=":material/info:")
        with st.container(horizontal=True):
            if st.button("Train a model", type="primary", icon=":material/model_training:"):
                st.switch_page(session.TRAIN)
            quick_start.try_it_now("runs_try", primary=False)
