"""The home page: what this is, three steps, one click to a first model, the latest runs."""

from collections.abc import Sequence

import streamlit as st

from core.runs.records.store import Run, RunStatus
from pages.components.results import run_views
from pages.components.shared import quick_start
from pages.components.shell import frame, session

LATEST = 5
STEPS = (
    (
        session.DATA,
        "Bring pictures",
        ":material/photo_library:",
        "A zip with one folder per class, a folder on this machine, or a built-in sample.",
        "Choose data",
    ),
    (
        session.TRAIN,
        "Train",
        ":material/model_training:",
        "Take a pretrained network, teach it your classes, and watch the curves grow.",
        "Set up a training",
    ),
    (
        session.TESTING,
        "Test",
        ":material/image_search:",
        "Show the model new pictures, by upload or webcam, and see how sure it is.",
        "Test a model",
    ),
)


def show_steps() -> None:
    """Draws the three steps as cards that link to their pages."""
    grid = st.grid(3, min_column_width=240, border=True)
    for number, (page, title, icon, text, go) in enumerate(STEPS, start=1):
        with grid.cell():
            st.markdown(f"{icon} **{number}. {title}**")
            st.markdown(text)
            pressed = st.button(
                go, key=f"step_{number}", type="tertiary", icon=":material/arrow_forward:", icon_position="right"
            )
            if pressed:
                st.switch_page(page)


def show_runs(runs: Sequence[Run]) -> None:
    """Draws the active runs and the newest of the others, or how to get one."""
    # Running runs first, then queued ones in order.
    run_views.at_work(sorted(runs, key=lambda run: (run.status != RunStatus.RUNNING, run.created)))
    finished = [run for run in runs if run.status.is_finished]
    if runs and not finished:
        return
    st.subheader("Latest runs")
    if not runs:
        st.info("No run yet. Press **Try it now** for a first one, or bring your own pictures.", icon=":material/info:")
    for run in finished[:LATEST]:
        run_views.row(run)
    if len(finished) > LATEST:
        st.page_link(session.RUNS, label="All runs", icon=":material/stacked_line_chart:")


frame.title("Teach a network your own classes")
st.markdown(
    "Transfer Studio takes a network that has already seen over a million photographs and teaches it to tell your "
    "pictures apart. Everything runs on this machine: a few dozen pictures and a minute are enough for a first model."
)
quick_start.try_it_now("home_try")
st.caption("Imports a small sample of photographed textures and trains on it, without the internet.")
show_steps()
with session.errors_shown():
    show_runs(session.run_store().list())
