"""How a long job reports its progress and notices a request to stop."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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


def stop_if_asked(should_stop: ShouldStop) -> None:
    """Ends the job here if it was asked to stop.

    Raises:
        Stopped: the user asked to stop.
    """
    if should_stop():
        raise Stopped


class Progress:
    """Counts the steps of a phase, reports them a few times a second, and raises `Stopped` once asked to stop."""

    def __init__(self, phase: str, total: int, on_event: OnEvent, should_stop: ShouldStop) -> None:
        self._phase = phase
        self._total = total
        self._on_event = on_event
        self._should_stop = should_stop
        self._step = 0
        self._told = 0.0
        self._tell()

    def advance(self, steps: int = 1) -> None:
        """Counts completed steps.

        Raises:
            Stopped: the user asked to stop.
        """
        self._step += steps
        if time.monotonic() - self._told >= SECONDS_BETWEEN_EVENTS:
            self._tell()

    def finish(self) -> None:
        """Reports the last step."""
        self._total = self._total or self._step
        self._tell()

    def _tell(self) -> None:
        stop_if_asked(self._should_stop)
        self._told = time.monotonic()
        self._on_event(Event(self._phase, self._step, self._total))


class Throughput:
    """Measures the speed of a network. The first batch includes compiling, so the clock starts after it."""

    def __init__(self) -> None:
        self._timed = 0
        self._started: float | None = None

    def add(self, units: int) -> None:
        """Counts what was just done."""
        if self._started is None:
            self._started = time.monotonic()
        else:
            self._timed += units

    def metrics(self, units_left: int, pictures_in_unit: float = 1.0) -> dict[str, float]:
        """Returns `pictures_per_second` and `seconds_left`; nothing before the second batch.

        Args:
            units_left: how many units are left.
            pictures_in_unit: pictures per unit.
        """
        if self._started is None or not self._timed:
            return {}
        seconds_a_unit = max(time.monotonic() - self._started, 1e-6) / self._timed
        return {"pictures_per_second": pictures_in_unit / seconds_a_unit, "seconds_left": seconds_a_unit * units_left}


class PhaseSeconds:
    """Adds up how long each phase took.

    Args:
        phase: the phase that is already running; empty for none.
        seconds: how long it has been running.
    """

    def __init__(self, phase: str = "", seconds: float = 0.0) -> None:
        self._phase = phase
        self._since = time.monotonic()
        self._past = defaultdict(float, {phase: max(0.0, seconds)})

    def enter(self, phase: str) -> None:
        """Starts this phase now."""
        now = time.monotonic()
        self._past[self._phase] += now - self._since
        self._phase, self._since = phase, now

    @contextmanager
    def during(self, phase: str) -> Iterator[None]:
        """Times the block as this phase; afterwards no phase is running."""
        self.enter(phase)
        try:
            yield
        finally:
            self.enter("")

    def seconds(self) -> dict[str, float]:
        """Returns the seconds of each phase until now."""
        seconds = dict(self._past)
        seconds[self._phase] = seconds.get(self._phase, 0.0) + time.monotonic() - self._since
        seconds.pop("", None)
        return seconds
