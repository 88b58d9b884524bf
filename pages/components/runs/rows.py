"""One run in the list: a row on a wide screen, a card on a narrow one (`rows.css`)."""

from functools import partial
from pathlib import Path

import streamlit as st

from core.runs import queue
from core.runs.records.store import Run, RunStatus
from core.wording import failures
from pages.components import wording
from pages.components.results import run_views
from pages.components.runs import run_dialogs
from pages.components.runs.accuracies import accuracy_of
from pages.components.shell import ages, session
from pages.components.shell.presses import Press, press

STYLE = Path(__file__).parent / "rows.css"
RENAME, NOTE, RESUME, DELETE = "Rename", "Note", "Resume", "Delete"
ICONS = {
    RENAME: ":material/edit:",
    NOTE: ":material/notes:",
    RESUME: ":material/resume:",
    DELETE: ":material/delete:",
}


def style() -> None:
    """Brings the style of rows onto the page."""
    st.html(STYLE)


def tick_key(run_id: str) -> str:
    """Returns the key of a run's check box."""
    return f"run_tick_{run_id}"


def show(run: Run) -> None:
    """Draws a run with its check box, star, link, facts and menu."""
    # The style fills the star of a row with this key.
    key = f"run_row_starred_{run.id}" if run.is_starred else f"run_row_{run.id}"
    with st.container(horizontal=True, border=True, vertical_alignment="center", gap="small", key=key):
        st.checkbox("Choose", key=tick_key(run.id), label_visibility="collapsed", persist_state="page", width="content")
        _star(run)
        with st.container(gap=None, key=f"run_what_{run.id}"):
            st.page_link(session.RUN, label=f"**{wording.plain(run.name)}**", query_params={"run": run.id})
            if run.note:
                st.caption(f":material/notes: {wording.plain(run.note)}")
        with st.container(gap=None, key=f"run_state_{run.id}"):
            _status(run)
        with st.container(gap=None, key=f"run_accuracy_{run.id}"):
            _accuracy(run)
        with st.container(gap=None, key=f"run_facts_{run.id}"):
            ages.caption(f"{run_views.recipe_label(run)} · {_time(run)}{ages.age(run.created)}")
        _menu(run)


def _star(run: Run) -> None:
    st.button(
        "Remove the star" if run.is_starred else "Star",
        key=f"run_star_{run.id}",
        type="tertiary",
        icon=":material/star:",
        on_click=_set_star,
        args=(run.id, not run.is_starred),
    )


def _set_star(run_id: str, is_starred: bool) -> None:
    with session.errors_shown():
        session.run_store().set_star(run_id, is_starred)


def _status(run: Run) -> None:
    run_views.status_badge(run)
    if run.status == RunStatus.FAILED:
        st.caption("Why?", help=wording.plain(failures.failure(run.failure)))


def _accuracy(run: Run) -> None:
    found = accuracy_of(run)
    if found is None:
        st.caption("No model" if run.status.is_finished else "No model yet")
        return
    st.markdown(found.words)
    if found.interval_words:
        st.caption(found.interval_words)


def _time(run: Run) -> str:
    taken = run_views.seconds_taken(run)
    return "" if taken is None else f"{wording.duration(taken)} · "


def _menu(run: Run) -> None:
    options = [RENAME, NOTE]
    options += [RESUME] if run.can_resume else []
    options += [DELETE] if run.status != RunStatus.RUNNING else []
    action = st.menu_button(
        "More",
        options,
        key=f"run_menu_{run.id}",
        type="tertiary",
        icon=":material/more_vert:",
        format_func=lambda name: f"{ICONS[name]} {name}",
    )
    if pressed := press(f"resume_{run.id}", action == RESUME):
        _resume(run, pressed)
    if action == RENAME:
        run_dialogs.rename(run)
    elif action == NOTE:
        run_dialogs.note(run)
    elif action == DELETE:
        run_dialogs.delete([run])


def _resume(run: Run, pressed: Press) -> None:
    pressed.do("resume", partial(queue.resume, session.run_store(), run.id))
    session.open_run(run.id)
