import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from core.config.training_config import TrainingConfig
from core.events import SECONDS_AT_WORK, Event
from core.progress import PhaseSeconds
from core.runs.records.store import Run, RunStore
from core.runs.worker.recording import ProgressRecorder, added

WaitUntil = Callable[[Callable[[], bool]], None]


def started(store: RunStore, config: TrainingConfig) -> Run:
    run = store.create("d", "Noise", config)
    store.claim(slots=100)
    return store.get(run.id)


def test_progress_is_recorded_now_and_then_but_phases_and_epochs_always(
    store: RunStore, config: TrainingConfig
) -> None:
    run = started(store, config)
    record = ProgressRecorder(store, run)
    for step in range(50):
        record(Event("features", step, 1000))
    recorded = store.get(run.id).progress
    assert recorded and recorded.phase == "features" and recorded.step < 49
    record(Event("head", 0, 2))
    assert store.get(run.id).phase == "head"
    for epoch in (1, 2):
        record(Event("head", epoch, 2, {"loss": 1.0}, epoch=epoch))
    assert [event.epoch for event in store.events(run.id)] == [1, 2]


def test_seconds_are_recorded_as_the_run_goes_on(
    store: RunStore, config: TrainingConfig, wait_until: WaitUntil
) -> None:
    run = started(store, config)
    record = ProgressRecorder(store, replace(run, started=time.time() - 100, seconds={"starting": 5.0, "weights": 7.0}))
    for phase in ("starting", "features", "head"):
        record(Event(phase))
    wait_until(lambda: record.clock.seconds()["head"] > 0.05)
    record(Event("head", 1, 2, {"loss": 1.0}, epoch=1))
    seconds = store.get(run.id).seconds
    assert set(seconds) == {"starting", "weights", "features", "head"}
    assert seconds["starting"] == pytest.approx(105, abs=5) and seconds["weights"] == 7 and seconds["features"] < 5
    assert 0.05 < seconds["head"] <= record.seconds()["head"]
    (epoch,) = store.events(run.id)
    assert epoch.metrics[SECONDS_AT_WORK] == pytest.approx(sum(seconds.values()))


def test_seconds_of_a_phase_that_comes_again_add_up(wait_until: WaitUntil) -> None:
    clock = PhaseSeconds("features", 10.0)
    clock.enter("head")
    clock.enter("features")
    wait_until(lambda: clock.seconds()["features"] > 10.02)
    assert list(clock.seconds()) == ["features", "head"]


def test_clock_set_back_gives_no_negative_seconds() -> None:
    assert PhaseSeconds("starting", -3600.0).seconds()["starting"] >= 0


def test_added_keeps_the_order_of_names() -> None:
    assert list(added({"a": 1, "b": 2}, {"c": 3, "a": 4}).items()) == [("a", 5), ("b", 2), ("c", 3)]
