"""Two real runs on 900 photographs, as their pages saw them twice a second, while other programs slowed the machine."""

import json
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from core.config.training_config import TrainingConfig
from core.events import Event
from core.forecast.forecast import Forecast
from core.forecast.time_left import ADAPT_SECONDS, END_SECONDS, seconds_to_end

RECORDED = json.loads(Path(__file__).with_name("recorded_runs.json").read_text())


class Moment(NamedTuple):
    """What a page saw, and how long the run took from then on."""

    now: float
    event: Event
    seconds: dict[str, float]
    epochs: list[Event]
    left: float


class Recording:
    def __init__(self, name: str) -> None:
        values = RECORDED[name]
        self.config = TrainingConfig().with_options(**values["config"])
        self.forecast = Forecast(**values["forecast"])
        epochs = [Event(**event) for event in values["epochs"]]
        self.moments = []
        for now, event, seconds in values["observed"]:
            past = [epoch for epoch in epochs if epoch.time <= event["time"]]
            self.moments.append(Moment(now, Event(**event), seconds, past, values["finished"] - now))

    def estimate(self, moment: Moment, forecast: Forecast | None) -> float | None:
        return seconds_to_end(self.config, moment.event, moment.epochs, moment.seconds, forecast, moment.now)


@pytest.fixture(params=["fine_tuned", "head"])
def recording(request: pytest.FixtureRequest) -> Recording:
    return Recording(request.param)


def settled(recording: Recording) -> list[Moment]:
    """The second half of reading pictures: at first the speed is that of a network being compiled."""
    reading = [moment for moment in recording.moments if moment.event.phase == "features"]
    return reading[len(reading) // 2 :]


def test_time_while_pictures_are_read_is_that_of_the_whole_run(recording: Recording) -> None:
    assert len(settled(recording)) > 5
    for moment in settled(recording):
        assert abs(recording.estimate(moment, recording.forecast) - moment.left) < 0.5 * moment.left + 4


def test_time_to_the_end_is_closer_than_that_of_the_present_stage() -> None:
    recording = Recording("fine_tuned")
    for moment in settled(recording):
        estimate = recording.estimate(moment, recording.forecast)
        assert abs(estimate - moment.left) < abs(moment.event.metrics["seconds_left"] - moment.left)


def test_time_is_known_from_the_first_moment_with_a_forecast(recording: Recording) -> None:
    for moment in recording.moments:
        estimate = recording.estimate(moment, recording.forecast)
        if moment.event.phase in ("evaluate", "save"):
            assert estimate is None
        else:
            assert END_SECONDS <= estimate < 3.5 * moment.left + 4


def test_without_a_forecast_nothing_is_said_of_stages_that_were_never_measured(recording: Recording) -> None:
    last = "fine_tune" if recording.config.fine_tune_epochs else "head"
    for moment in recording.moments:
        estimate = recording.estimate(moment, None)
        is_measured = moment.event.phase == last and bool(moment.event.metrics.get("seconds_left") is not None)
        if moment.event.phase == last and is_measured:
            assert abs(estimate - moment.left) < 5
        elif moment.event.phase != last:
            assert estimate is None


def test_epochs_ahead_take_as_long_as_those_before() -> None:
    recording = Recording("head")
    past = [Event("head", step, 30, epoch=step, time=100.0 + 10 * step) for step in (1, 2, 3)]
    slow = Event("head", 3, 30, {"batch": 5, "batches": 10, "seconds_left": 3.0}, time=134.0)
    left = seconds_to_end(recording.config, slow, past, {}, recording.forecast, 134.0)
    assert left == pytest.approx(27 * 10 - 4 + END_SECONDS)
    # An epoch that is overdue is about to end.
    overdue = seconds_to_end(recording.config, slow, past, {}, recording.forecast, 170.0)
    assert overdue == pytest.approx(26 * 10 + END_SECONDS)


def test_first_batches_of_a_stage_dont_tell_how_long_it_takes() -> None:
    recording = Recording("head")
    first = Event("head", 0, 30, {"batch": 2, "batches": 19, "seconds_left": 500.0}, time=100.0)
    settled = Event("head", 0, 30, {"batch": 12, "batches": 19, "seconds_left": 7.0}, time=100.0)

    def left(event: Event, forecast: Forecast | None) -> float | None:
        return seconds_to_end(recording.config, event, [], {}, forecast, 100.0)

    assert left(first, recording.forecast) == pytest.approx(30 * recording.forecast.head_epoch_seconds + END_SECONDS)
    assert left(first, None) == 500.0 + END_SECONDS
    assert left(settled, recording.forecast) == left(settled, None) == 7.0 + END_SECONDS


def test_resumed_run_knows_the_stages_that_it_has_measured_before() -> None:
    recording = Recording("fine_tuned")
    whole = recording.moments[-1].epochs
    again = Event("features", 10, 900, {"seconds_left": 5.0}, time=1000.0)
    left = seconds_to_end(recording.config, again, whole[:5], {}, None, 1000.0)
    fine = [epoch for epoch in whole if epoch.phase == "fine_tune"]
    assert left == pytest.approx(5.0 + fine[1].time - fine[0].time + END_SECONDS)


def test_forecast_is_corrected_by_how_long_the_pictures_took() -> None:
    recording = Recording("fine_tuned")
    moment = next(moment for moment in recording.moments if moment.event.phase == "head")
    right = recording.estimate(moment, recording.forecast)
    too_slow = replace(recording.forecast, features_seconds=recording.forecast.features_seconds / 2)
    assert recording.estimate(moment, too_slow) > 1.5 * right


def test_download_has_an_end_of_its_own() -> None:
    recording = Recording("head")
    event = Event("weights", 10, 100, time=5.0)
    assert seconds_to_end(recording.config, event, [], {}, recording.forecast, 5.0) is None


def test_adapting_takes_a_moment_before_the_end() -> None:
    config = TrainingConfig().with_options(adapt_to="others", epochs=2)
    training = Event("head", 1, 2, {"seconds_left": 10.0}, time=100.0)
    plain = TrainingConfig().with_options(epochs=2)
    left, without = (seconds_to_end(one, training, [], {}, None, 100.0) for one in (config, plain))
    assert left is not None and without is not None and left == without + ADAPT_SECONDS
    halfway = Event("adapt", 6, 12, time=100.0)
    assert seconds_to_end(config, halfway, [], {}, None, 100.0) == ADAPT_SECONDS / 2 + END_SECONDS
