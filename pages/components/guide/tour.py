"""The tour of the first visit: a bar above the pages that says where things are. It covers nothing and can be skipped.

It is offered on Home to browsers that have neither skipped nor finished it, which a cookie remembers, while the studio
is empty. The Guide always offers it.
"""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.components.shell import session

FOLDER = Path(__file__).parent
COOKIE = "tour"
OVER = "over"
# In session state: the number of the step from 0; whether the tour was skipped or finished in this session.
STEP, ENDED = "tour_step", "tour_ended"

_remember = st.components.v2.component("tour_memory", js=(FOLDER / "tour_memory.js").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Step:
    """A stop of the tour.

    Attributes:
        page: the page it is on.
        title: what the page is called in the navigation.
        words: what is there, as Markdown.
    """

    page: str
    title: str
    words: str


STEPS = (
    Step(
        session.HOME,
        "Home",
        "Three ways in: try it with built-in pictures, bring your own, or show others what transfer learning buys. "
        "Later, this page goes on where you were.",
    ),
    Step(
        session.DATA,
        "Data",
        "Pictures come in as a zip of class folders, from a folder on the server, by webcam, or as a built-in sample. "
        "Each data set is checked here, and cleaned.",
    ),
    Step(
        session.TRAIN,
        "Train",
        "Choose a recipe and press *Start*. *Recommended* is right nearly always; all other settings are optional.",
    ),
    Step(
        session.RUNS,
        "Runs",
        "Every training is kept here, whether you watch it or not: curves, results with their certainty, mistakes, and "
        "what the model looked at. Two runs can be compared.",
    ),
    Step(
        session.TESTING,
        "Test",
        "Show a model new pictures. It says what it sees, how sure it is, and when a picture is unlike anything "
        "it knows. "
        "*Demo* shows all this to others, and the *Guide* explains it.",
    ),
)


def show() -> None:
    """Draws the bar while the tour is on, and has the browser remember once it is over."""
    if st.session_state.get(ENDED):
        _remember(key="tour_memory", data={"name": COOKIE, "value": OVER})
    number = st.session_state.get(STEP)
    if number is None:
        return
    step = STEPS[number]
    with st.container(border=True, key="tour"):
        st.markdown(f"**{number + 1} of {len(STEPS)} · {step.title}.** {step.words}")
        with st.container(horizontal=True, vertical_alignment="center"):
            last = number + 1 == len(STEPS)
            if st.button(
                "Done" if last else "Next",
                icon=":material/check:" if last else ":material/arrow_forward:",
                icon_position="right",
                key="tour_next",
                on_click=_end if last else None,
            ):
                _go(number + 1) if not last else None
            if number and st.button("Back", icon=":material/arrow_back:", key="tour_back"):
                _go(number - 1)
            if not last:
                st.button("Skip", type="tertiary", key="tour_skip", on_click=_end)


def offer() -> None:
    """Draws the offer of the tour on Home, quietly, unless this browser has had it."""
    if STEP in st.session_state or is_over():
        return
    with st.container(horizontal=True, vertical_alignment="center", key="tour_offer"):
        st.markdown(":material/tour: New here? A tour takes a minute.", width="content")
        st.button("Start the tour", key="tour_start", on_click=_begin)
        st.button("Skip", type="tertiary", key="tour_skip_offer", on_click=_end, help="It stays in the Guide.")


def offer_again() -> None:
    """Draws the button in the Guide that starts the tour, which leads to Home."""
    if STEP not in st.session_state and st.button("Take the tour", icon=":material/tour:", key="tour_again"):
        _go(0)


def is_over() -> bool:
    """Whether this browser has skipped or finished the tour."""
    return bool(st.session_state.get(ENDED)) or st.context.cookies.get(COOKIE) == OVER


def _begin() -> None:
    st.session_state[STEP] = 0


def _end() -> None:
    st.session_state.pop(STEP, None)
    st.session_state[ENDED] = True


def _go(number: int) -> None:
    st.session_state[STEP] = number
    st.switch_page(STEPS[number].page)
