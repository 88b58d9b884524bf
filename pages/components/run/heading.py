"""The top of a run's page: where it is, its name, its state and its data set, and what can be done with its record."""

import streamlit as st

from core.runs import queue
from core.runs.records.store import Run, RunStatus
from pages.components import wording
from pages.components.results import run_views
from pages.components.run import kept_data
from pages.components.runs import run_dialogs
from pages.components.shell import ages, dialogs, frame, session

RENAME, NOTE, STAR, UNSTAR, DELETE = "Rename", "Note", "Star", "Remove the star", "Delete"
ICONS = {
    RENAME: ":material/edit:",
    NOTE: ":material/notes:",
    STAR: ":material/star:",
    UNSTAR: ":material/star_half:",
    DELETE: ":material/delete:",
}


def show(run: Run) -> None:
    """Draws the heading."""
    # The title comes first: on the first visit to a server it draws the page once more, with the app around it.
    top = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center")
    frame.title(f"{wording.plain(run.name)}{' :material/kid_star:' if run.is_starred else ''}")
    with top:
        with st.container(
            horizontal=True, gap="xsmall", vertical_alignment="center", width="content", key="breadcrumb"
        ):
            st.page_link(session.RUNS, label="Runs")
            st.markdown(f"› {wording.plain(wording.short(run.name))}", width="content")
        _show_actions(run)
    _show_facts(run)
    kept_data.show_origin(run)


def _show_facts(run: Run) -> None:
    dataset = kept_data.dataset_of(run)
    taken = run_views.seconds_taken(run)
    facts = [run_views.recipe_label(run), ages.age(run.created)]
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
        ages.caption(" · ".join([*facts, *([f"took {wording.duration(taken)}"] if taken else [])]), width="content")
    if run.note:
        st.caption(f":material/notes: {wording.plain(run.note)}")


def _show_actions(run: Run) -> None:
    options = [RENAME, NOTE, UNSTAR if run.is_starred else STAR]
    options += [DELETE] if run.status != RunStatus.RUNNING else []
    chosen = st.menu_button(
        "More",
        options,
        icon=":material/more_vert:",
        format_func=lambda action: f"{ICONS[action]} {action}",
        key=f"run_actions_{run.id}",
    )
    if chosen == RENAME:
        run_dialogs.rename(run)
    elif chosen == NOTE:
        run_dialogs.note(run)
    elif chosen in (STAR, UNSTAR):
        session.run_store().set_star(run.id, chosen == STAR)
        st.rerun()
    elif chosen == DELETE:
        model = " with its model" if run.has_model else ""
        dialogs.delete(f"the run {wording.plain(run.name)}{model}", lambda: _delete(run))


def _delete(run: Run) -> None:
    queue.delete(session.run_store(), run.id)
    st.switch_page(session.RUNS)
