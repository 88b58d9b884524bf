"""What a command prints on standard error during a long job."""

import time

from core.cli.terminal import wording
from core.cli.terminal.output import say
from core.events import Event

SECONDS_BETWEEN_LINES = 5


class PhaseTeller:
    """Prints each new phase of a job, and its progress every few seconds."""

    def __init__(self) -> None:
        self._phase = ""
        self._told = 0.0

    def __call__(self, event: Event) -> None:
        """Prints an event if it is time to."""
        now = time.monotonic()
        if event.phase == self._phase and now - self._told < SECONDS_BETWEEN_LINES:
            return
        self._phase, self._told = event.phase, now
        say(wording.job_phase(event))
