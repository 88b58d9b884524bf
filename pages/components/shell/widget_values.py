"""Values that code gives to widgets, and that the browser can't revert by accident.

With each request, the browser sends the values of all its widgets. If it hasn't yet received a value set by code,
it sends the previous one, which Streamlit (1.67) takes for the user's choice under the same key: the value set by
code is lost. So a filled widget gets a new key, for which the browser sends nothing until it has drawn the widget.
"""

from collections.abc import Callable, Mapping
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
    """Sets the values of widgets: of all or, if the next request overrules this one meanwhile, of none.

    Args:
        values: values by widget name.
    """
    times = dict(st.session_state.get(TIMES_FILLED, {}))
    former = [_key(name, times.get(name, 0)) for name in values]
    for name, new in values.items():
        times[name] = times.get(name, 0) + 1
        st.session_state[_key(name, times[name])] = new
    st.session_state[TIMES_FILLED] = times
    for old in former:
        st.session_state.pop(old, None)


def shown(name: str, stored: Any) -> str:
    """Returns the key of a widget that shows a value stored elsewhere, such as on the disk.

    It is filled only if it shows something else, because another tab or another widget has changed what is stored.
    After a choice made with the widget itself, it stays the same widget and keeps the focus of the keyboard.

    Args:
        name: of the widget.
        stored: the value to show.
    """
    current = key(name)
    if current not in st.session_state:
        st.session_state[current] = stored
    elif st.session_state[current] != stored:
        fill({name: stored})
    return key(name)


def when_changed(name: str, act: Callable[[Any], object]) -> Callable[[], None]:
    """Returns the callback of a widget that has the key of `shown`.

    It does nothing once the widget has been replaced: then the browser still sent what it showed before.

    Args:
        name: of the widget.
        act: called with what the user has chosen.
    """
    current = key(name)

    def tell() -> None:
        if key(name) == current:
            act(st.session_state[current])

    return tell


def _key(name: str, times: int) -> str:
    return f"{name}@{times}"
