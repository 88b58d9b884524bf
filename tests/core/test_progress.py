import time

import pytest

from core.errors import Stopped
from core.events import Event
from core.progress import PhaseSeconds, Progress, Throughput, never_stop


def wait(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(seconds / 10)


def test_steps_are_counted_and_told_of_a_few_times_a_second() -> None:
    told: list[Event] = []
    progress = Progress("pictures", 500, told.append, never_stop)
    for _ in range(500):
        progress.advance()
    progress.finish()
    assert (told[0].step, told[-1].step, told[-1].total) == (0, 500, 500)
    assert len(told) < 100


def test_a_job_that_is_to_stop_does() -> None:
    with pytest.raises(Stopped):
        Progress("pictures", 5, lambda event: None, lambda: True)


def test_throughput_leaves_the_first_batch_out() -> None:
    throughput = Throughput()
    assert throughput.metrics(10) == {}
    throughput.add(100)
    assert throughput.metrics(10) == {}
    began = time.monotonic()
    wait(0.1)
    throughput.add(4)
    metrics = throughput.metrics(units_left=8, pictures_in_unit=32)
    seconds = time.monotonic() - began
    assert metrics["pictures_per_second"] == pytest.approx(4 * 32 / seconds, rel=0.2)
    assert metrics["seconds_left"] == pytest.approx(2 * seconds, rel=0.2)


def test_phases_are_timed_from_one_to_the_next() -> None:
    clock = PhaseSeconds("starting", 5.0)
    clock.enter("head")
    wait(0.05)
    clock.enter("starting")
    assert list(clock.seconds()) == ["starting", "head"]
    assert clock.seconds()["starting"] >= 5
    assert 0.05 <= clock.seconds()["head"] < 0.5


def test_phases_are_timed_while_they_last() -> None:
    clock = PhaseSeconds()
    assert clock.seconds() == {}
    for _ in range(2):
        with clock.during("features"):
            wait(0.02)
        wait(0.2)
    assert list(clock.seconds()) == ["features"]
    assert 0.04 <= clock.seconds()["features"] < 0.2


def test_a_phase_that_failed_was_timed() -> None:
    clock = PhaseSeconds()
    with pytest.raises(ValueError), clock.during("save"):
        raise ValueError
    assert list(clock.seconds()) == ["save"]
