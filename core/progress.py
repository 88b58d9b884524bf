"""How a long job reports its progress and notices that it is to stop."""

import time
from collections.abc import Callable

from core.errors import Stopped
from core.events import Event

SECONDS_BETWEEN_EVENTS = 0.1

OnEvent = Callable[[Event], None]
ShouldStop = Callable[[], bool]


def ignore_event(event: Event) -> None:
    """Takes an event and does nothing."""


def never_stop() -> bool:
    """Says that nobody asked to stop."""
    return False


class Progress:
    """Counts the steps of a phase, tells of them a few times a second, and raises `Stopped` once asked to."""

    def __init__(self, phase: str, total: int, on_event: OnEvent, should_stop: ShouldStop) -> None:
        self._phase = phase
        self._total = total
        self._on_event = on_event
        self._should_stop = should_stop
        self._step = 0
        self._told = 0.0
        self._tell()

    def advance(self, steps: int = 1) -> None:
        """Counts further steps.

        Raises:
            Stopped: the user asked to stop.
        """
        self._step += steps
        if time.monotonic() - self._told >= SECONDS_BETWEEN_EVENTS:
            self._tell()

    def finish(self) -> None:
        """Tells of the last step."""
        self._total = self._total or self._step
        self._tell()

    def _tell(self) -> None:
        if self._should_stop():
            raise Stopped
        self._told = time.monotonic()
        self._on_event(Event(self._phase, self._step, self._total))
