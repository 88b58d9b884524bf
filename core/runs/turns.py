"""When a queued run gets its turn, from what is known about the runs before it."""

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.runs.records.run import Run, RunStatus


@dataclass(frozen=True)
class Turn:
    """A run's turn.

    Attributes:
        place: in the queue, from 1.
        before: the runs before it: the running ones, then the waiting ones, in order.
        seconds: estimated time until it starts; None if it can't be estimated.
    """

    place: int
    before: tuple[Run, ...]
    seconds: float | None


def turn_of(
    run_id: str,
    unfinished: Sequence[Run],
    slots: int,
    seconds_left: Callable[[Run], float | None],
) -> Turn | None:
    """Returns when a queued run gets its turn, or None if it isn't queued.

    Args:
        run_id: the run.
        unfinished: all queued and running runs, in the order of their turns.
        slots: how many runs train at the same time.
        seconds_left: returns how long an earlier run still takes; None if unknown.
    """
    queued = [run for run in unfinished if run.status == RunStatus.QUEUED]
    place = next((number for number, run in enumerate(queued) if run.id == run_id), None)
    return None if place is None else _turn(unfinished, queued[:place], slots, seconds_left)


def turn_of_next(unfinished: Sequence[Run], slots: int, seconds_left: Callable[[Run], float | None]) -> Turn | None:
    """Returns the turn of a run that is submitted now, or None if it starts at once; see `turn_of`."""
    if len(unfinished) < slots:
        return None
    queued = [run for run in unfinished if run.status == RunStatus.QUEUED]
    return _turn(unfinished, queued, slots, seconds_left)


def _turn(
    unfinished: Sequence[Run], waiting: Sequence[Run], slots: int, seconds_left: Callable[[Run], float | None]
) -> Turn:
    """Returns the turn of a run that comes after the running ones and these waiting ones."""
    running = [run for run in unfinished if run.status == RunStatus.RUNNING]
    before = (*running, *waiting)
    left = [seconds_left(run) for run in before]
    known = [seconds for seconds in left if seconds is not None]
    return Turn(len(waiting) + 1, before, _until_free(known, slots) if len(known) == len(left) else None)


def _until_free(seconds: Sequence[float], slots: int) -> float:
    """Returns after how many seconds a slot is free for the next run, if each run takes the first free slot."""
    free = [0.0] * slots
    for taken in seconds:
        heapq.heapreplace(free, free[0] + taken)
    return free[0]
