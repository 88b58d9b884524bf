"""Following a run from the command line until it ends."""

import time

from core.cli.terminal import wording
from core.cli.terminal.output import say
from core.cli.terminal.signals import stop_on_interrupt
from core.events import Event
from core.runs import queue
from core.runs.records.store import Run, RunStatus, RunStore

LOOK_SECONDS = 0.25
# Seconds between two progress lines of a long phase.
PHASE_SECONDS = 10


def follow(store: RunStore, run: Run, after: int = 0) -> Run:
    """Prints on standard error what a run does, one line per epoch, until it ends. Ctrl-C asks it to stop.

    Args:
        store: where the run is recorded.
        run: the run.
        after: how many of its epochs were printed already.

    Returns:
        The run at its end.
    """
    notice = f"Stopping the run {run.id}. Press Ctrl-C again to leave it running."
    teller = _Teller(store, run, after)
    with stop_on_interrupt(notice) as should_stop:
        while not run.status.is_finished:
            if should_stop() and not run.stop_requested:
                queue.stop(store, run.id)
            queue.reconcile(store)
            run = store.get(run.id)
            teller.tell(run)
            if not run.status.is_finished:
                time.sleep(LOOK_SECONDS)
    return run


def epoch_line(event: Event, run: Run) -> str:
    """Returns the result of an epoch, such as `Epoch 3 of 10: loss 0.310, accuracy 0.910, ...`."""
    names = {
        "loss": "loss",
        "accuracy": "accuracy",
        "val_loss": "validation loss",
        "val_accuracy": "validation accuracy",
    }
    numbers = [f"{words} {event.metrics[name]:.3f}" for name, words in names.items() if name in event.metrics]
    return f"Epoch {event.epoch} of {run.config.total_epochs}: {', '.join(numbers)}"


class _Teller:
    """Prints what is new about a run."""

    def __init__(self, store: RunStore, run: Run, after: int) -> None:
        self.store = store
        self.last_event = after
        self.last_line = ""
        self.last_phase = run.phase
        self.last_time = 0.0

    def tell(self, run: Run) -> None:
        """Prints what is new."""
        for event in self.store.events(run.id, after=self.last_event):
            self._say(epoch_line(event, run))
            self.last_event = event.sequence
        if run.status == RunStatus.QUEUED:
            self._say(f"Waiting in the queue, place {queue.position(self.store, run.id)}")
        elif run.status == RunStatus.RUNNING and self._is_phase_due(run):
            self.last_phase, self.last_time = run.phase, time.monotonic()
            self._say(wording.run_phase(run))

    def _is_phase_due(self, run: Run) -> bool:
        return run.phase != self.last_phase or time.monotonic() - self.last_time > PHASE_SECONDS

    def _say(self, line: str) -> None:
        if line != self.last_line:
            self.last_line = line
            say(line)
