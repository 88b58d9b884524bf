"""What a worker records while it trains: its progress, and how long each phase took."""

import time
from collections.abc import Mapping
from dataclasses import replace

from core.events import SECONDS_AT_WORK, Event
from core.progress import PhaseSeconds
from core.runs.records.store import Run, RunStore

RECORD_SECONDS = 0.25
# Recording progress may take at most this share of the time, even on a slow disk.
RECORDING_SHARE = 0.05


class ProgressRecorder:
    """Records events: all those of epochs, the others at most a few times a second.

    Args:
        store: where the run is recorded.
        run: as it was when this attempt at it began.
    """

    def __init__(self, store: RunStore, run: Run) -> None:
        self.store = store
        self.run = run
        self.clock = PhaseSeconds("starting", time.time() - run.started)
        self.phase = ""
        self.due = 0.0

    def __call__(self, event: Event) -> None:
        """Records the event if it is due."""
        self.clock.enter(event.phase)
        if not event.epoch and event.phase == self.phase and time.monotonic() < self.due:
            return
        begin = time.monotonic()
        seconds = self.seconds()
        if event.epoch:
            event = replace(event, metrics={**event.metrics, SECONDS_AT_WORK: sum(seconds.values())})
        self.store.append(self.run.id, event, seconds)
        now = time.monotonic()
        self.phase = event.phase
        self.due = now + max(RECORD_SECONDS, (now - begin) / RECORDING_SHARE)

    def seconds(self) -> dict[str, float]:
        """Returns how long each phase took so far, including earlier attempts at the run."""
        return added(self.run.seconds, self.clock.seconds())


def added(first: Mapping[str, float], second: Mapping[str, float]) -> dict[str, float]:
    """Returns the sums by name, in the order of first appearance."""
    return {name: first.get(name, 0.0) + second.get(name, 0.0) for name in (*first, *second)}
