"""What a command says on standard error while a long job is at work."""

import time

from core.cli import wording
from core.cli.output import say
from core.events import Event

SECONDS_BETWEEN_LINES = 5


class PhaseTeller:
    """Tells of each new phase of a job, and every few seconds how far it is."""

    def __init__(self) -> None:
        self._phase = ""
        self._told = 0.0

    def __call__(self, event: Event) -> None:
        """Takes an event and tells of it, if it is time to."""
        now = time.monotonic()
        if event.phase == self._phase and now - self._told < SECONDS_BETWEEN_LINES:
            return
        self._phase, self._told = event.phase, now
        say(wording.job_phase(event))
