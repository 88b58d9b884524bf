import threading

import numpy as np
import pytest

from core.errors import Stopped
from core.nn.training.calls import CALL_SECONDS, Pace, read_groups, steps_in_a_call


def read(indices: np.ndarray) -> dict[str, np.ndarray]:
    return {"rows": indices * 10.0, "labels": indices}


def pace_of(steps_a_call: int) -> Pace:
    pace = Pace()
    pace.steps_a_call = steps_a_call
    return pace


def test_the_first_call_compiles_and_says_nothing():
    pace = Pace()
    pace.add(1, 5.0)
    assert pace.metrics(10, 32) == {}
    assert pace.steps_a_call == 1


def test_a_call_has_as_many_steps_as_fit_into_its_time_and_grows_step_by_step():
    pace = Pace()
    pace.add(1, 5.0)
    lengths = []
    for _ in range(8):
        pace.add(pace.steps_a_call, pace.steps_a_call * CALL_SECONDS / 20.5)
        lengths.append(pace.steps_a_call)
    assert lengths == [2, 4, 8, 16, 20, 20, 20, 20]
    pace.add(20, 20 * CALL_SECONDS)  # Something else needed the machine.
    assert pace.steps_a_call < 5


def test_slow_steps_are_done_one_by_one():
    assert steps_in_a_call(10 * CALL_SECONDS) == 1
    pace = Pace()
    for _ in range(3):
        pace.add(1, 10 * CALL_SECONDS)
    assert pace.steps_a_call == 1


def test_the_pace_is_that_of_the_last_calls():
    pace = Pace()
    pace.add(1, 5.0)
    pace.add(4, 0.4)
    assert pace.metrics(steps_left=20, pictures_a_step=32) == pytest.approx(
        {"pictures_per_second": 320, "seconds_left": 2}
    )
    for _ in range(10):
        pace.add(4, 0.8)
    assert pace.metrics(20, 32)["seconds_left"] == pytest.approx(4, rel=0.01)


def test_groups_hold_every_batch_in_order_and_only_batches_of_one_size_together():
    batches = [np.arange(start, min(start + 4, 22)) for start in range(0, 22, 4)]
    groups = list(read_groups(batches, read, pace_of(3)))
    assert [count for count, _ in groups] == [3, 2, 1]
    assert [group["rows"].shape for _, group in groups] == [(3, 4), (2, 4), (1, 2)]
    np.testing.assert_array_equal(np.concatenate([group["labels"].ravel() for _, group in groups]), np.arange(22))
    np.testing.assert_array_equal(groups[0][1]["rows"], 10.0 * np.arange(12).reshape(3, 4))


def test_the_next_group_is_read_in_a_thread_while_this_one_is_at_work():
    readers, second = set(), threading.Event()

    def watched(indices):
        readers.add(threading.current_thread())
        if indices[0] == 2:
            second.set()
        return read(indices)

    groups = read_groups([np.arange(2), np.arange(2, 4)], watched, pace_of(1))
    next(groups)
    assert second.wait(10)
    assert threading.current_thread() not in readers
    assert len(list(groups)) == 1


def test_a_group_whose_reading_was_stopped_is_none():
    def stopped(indices):
        if indices[0]:
            raise Stopped
        return read(indices)

    first, second = read_groups([np.arange(2), np.arange(2, 4)], stopped, pace_of(1))
    assert first[1] is not None
    assert second == (1, None)
