"""Runs that are killed at any moment or stopped, and resumed. The workers are real and really train."""

from collections.abc import Callable

import numpy as np
import psutil
import pytest

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.events import SECONDS_AT_WORK, Event
from core.runs import queue
from core.runs.epoch_times import epoch_times
from core.runs.records.store import Run, RunStatus, RunStore
from core.wording.failures import failure

pytestmark = pytest.mark.slow

WaitUntil = Callable[[Callable[[], bool]], None]
EPOCHS = 12
# A fifth of sixteen pictures is held out; rounding may change that by one.
NOISE = 0.35


@pytest.fixture
def config() -> TrainingConfig:
    # A wide head, so that writing a checkpoint takes a while, and augmentation, so that features do too.
    return TrainingConfig(image_size=64).with_options(
        epochs=EPOCHS, batch_size=8, units=512, flip=True, views=6, stop_when_settled=False
    )


@pytest.fixture
def kill_when(store: RunStore, wait_until: WaitUntil) -> Callable[..., None]:
    """Kills a run's worker once a condition holds; the condition must not depend on the database."""

    def kill(run: Run, moment: Callable[[], bool], still: Callable[[], bool] = lambda: True) -> None:
        wait_until(lambda: store.get(run.id).pid > 0)
        worker = psutil.Process(store.get(run.id).pid)

        def is_held_at_the_moment() -> bool:
            if not moment():
                return False
            worker.suspend()
            if still():
                return True
            worker.resume()
            return False

        wait_until(is_held_at_the_moment)
        worker.kill()
        wait_until(lambda: queue.reconcile(store) or store.get(run.id).status.is_finished)
        assert store.get(run.id).status == RunStatus.FAILED
        assert failure(store.get(run.id).failure).startswith("The worker was killed")

    return kill


def completed(store: RunStore, run: Run, wait_until: WaitUntil) -> Run:
    wait_until(lambda: store.get(run.id).status.is_finished)
    run = store.get(run.id)
    log = (store.folder(run.id) / queue.LOG_NAME).read_text()
    assert (run.status, run.failure) == (RunStatus.COMPLETED, None), log
    assert run.has_model and not run.can_resume
    assert not list((store.folder(run.id) / "checkpoints").glob("*"))
    return run


def assert_same_curve(store: RunStore, run: Run, other: Run) -> None:
    events, others = store.events(run.id), store.events(other.id)
    epochs = run.config.optimization.epochs
    for told in (events, others):
        assert [event.epoch for event in told] == [event.sequence for event in told] == list(range(1, epochs + 1))
        assert [(event.phase, event.step, event.total) for event in told] == [
            ("head", epoch, epochs) for epoch in range(1, epochs + 1)
        ]
    for name in ("loss", "val_loss"):
        curve, other_curve = ([event.metrics[name] for event in told] for told in (events, others))
        assert np.allclose(curve, other_curve, rtol=0.05, atol=0.05), name
    assert run.metrics["val_accuracy"] == pytest.approx(other.metrics["val_accuracy"], abs=NOISE)


def test_killed_at_five_moments_and_resumed_each_time(
    store: RunStore,
    dataset: DatasetIndex,
    config: TrainingConfig,
    wait_until: WaitUntil,
    kill_when: Callable[..., None],
) -> None:
    run = queue.submit(store, dataset.id, config)

    def is_writing() -> bool:
        return any(store.folder(run.id).glob("checkpoints/*.part"))

    kill_when(run, lambda: store.get(run.id).phase == "starting")
    assert store.get(run.id).can_resume and store.events(run.id) == []

    assert queue.resume(store, run.id).status == RunStatus.RUNNING
    kill_when(run, lambda: store.get(run.id).phase == "features")
    assert store.events(run.id) == []

    queue.resume(store, run.id)
    kill_when(run, lambda: bool(store.events(run.id)))
    first = store.events(run.id)
    assert 1 <= len(first) < EPOCHS

    queue.resume(store, run.id)
    kill_when(run, is_writing, still=is_writing)
    second = store.events(run.id)
    # Epochs reported before stay, and an epoch that was saved but not reported isn't missing.
    assert second[: len(first)] == first and len(first) <= len(second) < EPOCHS

    queue.resume(store, run.id)
    kill_when(run, lambda: store.get(run.id).phase in ("evaluate", "save"))
    third = store.events(run.id)
    assert third[: len(second)] == second and len(third) == EPOCHS
    assert not store.get(run.id).has_model

    seconds = dict(store.get(run.id).seconds)
    assert seconds["starting"] > 0 and seconds["head"] > 0
    queue.resume(store, run.id)
    resumed = completed(store, run, wait_until)
    assert store.events(run.id) == third
    assert resumed.seconds["starting"] > seconds["starting"]
    assert all(resumed.seconds[name] >= seconds[name] for name in seconds)

    whole = completed(store, queue.submit(store, dataset.id, config), wait_until)
    assert_same_curve(store, resumed, whole)


def curve(event: Event) -> dict[str, float]:
    """Returns what a checkpoint keeps of an epoch, too."""
    return {name: value for name, value in event.metrics.items() if name != SECONDS_AT_WORK}


def test_stopped_and_resumed(
    store: RunStore, dataset: DatasetIndex, config: TrainingConfig, wait_until: WaitUntil
) -> None:
    # So that it can't finish before it is asked to stop.
    config = config.with_options(epochs=40, stop_when_settled=False)
    run = queue.submit(store, dataset.id, config)
    wait_until(lambda: bool(store.events(run.id)))
    queue.stop(store, run.id)
    wait_until(lambda: store.get(run.id).status.is_finished)
    stopped = store.get(run.id)
    assert stopped.status == RunStatus.STOPPED and stopped.has_model and stopped.can_resume
    kept = store.events(run.id)
    assert 1 <= len(kept) < 40

    # An epoch that was saved, but whose worker was killed before it reported it.
    store.align_events(run.id, kept[:-1])
    queue.resume(store, run.id)
    resumed = completed(store, run, wait_until)
    events: list[Event] = list(store.events(run.id))
    assert [curve(event) for event in events[: len(kept)]] == [curve(event) for event in kept]
    times = epoch_times(resumed, events)
    assert times == sorted(times) and times[-1] <= resumed.seconds_at_work
    assert set(stopped.seconds) <= set(resumed.seconds)
    assert all(resumed.seconds[name] >= seconds for name, seconds in stopped.seconds.items())
    assert resumed.seconds_at_work > stopped.seconds_at_work
    whole = completed(store, queue.submit(store, dataset.id, config), wait_until)
    assert_same_curve(store, resumed, whole)
