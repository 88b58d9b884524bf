"""The sign on every page that tells what is at work. Nothing is drawn while nothing is."""

from contextlib import suppress
from pathlib import Path

import streamlit as st

from core.errors import CoreError
from pages.components import wording
from pages.components.at_work import endings, items
from pages.components.at_work.items import Item

STYLE = Path(__file__).parent / "sign.css"
SECONDS_AT_WORK = 2.0
# What is started in another tab is seen after at most this time.
SECONDS_AT_REST = 5.0


def show(page: str) -> None:
    """Draws the sign, repeatedly for as long as the page is open.

    It never redraws the rest of the page: that would close a dialog, or overrule a click. So after the last work has
    ended the sign looks as often as before, until the page is drawn again for another reason.

    Args:
        page: name of the page.
    """

    def draw() -> None:
        _draw(_at_work())
        endings.tell()

    # A fragment's id comes from its name and its place, which are the same on all pages. A late request of a page that
    # was left must not find the sign of the next page, see `polling.keep_to_their_page`.
    draw.__qualname__ = f"sign_of_{page}"
    st.html(STYLE)
    with st.container(key="at_work"):
        st.fragment(draw, run_every=SECONDS_AT_WORK if _at_work() else SECONDS_AT_REST)()


def _at_work() -> list[Item]:
    with suppress(CoreError):  # the page itself shows why runs can't be read
        return items.at_work()
    return []


def _draw(found: list[Item]) -> None:
    if not found:
        return
    with st.popover(f"{len(found)} at work", icon="spinner", key="at_work_sign", width="content"):
        for item in found:
            with st.container(gap="xsmall", key=f"at_work_{item.id}"):
                st.page_link(item.page, label=f"**{wording.plain(item.name)}**", query_params=dict(item.parameters))
                if item.share is None:
                    st.caption(item.words)
                else:
                    st.progress(item.share, item.words)
