"""Links from one view of a page to another view of it: to the list of the data page, to an experiment of the demo page.

Streamlit (1.67) takes a link to the page that is shown for a request to draw it again, with the address as it is: from
`/data?dataset=...`, the navigation's "Data" would lead nowhere.
"""

from pathlib import Path

import streamlit as st

FOLDER = Path(__file__).parent
KEY = "list_link"

_mount = st.components.v2.component("list_link", js=(FOLDER / "list_link.js").read_text(encoding="utf-8"))


def follow() -> None:
    """Draws nothing, but follows such links."""
    _mount(key=KEY, on_followed_change=st.query_params.clear)
