from dataclasses import replace

from core.config.training_config import TrainingConfig
from core.events import SECONDS_AT_WORK, Event
from core.runs.epoch_times import epoch_times
from core.runs.records.run import Run, RunStatus

RUN = Run("0a1b2c3d", "Run", "d", "Data", TrainingConfig(), "", RunStatus.COMPLETED, "save", created=100, started=110)


def epoch(number: int, time: float, **metrics: float) -> Event:
    return Event("head", number, 9, metrics, epoch=number, time=time)


def test_recorded_times_are_used():
    events = [epoch(1, 125, **{SECONDS_AT_WORK: 15.0}), epoch(2, 9000, **{SECONDS_AT_WORK: 17.5})]
    assert epoch_times(RUN, events) == [15.0, 17.5]


def test_times_of_day_are_counted_from_the_start():
    assert epoch_times(RUN, [epoch(1, 120), epoch(2, 123)]) == [10, 13]
    assert epoch_times(RUN, []) == []


def test_the_pause_before_a_resumption_is_left_out():
    resumed = replace(RUN, started=9000)
    assert epoch_times(resumed, [epoch(1, 120), epoch(2, 123), epoch(3, 9008), epoch(4, 9010)]) == [20, 23, 31, 33]


def test_a_clock_set_back_gives_no_negative_times():
    assert epoch_times(RUN, [epoch(1, 120), epoch(2, 90)]) == [10, 10]
