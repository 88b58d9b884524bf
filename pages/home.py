"""The home page: the first time what this is and three steps; later where to continue."""

import streamlit as st

from pages.components.at_work import section
from pages.components.runs import home_view, rows
from pages.components.shared import quick_start
from pages.components.shell import frame, session

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


def show_first_visit() -> None:
    """Draws what this is, the shortest way to a first model, and the three steps of any other."""
    st.markdown(
        "Transfer Studio takes a network that has already seen over a million photographs and teaches it to tell your "
        "pictures apart. Everything runs on this machine: a few dozen pictures and a minute are enough for a first "
        "model."
    )
    quick_start.try_it_now("home_try")
    st.caption(
        "Imports 360 pieces of six photographs and trains a model to say which photograph a piece is from, without the "
        "internet."
    )
    show_steps()


def show_steps() -> None:
    """Draws the three steps as cards that link to their pages."""
    grid = st.grid(3, min_column_width=240, border=True)
    for number, (page, title, icon, text, go) in enumerate(STEPS, start=1):
        with grid.cell():
            st.markdown(f"{icon} **{number}. {title}**")
            st.markdown(text)
            st.page_link(page, label=go, icon=":material/arrow_forward:", icon_position="right")


def show_way_on() -> None:
    """Draws how to begin something new, less prominent than what is there."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link(session.DATA, label="Add pictures", icon=":material/add:", query_params={"add": "zip"})
        st.page_link(session.TRAIN, label="Train a model", icon=":material/model_training:")
        quick_start.try_it_now("home_try", primary=False)


with session.errors_shown():
    runs, datasets = session.run_store().list(), session.dataset_store().list()
    is_first_visit = not runs and not datasets
    frame.title("Teach a network your own classes" if is_first_visit else "Continue")
    section.show()
    if is_first_visit:
        show_first_visit()
    else:
        rows.style()
        home_view.show_data_sets(datasets, runs)
        home_view.show_latest(runs)
        show_way_on()
