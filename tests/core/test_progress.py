import time

import pytest

from core.errors import Stopped
from core.events import Event
from core.progress import PhaseSeconds, Progress, Throughput, ignore_event, never_stop


def wait(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(seconds / 10)


def test_steps_are_counted_and_reported_a_few_times_a_second() -> None:
    told: list[Event] = []
    progress = Progress("pictures", 500, told.append, never_stop)
    for _ in range(500):
        progress.advance()
    progress.finish()
    assert (told[0].step, told[-1].step, told[-1].total) == (0, 500, 500)
    assert len(told) < 100


def test_a_job_stops_when_asked() -> None:
    told: list[Event] = []
    with pytest.raises(Stopped):
        Progress("pictures", 5, told.append, lambda: True)
    assert told == []


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


def steps_of(events):
    return [(event.phase, event.step, event.total) for event in events]


def test_every_step_is_reported_if_none_comes_too_soon(monkeypatch):
    monkeypatch.setattr("core.progress.SECONDS_BETWEEN_EVENTS", 0.0)
    events = []
    steps = Progress("extract", 7, events.append, never_stop)
    for count in (1, 4, 2):
        steps.advance(count)
    assert steps_of(events) == [("extract", step, 7) for step in (0, 1, 5, 7)]


def test_steps_that_come_too_soon_are_still_counted(monkeypatch):
    monkeypatch.setattr("core.progress.SECONDS_BETWEEN_EVENTS", 1000.0)
    events = []
    steps = Progress("extract", 7, events.append, never_stop)
    for _ in range(7):
        steps.advance()
    steps.finish()
    assert steps_of(events) == [("extract", 0, 7), ("extract", 7, 7)]


@pytest.mark.parametrize("steps", [0, 5])
def test_a_total_that_wasnt_known_is_known_at_the_end(steps):
    events = []
    unknown = Progress("extract", 0, events.append, never_stop)
    unknown.advance(steps)
    unknown.finish()
    assert steps_of(events)[0] == ("extract", 0, 0)
    assert steps_of(events)[-1] == ("extract", steps, steps)


def test_a_stop_ends_the_job_at_its_next_step(monkeypatch):
    monkeypatch.setattr("core.progress.SECONDS_BETWEEN_EVENTS", 0.0)
    events = []
    steps = Progress("extract", 7, events.append, lambda: len(events) == 3)
    steps.advance()
    steps.advance()
    with pytest.raises(Stopped):
        steps.advance()
    assert steps_of(events)[-1] == ("extract", 2, 7)


def test_nobody_has_to_listen_or_to_stop():
    assert ignore_event(Event("extract")) is None
    assert never_stop() is False
