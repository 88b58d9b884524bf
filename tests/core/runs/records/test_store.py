import json
import math
import multiprocessing
import sqlite3
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.errors import RunError
from core.events import Event
from core.runs.records.failures import OUT_OF_MEMORY
from core.runs.records.rows import OWN_SECONDS
from core.runs.records.store import Run, RunStatus, RunStore

CLAIMERS = 8


def started(store: RunStore, config: TrainingConfig, name: str | None = None) -> Run:
    run = store.create("d", "Textures", config, name=name)
    store.claim(slots=100)
    return store.get(run.id)


def test_run_comes_back_as_it_was_created(store: RunStore, config: TrainingConfig) -> None:
    run = store.create("abc", "Textures", config, recipe="article", name="  First\ttry ")
    assert run == RunStore(store.path).get(run.id)
    assert (run.name, run.dataset_id, run.dataset_name, run.recipe) == ("First try", "abc", "Textures", "article")
    assert run.config == config
    assert run.status == RunStatus.QUEUED and not run.status.is_finished
    assert run.progress is None and not run.has_model


def test_names_are_made_and_kept_apart(store: RunStore, config: TrainingConfig) -> None:
    names = [store.create("d", "Textures", config).name for _ in range(3)]
    assert names[0] == "Textures, EfficientNet-Lite0"
    assert names[1:] == ["Textures, EfficientNet-Lite0 (2)", "Textures, EfficientNet-Lite0 (3)"]


def test_found_by_id_name_and_beginning(store: RunStore, config: TrainingConfig) -> None:
    run = store.create("d", "Textures", config, name="Mine")
    other = store.create("d", "Textures", config, name=run.id[:3])
    assert store.get(run.id).id == store.get("Mine").id == store.get(run.id[:5]).id == run.id
    assert store.get(run.id[:3]).id == other.id  # a complete name takes precedence over the beginning of an id


def test_unknown_and_ambiguous_references(store: RunStore, config: TrainingConfig) -> None:
    with pytest.raises(RunError, match=r"There is no run 'nothing'\. Expected the id or the name"):
        store.get("nothing")
    with pytest.raises(RunError, match="There is no run ''"):
        store.get("")
    beginnings = [store.create("d", "Textures", config).id[0] for _ in range(17)]
    twice = next(sign for sign in beginnings if beginnings.count(sign) > 1)
    with pytest.raises(RunError, match=rf"have an id that begins with '{twice}'\. Give more of it"):
        store.get(twice)


def test_wildcards_are_plain_text(store: RunStore, config: TrainingConfig) -> None:
    store.create("d", "Textures", config)
    for reference in ("%", "_", "*"):
        with pytest.raises(RunError, match="There is no run"):
            store.get(reference)


def test_listed_newest_first(store: RunStore, config: TrainingConfig) -> None:
    ids = [store.create("d", "Textures", config).id for _ in range(3)]
    assert [run.id for run in store.list()] == ids[::-1]


def test_rename(store: RunStore, config: TrainingConfig) -> None:
    run = store.create("d", "Textures", config, name="Old")
    store.create("d", "Textures", config, name="Taken")
    assert store.rename(run.id, " New\nname ").name == "New name"
    with pytest.raises(RunError, match=r"Another run has the name 'Taken'\. Choose a different one"):
        store.rename(run.id, "Taken")
    with pytest.raises(RunError, match=r"Expected a name of 1 to 100 characters\. Received 0"):
        store.rename(run.id, " \n ")
    with pytest.raises(RunError, match="Received 101"):
        store.rename(run.id, "n" * 101)
    with pytest.raises(RunError, match="There is no run"):
        store.rename("nothing", "Name")


def test_star_note_and_classes_survive_a_lost_database(store: RunStore, config: TrainingConfig) -> None:
    run = store.create("d", "Data", config, num_classes=10)
    assert (run.num_classes, run.is_starred, run.note) == (10, False, "")
    store.set_star(run.id, True)
    store.set_note(run.id, " the\nbest ")
    noted = replace(run, is_starred=True, note="the best")
    assert store.get(run.id) == noted
    store.path.unlink()
    assert RunStore(store.path).get(run.id) == noted
    assert store.set_star(run.id, False).is_starred is False


def test_notes_and_stars_need_a_run(store: RunStore, config: TrainingConfig) -> None:
    store.create("d", "Data", config)
    for annotate in (lambda: store.set_star("00000000", True), lambda: store.set_note("00000000", "x")):
        with pytest.raises(RunError, match="There is no run"):
            annotate()


