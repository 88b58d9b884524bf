"""What is chosen on the page of a run: the address keeps it, as codes.

Streamlit's own way (`bind="query-params"`, 1.67) makes a step of the browser's history that leads nowhere when a page
with such choices is left, and doesn't write what a callback has chosen for a widget that isn't there yet.
"""

from collections.abc import Callable, Collection
from functools import partial

import streamlit as st

from pages.components.shell import widget_values

# Names in the address.
SPLIT, THRESHOLD, CELL, CURVES_OF, GROUPS_BY = "split", "at", "cell", "curves_of", "by"
TRUE, TAKEN_FOR, VERDICT, ORDER, PAGE = "true", "taken_for", "verdict", "sorted", "mistakes_page"
# What was drawn last, by name.
DRAWN = "choices_drawn"


def begin() -> None:
    """Begins the drawing of a section."""
    st.session_state[DRAWN] = {}


def chosen(name: str, allowed: Collection[str], default: str = "") -> str:
    """Returns what the address has, or the default if it has nothing that is allowed.

    Args:
        name: in the address.
        allowed: what can be chosen.
        default: what is chosen at first.
    """
    value = st.query_params.get(name, "")
    value = value if value in allowed else default
    st.session_state[DRAWN][name] = value if value != default else ""
    return value


def choose(changes: dict[str, str]) -> None:
    """Writes choices into the address. For callbacks.

    What was drawn last is written too: after two quick changes, the browser's address may lack the first one.

    Args:
        changes: what is chosen now, by name; empty for the default.
    """
    # Two changes may also come with one request.
    drawn = st.session_state[DRAWN] = {**st.session_state.get(DRAWN, {}), **changes}
    others = {name: value for name, value in st.query_params.to_dict().items() if name not in drawn}
    # All at once: each writing is a step of the browser's history.
    st.query_params.from_dict(others | {name: value for name, value in drawn.items() if value})


def show_mistakes(true: str = "", taken_for: str = "") -> None:
    """Filters the mistakes with the next drawing. For callbacks.

    Args:
        true: the true class, as its number; empty for all.
        taken_for: the answered class, likewise.
    """
    choose({TRUE: true, TAKEN_FOR: taken_for, VERDICT: "", PAGE: ""})


def when_changed(name: str, default: str = "", leaves_page: bool = False) -> Callable[[], None]:
    """Returns the callback of a widget with the key of `widget_values.shown` that holds a code.

    Args:
        name: in the address, and of the widget.
        default: what isn't written.
        leaves_page: whether other mistakes are shown then, from their first page on.
    """
    return widget_values.when_changed(name, partial(_changed, name, default, leaves_page))


def _changed(name: str, default: str, leaves_page: bool, value: object) -> None:
    code = "" if value is None or str(value) == default else str(value)
    choose({name: code} | ({PAGE: ""} if leaves_page else {}))
