"""The home page: the first time what this is and three ways in; later where to continue, with the same ways below."""

from dataclasses import dataclass

import streamlit as st

from pages.components.at_work import section
from pages.components.experiments import quick_race
from pages.components.guide import figure_words, recorded, tour
from pages.components.runs import home_view, rows
from pages.components.shared import quick_start
from pages.components.shell import frame, session

TRY = "home_try"
EVIDENCE = "curves"


@dataclass(frozen=True)
class Way:
    """A way into the studio that is a link.

    Attributes:
        title: what to do.
        icon: Material icon.
        words: what it is and takes.
        go: label of the link.
        page: where it leads.
        parameters: of the address.
    """

    title: str
    icon: str
    words: str
    go: str
    page: str
    parameters: dict[str, str]


BRING = Way(
    "Bring your pictures",
    ":material/photo_library:",
    "A zip with one folder per class, a folder on this machine, or the webcam. Twenty pictures of each class are a "
    "good beginning.",
    "Add pictures",
    session.DATA,
    {"add": "zip"},
)
SHOW = Way(
    "Show it to others",
    ":material/co_present:",
    "Three networks race on the same pictures: from scratch, frozen, fine-tuned. What transfer learning buys, live or "
    "replayed.",
    "All experiments",
    session.DEMO,
    {},
)


def show_first_visit() -> None:
    """Draws what this is, and the three ways in."""
    st.markdown(
        "Transfer Studio takes a network that has already seen over a million photographs and teaches it to tell your "
        "pictures apart. Everything runs on this machine: a few dozen pictures and a minute are enough for a first "
        "model."
    )
    grid = st.grid(3, min_column_width=240, border=True, key="home_ways")
    with grid.cell():
        st.markdown(":material/rocket_launch: **Try it now**")
        st.markdown(
            "A first model in a minute: which of six photographs is a piece from? 360 pieces are built in, and no "
            "internet is needed."
        )
        quick_start.try_it_now(TRY)
    with grid.cell():
        _show_words(BRING)
        if st.button(BRING.go, icon=":material/arrow_forward:", icon_position="right", key=f"home_{BRING.page}"):
            st.switch_page(BRING.page, query_params=BRING.parameters)
    with grid.cell():
        _show_words(SHOW)
        with st.container(horizontal=True, vertical_alignment="center"):
            quick_race.race_now("home_race")
            st.page_link(SHOW.page, label=SHOW.go)
    show_evidence()
    tour.offer()


def _show_words(way: Way) -> None:
    st.markdown(f"{way.icon} **{way.title}**")
    st.markdown(way.words)


def show_evidence() -> None:
    """Draws what a real run has shown, with the way to where it is explained."""
    figure = recorded.load(EVIDENCE)
    with st.container(gap="xsmall"):
        st.markdown(f":material/insights: **What it buys, in a real run.** {figure_words.finding(figure)}")
        st.page_link(
            session.GUIDE,
            label="How transfer learning works",
            icon=":material/help:",
            query_params={"topic": "three-kinds"},
        )


def show_ways() -> None:
    """Draws the three ways in, less prominent than what is there."""
    with st.container(horizontal=True, vertical_alignment="center", key="home_ways"):
        quick_start.try_it_now(TRY, primary=False)
        for way in (BRING, SHOW):
            if st.button(way.title, icon=way.icon, key=f"home_{way.page}"):
                st.switch_page(way.page, query_params=way.parameters)


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
        show_ways()
