"""The switch between the studio as it is worked with and as it is shown to others.

While it is on, `present=1` is in the address, so that a reload and a copied link keep it, and so is the option with
which Streamlit shows its light theme whatever the browser prefers. Both are put there by the browser: links to other
pages don't have them, and to write them on the server would add a step to the browser's history with every page.
"""

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

FOLDER = Path(__file__).parent
PRESENT, ON = "present", "1"
PRESENTING = "presenting"
# Whether it was on at any time: until then there is nothing to keep in the address, and nothing to take out of it.
WAS_ON = "was_presenting"
SWITCH = "presenter_switch"
# Of the containers of what is only needed to work, which `presenter.css` hides.
PREFIX = "advanced_"

_mount = st.components.v2.component(
    "presenter",
    html="<div></div>",
    js=(FOLDER / "presenter.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def is_on() -> bool:
    """Returns whether this browser session shows the presenter view."""
    return bool(st.session_state.get(PRESENTING, False))


def show() -> None:
    """Draws the switch beside the navigation and, if it is on, the view's style."""
    if PRESENTING not in st.session_state:
        st.session_state[PRESENTING] = st.query_params.get(PRESENT) == ON
    # A widget that isn't drawn in a run loses its value, so the value has a name of its own.
    if st.session_state.get(SWITCH) != is_on():
        st.session_state[SWITCH] = is_on()
    st.html(FOLDER / "switch.css")
    with st.container(key="presenter"):
        st.toggle(
            "Present",
            key=SWITCH,
            on_change=_turn,
            help="For showing the studio to others: large type, a light page, and nothing advanced.",
        )
    if is_on():
        st.session_state[WAS_ON] = True
        st.html(FOLDER / "presenter.css")
    if st.session_state.get(WAS_ON):
        with st.container(key="presenter_address"):
            _mount(key="presenter_address_script", data={"isOn": is_on()})


def advanced(name: str) -> DeltaGenerator:
    """Returns a container for what only those need who work with the studio. The presenter view hides it.

    Args:
        name: of the container, unique on the page.
    """
    return st.container(key=f"{PREFIX}{name}")


def _turn() -> None:
    st.session_state[PRESENTING] = st.session_state[SWITCH]
