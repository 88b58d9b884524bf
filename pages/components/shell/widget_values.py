"""Values that code gives to widgets, which the browser can't take back unawares.

With each request the browser sends what all its widgets hold. Where it hasn't heard yet what code has put into one,
that is the value before, and under the same key Streamlit (1.67) takes it for a choice of the user's: what code has put
in is lost. So a widget that is filled gets a new key, of which the browser sends nothing until it has drawn it.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st

# How often each widget was filled, by name.
TIMES_FILLED = "times_filled"


def key(name: str) -> str:
    """Returns the key that a widget has until it is filled again."""
    return _key(name, st.session_state.get(TIMES_FILLED, {}).get(name, 0))


def value(name: str) -> Any:
    """Returns what a widget holds.

    Raises:
        KeyError: it was neither filled nor drawn.
    """
    return st.session_state[key(name)]


def fill(values: Mapping[str, Any]) -> None:
    """Puts values into widgets: into all of them or, where the next request overrules this one meanwhile, into none.

    Args:
        values: by the widgets' names.
    """
    times = dict(st.session_state.get(TIMES_FILLED, {}))
    former = [_key(name, times.get(name, 0)) for name in values]
    for name, new in values.items():
        times[name] = times.get(name, 0) + 1
        st.session_state[_key(name, times[name])] = new
    st.session_state[TIMES_FILLED] = times
    for old in former:
        st.session_state.pop(old, None)


def _key(name: str, times: int) -> str:
    return f"{name}@{times}"
