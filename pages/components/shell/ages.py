"""Ages that stay true while the page is open: "just now" becomes "1 min ago" without another drawing.

An age is written with `age`, into a text that is drawn with `caption`:

    ages.caption(f"{wording.plain(run.dataset_name)} · {ages.age(run.created)}")

The browser keeps it true (server/first_page.js), so it costs the server nothing. Hovering shows the exact time. Names
in the text are escaped with `wording.plain` as everywhere; other Streamlit calls would show an age's HTML as text.
"""

from datetime import datetime
from typing import Literal

import streamlit as st

from pages.components import wording


def age(moment: float) -> str:
    """Returns how long ago a moment was, for a text that `caption` draws.

    Args:
        moment: in seconds since 1970.
    """
    time = datetime.fromtimestamp(moment).astimezone()
    exact = f"{wording.day(moment)}, {time:%H:%M}"
    return f'<time class="age" datetime="{time.isoformat()}" title="{exact}">{wording.ago(moment)}</time>'


def caption(text: str, width: int | Literal["stretch", "content"] = "stretch") -> None:
    """Draws small text with ages in it.

    Args:
        text: Markdown, in which names are escaped.
        width: as of `st.caption`.
    """
    st.caption(text, unsafe_allow_html=True, width=width)
