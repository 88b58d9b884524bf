"""The top of a run's page: where it is, its name, its state and its data set, and what can be done with its record."""

import streamlit as st

from core.runs import queue
from core.runs.records.store import Run
from pages.components import wording
from pages.components.results import run_views
from pages.components.run import kept_data
from pages.components.shell import dialogs, frame, session

RENAME, DELETE = "Rename", "Delete"
ICONS = {RENAME: ":material/edit:", DELETE: ":material/delete:"}


def show(run: Run) -> None:
    """Draws the heading."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        with st.container(
            horizontal=True, gap="xsmall", vertical_alignment="center", width="content", key="inline_breadcrumb"
        ):
            st.page_link(session.RUNS, label="Runs")
            st.caption(f"› {wording.plain(wording.short(run.name))}", width="content")
        _show_actions(run)
    frame.title(wording.plain(run.name))
    _show_facts(run)
    kept_data.show_origin(run)


def _show_facts(run: Run) -> None:
    dataset = kept_data.dataset_of(run)
    taken = run_views.seconds_taken(run)
    facts = [run_views.recipe_label(run), wording.moment(run.created, st.context.timezone)]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="inline_facts"):
        run_views.status_badge(run)
        if dataset is not None:
            st.page_link(
                session.DATA,
                label=wording.plain(dataset.name),
                icon=":material/photo_library:",
                query_params={"dataset": dataset.id},
            )
        else:
            facts.insert(0, f"{wording.plain(run.dataset_name)} (deleted)")
        st.caption(" · ".join([*facts, *([f"took {wording.duration(taken)}"] if taken else [])]), width="content")


def _show_actions(run: Run) -> None:
    chosen = st.menu_button(
        "Edit",
        [RENAME, DELETE],
        icon=":material/more_horiz:",
        format_func=lambda action: f"{ICONS[action]} {action}",
        key=f"run_actions_{run.id}",
    )
    if chosen == RENAME:
        dialogs.rename(run.name, lambda name: session.run_store().rename(run.id, name))
    elif chosen == DELETE:
        dialogs.delete(f"the run {wording.plain(run.name)} with its model and numbers", lambda: _delete(run))


def _delete(run: Run) -> None:
    queue.delete(session.run_store(), run.id)
    st.switch_page(session.RUNS)
