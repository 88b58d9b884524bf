"""When a run's epochs ended, in seconds that it had worked by then."""

from collections.abc import Sequence

from core.events import SECONDS_AT_WORK, Event
from core.runs.records.run import Run


def epoch_times(run: Run, epochs: Sequence[Event]) -> list[float]:
    """Returns how long a run had worked when each epoch ended, without pauses between a stop and a resumption.

    Runs record it. Those of earlier versions only recorded the time of day, from which the latest pause can be told.

    Args:
        run: the run.
        epochs: the events that end its epochs, in order.
    """
    times: list[float] = []
    worked = 0.0
    is_resumed = bool(epochs) and epochs[0].time < run.started
    before = run.created if is_resumed else run.started
    for event in epochs:
        begin = run.started if before < run.started <= event.time else before
        worked = event.metrics.get(SECONDS_AT_WORK, worked + max(0.0, event.time - begin))
        times.append(worked)
        before = event.time
    return times


def lead_time(run: Run) -> float:
    """Returns how long a run's process took to start and to load TensorFlow, in seconds: little if it was there."""
    return run.seconds.get("starting", 0.0)
