"""Several gradient steps in one call: how many, and their batches, read while the call before is at work.

To call each step of a small head by itself took three times as long as the step.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import numpy as np

from core.errors import Stopped

# A request to stop waits for the end of a call, and so does an event.
CALL_SECONDS = 0.05
# What earlier calls count, compared with the last.
MEMORY = 0.5

# Arrays by their names, each `(num_batches, ...)`: the same array of several batches of the same size.
Group = dict[str, np.ndarray]


def steps_in_a_call(seconds_a_step: float) -> int:
    """Returns how many steps of this length are done in a call."""
    return max(1, int(CALL_SECONDS / seconds_a_step))


class Pace:
    """How long steps take, which decides how many are done in a call.

    Attributes:
        steps_a_call: how many batches to read for the next call.
        seconds_a_step: over the last calls; None before the second, because the first includes compiling.
    """

    def __init__(self) -> None:
        self.steps_a_call = 1
        self.seconds_a_step: float | None = None
        self._is_compiled = False
        self._steps = self._seconds = 0.0

    def add(self, steps: int, seconds: float) -> None:
        """Counts a call.

        Args:
            steps: how many were done in it.
            seconds: how long they took, with the wait for their batches.
        """
        if not self._is_compiled:
            self._is_compiled = True
            return
        self._steps = MEMORY * self._steps + steps
        self._seconds = MEMORY * self._seconds + max(seconds, 1e-6)
        self.seconds_a_step = self._seconds / self._steps
        # It grows step by step: one quick call may be chance.
        self.steps_a_call = min(2 * self.steps_a_call, steps_in_a_call(self.seconds_a_step))

    def metrics(self, steps_left: int, pictures_a_step: float) -> dict[str, float]:
        """Returns `pictures_per_second` and `seconds_left`; nothing before the second call."""
        if self.seconds_a_step is None:
            return {}
        return {
            "pictures_per_second": pictures_a_step / self.seconds_a_step,
            "seconds_left": self.seconds_a_step * steps_left,
        }


def read_groups(
    batches: Sequence[np.ndarray], read: Callable[[np.ndarray], dict[str, np.ndarray]], pace: Pace
) -> Iterator[tuple[int, Group | None]]:
    """Reads the batches of an epoch in a thread, those of the next call while the one before is at work.

    Args:
        batches: the indices of each batch.
        read: reads one.
        pace: says how many the next call takes; fewer where the size of the batches changes.

    Yields:
        How many batches there are in a group, and their arrays; None instead of them if reading was stopped.
    """
    left = deque(batches)
    with ThreadPoolExecutor(1) as reader:

        def submit() -> tuple[int, Future[Group | None]] | None:
            group = _take(left, pace.steps_a_call)
            return (len(group), reader.submit(_joined, group, read)) if group else None

        waiting = submit()
        while waiting:
            count, future = waiting
            group = future.result()
            waiting = submit()
            yield count, group


def _take(left: deque[np.ndarray], most: int) -> list[np.ndarray]:
    """Removes the next batches of one size, and returns them."""
    taken: list[np.ndarray] = []
    while left and len(taken) < most and (not taken or len(left[0]) == len(taken[0])):
        taken.append(left.popleft())
    return taken


def _joined(group: Sequence[np.ndarray], read: Callable[[np.ndarray], dict[str, np.ndarray]]) -> Group | None:
    """Reads the batches of a group; returns None if that was stopped."""
    # Lost rows are computed again, which takes long enough to be stopped.
    with suppress(Stopped):
        read_batches = [read(indices) for indices in group]
        if len(read_batches) == 1:
            return {name: array[None] for name, array in read_batches[0].items()}
        return {name: np.stack([batch[name] for batch in read_batches]) for name in read_batches[0]}
    return None
