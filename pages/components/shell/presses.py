"""A press does its work once, though the button is pressed again before the page has changed.

On a busy machine a page may take seconds to follow a press, and whoever sees nothing happen presses again. Streamlit
runs the script once more for that, beside the one that is still at work on the first press.
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
    """What came of the presses on one server. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._steps: OrderedDict[tuple[str, str], _Step] = OrderedDict()

    def do(self, press: str, step: str, act: Callable[[], Result]) -> Result:
        """Takes a step of a press's work and returns what came of it; once, also where two threads ask for it at once.

        Args:
            press: what tells it from other presses.
            step: name of the step.
            act: takes it. Where it raises, the next one who asks tries again.
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
    """One press of a button, however often it was pressed before the page changed.

    Attributes:
        id: what tells it from others.
    """

    id: str

    def do(self, step: str, act: Callable[[], Result]) -> Result:
        """Takes a step of its work, once; see `Presses.do`."""
        return _presses().do(self.id, step, act)


def press(key: str, is_pressed: bool) -> Press | None:
    """Returns the press of a button that was just drawn, or None where it wasn't pressed.

    Args:
        key: of the button; what it starts is part of it where one button can start several things.
        is_pressed: what the button said.
    """
    state = f"press_{key}"
    if not is_pressed or state not in st.session_state:
        # Drawn anew: the next press is another one.
        st.session_state[state] = secrets.token_hex(8)
    return Press(st.session_state[state]) if is_pressed else None