def test_oldest_is_claimed_first_within_the_slots(store: RunStore, config: TrainingConfig) -> None:
    first, second, third = (store.create("d", "Textures", config) for _ in range(3))
    assert [store.position(run.id) for run in (first, second, third)] == [1, 2, 3]
    claimed = store.claim(slots=2)
    assert claimed and claimed.id == first.id and claimed.status == RunStatus.RUNNING and claimed.phase == "starting"
    assert store.claim(slots=1) is None
    assert store.claim(slots=2).id == second.id
    assert store.claim(slots=2) is None
    assert [store.position(run.id) for run in (first, second, third)] == [0, 0, 1]
    assert [run.id for run in store.unfinished()] == [first.id, second.id, third.id]


def _of_experiment(store: RunStore, config: TrainingConfig, experiment_id: str) -> Run:
    return store.create("d", "Textures", config, experiment_id=experiment_id, arm="a")


def test_the_next_run_of_an_experiment_is_left_to_the_worker_of_the_last(
    store: RunStore, config: TrainingConfig
) -> None:
    first, second = (_of_experiment(store, config, "aaaa") for _ in range(2))
    assert store.claim(slots=2).id == first.id
    store.finish(first.id, RunStatus.COMPLETED)
    assert store.claim(slots=2) is None
    assert store.claim(slots=2, own_experiment="bbbb") is None
    assert store.claim(slots=2, own_experiment="aaaa").id == second.id


def test_others_do_not_wait_for_an_experiment(store: RunStore, config: TrainingConfig) -> None:
    first, second = (_of_experiment(store, config, "aaaa") for _ in range(2))
    alone, other = store.create("d", "Textures", config), _of_experiment(store, config, "bbbb")
    store.claim(slots=1)
    store.finish(first.id, RunStatus.COMPLETED)
    assert store.claim(slots=1).id == alone.id
    assert store.claim(slots=2).id == other.id
    assert store.claim(slots=3) is None
    assert store.get(second.id).status == RunStatus.QUEUED


