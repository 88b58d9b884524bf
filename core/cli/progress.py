"""What a command says on standard error while a long job is at work."""

import time
from collections.abc import Mapping

from core.cli.output import say
from core.events import Event
from core.settings import MEGABYTE

SECONDS_BETWEEN_LINES = 5
IN_BYTES = ("copy", "download")


class PhaseTeller:
    """Tells of each new phase of a job, and every few seconds how far it is.

    Args:
        phases: what to call them.
        otherwise: what to call others.
    """

    def __init__(self, phases: Mapping[str, str], otherwise: str = "Working") -> None:
        self._phases = phases
        self._otherwise = otherwise
        self._phase = ""
        self._told = 0.0

    def __call__(self, event: Event) -> None:
        """Takes an event and tells of it, if it is time to."""
        now = time.monotonic()
        if event.phase == self._phase and now - self._told < SECONDS_BETWEEN_LINES:
            return
        self._phase, self._told = event.phase, now
        unit, word = (MEGABYTE, " MB") if event.phase in IN_BYTES else (1, "")
        done = f", {event.step // unit:,} of {event.total // unit:,}{word}" if event.total else ""
        say(self._phases.get(event.phase, self._otherwise) + done)
