"""A press of a button does its work once, even if the button is pressed again before the page has changed.

On a busy machine a page may take seconds to react, and users who see nothing happen press again. Streamlit then runs
the script once more, beside the run that still handles the first press.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import streamlit as st

MOST_KEPT = 500

Result = TypeVar("Result")


@dataclass
class _Step:
    lock: threading.Lock = field(default_factory=threading.Lock)
    is_done: bool = False
    result: Any = None


class Presses:
    """The results of the presses on one server. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: OrderedDict[tuple[str, str], _Step] = OrderedDict()

    def do(self, press: str, step: str, act: Callable[[], Result]) -> Result:
        """Does one step of a press's work, once even if two threads ask at the same time, and returns its result.

        Args:
            press: id of the press.
            step: name of the step.
            act: does it. If it raises, the next caller tries again.
        """
        with self._lock:
            taken = self._steps.setdefault((press, step), _Step())
            while len(self._steps) > MOST_KEPT:
                self._steps.popitem(last=False)
        with taken.lock:
            if not taken.is_done:
                taken.result = act()
                taken.is_done = True
            return taken.result


@st.cache_resource(show_spinner=False)
def _presses() -> Presses:
    return Presses()


@dataclass(frozen=True)
class Press:
    """One press of a button, however often it was repeated before the page changed.

    Attributes:
        id: unique id.
    """

    id: str

    def do(self, step: str, act: Callable[[], Result]) -> Result:
        """Does one step of its work, once; see `Presses.do`."""
        return _presses().do(self.id, step, act)


def press(key: str, is_pressed: bool) -> Press | None:
    """Returns the press of a button that was just drawn, or None if it wasn't pressed.

    Args:
        key: of the button; it includes what the button starts if that can vary.
        is_pressed: the button's return value.
    """
    state = f"press_{key}"
    if not is_pressed or state not in st.session_state:
        # The button was drawn again, so the next press is a new one.
        st.session_state[state] = secrets.token_hex(8)
    return Press(st.session_state[state]) if is_pressed else None