@pytest.mark.parametrize("seconds", [OWN_SECONDS + 1, -3600])
def test_an_experiment_whose_worker_is_gone_goes_on_whatever_the_clock_says(
    store: RunStore, config: TrainingConfig, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    first, second = (_of_experiment(store, config, "aaaa") for _ in range(2))
    store.claim(slots=1)
    store.finish(first.id, RunStatus.COMPLETED)
    later = time.time() + seconds  # set back by an hour, it may be long until the same time comes again
    monkeypatch.setattr(time, "time", lambda: later)
    assert store.claim(slots=1).id == second.id


def test_after_a_run_that_failed_anyone_takes_the_next(store: RunStore, config: TrainingConfig) -> None:
    first, second = (_of_experiment(store, config, "aaaa") for _ in range(2))
    store.claim(slots=1)
    store.finish(first.id, RunStatus.FAILED, OUT_OF_MEMORY)
    assert store.claim(slots=1).id == second.id


def _claim(path: Path, ready: object, claims: object) -> None:
    store = RunStore(path)
    ready.wait()
    run = store.claim(slots=1)
    claims.put(run.id if run else "")


def test_many_processes_claim_a_run_once(store: RunStore, config: TrainingConfig) -> None:
    run = store.create("d", "Textures", config)
    context = multiprocessing.get_context("spawn")
    ready, claims = context.Barrier(CLAIMERS), context.Queue()
    processes = [context.Process(target=_claim, args=(store.path, ready, claims)) for _ in range(CLAIMERS)]
    for process in processes:
        process.start()
    claimed = [claims.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    assert sorted(claimed) == [""] * (CLAIMERS - 1) + [run.id]


def test_worker_is_reported_once(store: RunStore, config: TrainingConfig) -> None:
    queued = store.create("d", "Textures", config)
    assert store.report_worker(queued.id, 1, 1.0) is None
    store.request_stop(queued.id)
    run = started(store, config)
    assert store.report_worker(run.id, 4711, 12.5).pid == 4711
    assert store.report_worker(run.id, 4712, 13.5) is None
    assert (store.get(run.id).pid, store.get(run.id).pid_started) == (4711, 12.5)


def test_epochs_are_kept_and_other_events_only_the_latest(store: RunStore, config: TrainingConfig) -> None:
    run = started(store, config)
    store.append(run.id, Event("features", 3, 9, {"pictures_per_second": 4.5}, pictures=("pictures/1.png",)))
    progress = store.get(run.id).progress
    assert progress and progress.pictures == ("pictures/1.png",)
    assert progress and (progress.phase, progress.step, progress.total, progress.run_id) == ("features", 3, 9, run.id)
    assert store.events(run.id) == []
    first = store.append(run.id, Event("head", 1, 2, {"loss": 0.5}, epoch=1))
    store.append(run.id, Event("head", 1, 2, {"batch": 1}))
    second = store.append(run.id, Event("head", 2, 2, {"loss": 0.25}, epoch=2))
    assert [event.sequence for event in (first, second)] == [1, 2]
    assert store.events(run.id) == [first, second]
    assert store.events(run.id, after=1) == [second]
    assert store.get(run.id).phase == "head" and store.get(run.id).progress == second


def test_numbers_of_numpy_are_converted(store: RunStore, config: TrainingConfig) -> None:
    run = started(store, config)
    metrics = {"loss": np.float32(0.5), "accuracy": np.float64(0.75), "batch": np.int64(3)}
    event = store.append(run.id, Event("head", np.int64(1), np.int32(2), metrics, epoch=np.int64(1)))
    assert event.metrics == {"loss": 0.5, "accuracy": 0.75, "batch": 3.0} and event.step == 1
    store.finish(run.id, RunStatus.COMPLETED, metrics=metrics, seconds={"head": np.float32(1.5)})
    run = store.get(run.id)
    assert run.metrics == event.metrics and run.seconds == {"head": 1.5} and run.has_model
    with sqlite3.connect(store.path) as connection:
        kinds = {type(value) for row in connection.execute("SELECT * FROM runs") for value in row}
    assert bytes not in kinds


@pytest.mark.parametrize("number", [math.nan, math.inf, np.float32("nan")])
def test_numbers_that_arent_finite_are_refused(store: RunStore, config: TrainingConfig, number: float) -> None:
    run = started(store, config)
    with pytest.raises(RunError, match=r"Received loss = (nan|inf): the training diverged\. Lower the learning rate"):
        store.append(run.id, Event("head", metrics={"loss": number}, epoch=1))
    with pytest.raises(RunError, match="the training diverged"):
        store.finish(run.id, RunStatus.COMPLETED, metrics={"loss": number})
    assert store.events(run.id) == [] and store.get(run.id).status == RunStatus.RUNNING


def test_finished_runs_stay_as_they_are(store: RunStore, config: TrainingConfig) -> None:
    run = started(store, config)
    ours = store.report_worker(run.id, 4711, 1.0)
    for other in (replace(ours, pid=4712), replace(ours, pid=0), replace(ours, started=ours.started - 9)):
        assert not store.finish(run.id, RunStatus.FAILED, OUT_OF_MEMORY, attempt=other)
    assert store.finish(run.id, RunStatus.COMPLETED, metrics={"val_accuracy": 1}, attempt=ours)
    assert not store.finish(run.id, RunStatus.FAILED, OUT_OF_MEMORY)
    ended = store.get(run.id)
    assert ended.status == RunStatus.COMPLETED and ended.failure is None and ended.finished >= ended.started > 0
    assert store.request_stop(run.id) == ended


def test_request_to_stop(store: RunStore, config: TrainingConfig) -> None:
    run = started(store, config)
    queued = store.create("d", "Textures", config)
    assert store.request_stop(queued.id).status == RunStatus.STOPPED
    asked = store.request_stop(run.id)
    assert asked.status == RunStatus.RUNNING and asked.stop_requested > 0
    assert store.request_stop(run.id).stop_requested == asked.stop_requested
    assert store.claim(slots=9) is None
    with pytest.raises(RunError, match="There is no run"):
        store.request_stop("nothing")


def test_run_that_ended_early_is_queued_again(store: RunStore, config: TrainingConfig) -> None:
    run = started(store, config)
    store.report_worker(run.id, 4711, 1.0)
    epoch = store.append(run.id, Event("head", 1, 2, {"loss": 0.5}, epoch=1), {"starting": 2, "head": 1.5})
    store.request_stop(run.id)
    store.finish(run.id, RunStatus.STOPPED, metrics={"val_accuracy": 0.5})
    waiting = store.create("d", "Textures", config)
    assert store.get(run.id).can_resume and not waiting.can_resume
    again = store.requeue(run.id)
    assert (again.id, again.name, again.created, again.config) == (run.id, run.name, run.created, run.config)
    assert again.status == RunStatus.QUEUED and not again.can_resume and not again.has_model
    assert (again.phase, again.failure, again.progress) == ("", None, None)
    assert again.started == again.finished == again.stop_requested == again.pid == again.pid_started == 0
    assert store.events(run.id) == [epoch]
    assert again.seconds == {"starting": 2, "head": 1.5} and again.metrics == {"val_accuracy": 0.5}
    # First come, first served; the list is in the order in which runs were submitted.
    assert [store.position(item.id) for item in (waiting, again)] == [1, 2]
    assert [item.id for item in store.list()] == [waiting.id, run.id]
    assert [store.claim(slots=9).id for _ in range(2)] == [waiting.id, run.id]
    assert store.report_worker(run.id, 4712, 2.0).pid == 4712


def test_resumed_run_that_is_stopped_before_it_learned_more_keeps_its_model(
    store: RunStore, config: TrainingConfig
) -> None:
    run = started(store, config)
    store.finish(run.id, RunStatus.STOPPED, metrics={"val_accuracy": 0.5})
    for status, metrics in ((RunStatus.STOPPED, {"val_accuracy": 0.5}), (RunStatus.FAILED, {})):
        store.requeue(run.id)
        store.claim(slots=1)
        store.finish(run.id, status)
        assert store.get(run.id).metrics == metrics
        assert store.get(run.id).has_model == bool(metrics)


def test_only_runs_that_ended_early_are_queued_again(store: RunStore, config: TrainingConfig) -> None:
    run = store.create("d", "Textures", config, name="Mine")
    for status in ("queued", "running", "completed"):
        with pytest.raises(RunError, match=rf"'Mine' is {status}\. Expected one that failed or was stopped: only"):
            store.requeue(run.id)
        if status == "queued":
            store.claim(slots=1)
        else:
            store.finish(run.id, RunStatus.COMPLETED)
    with pytest.raises(RunError, match="There is no run 'nothing'"):
        store.requeue("nothing")


def test_epochs_are_reconciled_with_a_checkpoint(store: RunStore, config: TrainingConfig) -> None:
    run = started(store, config)
    kept = [store.append(run.id, Event("head", epoch, 4, {"loss": 1 / epoch}, epoch=epoch)) for epoch in (1, 2)]
    known = [Event("head", epoch, 4, {"loss": 1 / epoch}, epoch=epoch) for epoch in (1, 2, 3)]
    store.align_events(run.id, known)
    assert store.events(run.id) == [*kept, replace(known[2], run_id=run.id, sequence=3)]
    store.align_events(run.id, known[:1])
    assert store.events(run.id) == kept[:1]
    assert store.append(run.id, Event("head", 2, 4, {"loss": 0.5}, epoch=2)).sequence == 2
    store.align_events(run.id, [])
    assert store.events(run.id) == []


def test_delete_takes_the_events_along_and_refuses_running_runs(store: RunStore, config: TrainingConfig) -> None:
    run = started(store, config, name="Busy")
    store.append(run.id, Event("head", epoch=1))
    with pytest.raises(RunError, match=r"'Busy' is still running\. Stop it first, then delete it"):
        store.delete(run.id)
    store.finish(run.id, RunStatus.COMPLETED)
    store.delete(run.id)
    assert store.list() == [] and store.events(run.id) == []
    with pytest.raises(RunError, match="There is no run"):
        store.delete(run.id)


def test_events_of_unknown_runs_are_refused(store: RunStore) -> None:
    with pytest.raises(RunError, match="There is no run"):
        store.append("nothing", Event("head", epoch=1))


def test_written_from_many_threads(store: RunStore, config: TrainingConfig) -> None:
    run = started(store, config)

    def write(thread: int) -> None:
        for number in range(10):
            store.append(run.id, Event("head", thread, number, epoch=1))

    threads = [threading.Thread(target=write, args=(thread,)) for thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event.sequence for event in store.events(run.id)] == list(range(1, 41))


def test_every_field_of_an_event_is_kept(store: RunStore, config: TrainingConfig) -> None:
    run = started(store, config)
    event = Event("fine_tune", 3, 5, {"loss": 0.125}, epoch=8, time=1234.5)
    assert store.append(run.id, event) == replace(event, run_id=run.id, sequence=1)
    with sqlite3.connect(store.path) as connection:
        text = connection.execute("SELECT event FROM events").fetchone()[0]
    assert set(json.loads(text)) == set(Event.__dataclass_fields__)


def test_an_epoch_keeps_its_curve_and_not_its_pace(store: RunStore, config: TrainingConfig) -> None:
    run = store.create("data", "Textures", config, "")
    store.claim(1)
    metrics = {"loss": 0.5, "pictures_per_second": 90.0, "seconds_left": 3.0}
    store.append(run.id, Event("head", 1, 2, metrics, epoch=1))
    assert store.get(run.id).progress.metrics == metrics
    (kept,) = store.events(run.id)
    assert kept.metrics == {"loss": 0.5}
