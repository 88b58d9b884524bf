"""What surrounds every page: navigation, width, logo, title of the browser tab."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.components.presenter import presenter
from pages.components.shell import notices, session

FOLDER = Path(__file__).parent
NAME = "Transfer Studio"
ABOUT = f"{NAME} trains picture classifiers on this machine, from the pictures you have."
FRAMED = "framed"
# Addresses are the file names: otherwise the first visitor of a server can only open the home page.
PAGES = {
    session.HOME: ("Home", ":material/home:"),
    session.DATA: ("Data", ":material/photo_library:"),
    session.TRAIN: ("Train", ":material/model_training:"),
    session.RUNS: ("Runs", ":material/stacked_line_chart:"),
    session.TESTING: ("Test", ":material/image_search:"),
    session.DEMO: ("Demo", ":material/science:"),
    session.GUIDE: ("Guide", ":material/help:"),
}
# Reached from other pages, not from the navigation.
INNER_PAGES = {
    session.RUN: ("Run", ":material/monitoring:"),
    session.COMPARE: ("Compare", ":material/compare_arrows:"),
}


def run_page(sign: Callable[[str], None], tour: Callable[[], None]) -> None:
    """Draws the frame and the page at the current address.

    Args:
        sign: draws what is at work beside the title; called with the page's name.
        tour: draws where the tour is, above the title, while somebody takes it.
    """
    page = _navigation()
    st.set_page_config(page_title=f"{page.title} · {NAME}")
    st.logo(FOLDER / "art" / "logo.svg", size="large")
    st.html(FOLDER / "page.css")
    st.session_state[FRAMED] = True
    presenter.show()
    with session.errors_shown():
        session.run_store()
        sign(page.url_path)
        with kept_place():
            tour()
        page.run()
        # After the page is drawn, and only for browsers, which send headers: a script run on its own has no use for it.
        if st.context.headers:
            session.warm_worker().keep()


def kept_place() -> DeltaGenerator:
    """Returns a container for what comes and goes above fields, so that those keep their place on the page.

    A browser forgets the value of a field that is missing for a moment, as while a page is drawn whose fields have
    moved down by one: Streamlit (1.67) then shows the default, and sends it with the next press as if it was chosen.
    """
    return st.container()


def title(text: str) -> None:
    """Draws a page's title, and notices for users on any page.

    Until `st.navigation` has been called once in a server, Streamlit takes a folder called `pages` for an old-style
    multipage app and runs a page without the app around it. So a first visitor who opens any page but the home page
    is redirected through the app.

    Args:
        text: Markdown.
    """
    if not st.session_state.get(FRAMED):
        _navigation()
        st.rerun()
    st.title(text, anchor=False)
    with kept_place(), session.errors_shown():
        notices.show(session.run_store())


def _navigation() -> st.Page:
    # Before the navigation, which would fetch a page's icon for the browser tab from the internet.
    st.set_page_config(
        page_title=NAME,
        page_icon=str(FOLDER / "art" / "icon.svg"),
        layout="wide",
        # Streamlit only shows its menu, with the switch between light and dark, if it contains something.
        menu_items={"About": ABOUT},
    )
    pages = [
        st.Page(path, title=title, icon=icon, default=path == session.HOME) for path, (title, icon) in PAGES.items()
    ]
    hidden = [st.Page(path, title=title, icon=icon, visibility="hidden") for path, (title, icon) in INNER_PAGES.items()]
    return st.navigation([*pages, *hidden], position="top")
