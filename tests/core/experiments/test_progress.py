"""Experiments from their beginning to their end, with real training, and what happens to them in between."""

import time
from pathlib import Path

import psutil
import pytest

from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.errors import DatasetError, RunError
from core.experiments import plans, progress
from core.experiments.experiment import Arm, Experiment, Kind
from core.experiments.plans import Choices
from core.experiments.progress import ExperimentStatus, state_of
from core.experiments.results import outcomes
from core.experiments.store import ExperimentStore
from core.runs import queue
from core.runs.records.failures import Failure
from core.runs.records.run import RunStatus
from core.runs.records.store import RunStore
from core.settings import Settings
from tests.conftest import draw_folder
from tests.core.experiments.conftest import DEADLINE_SECONDS, experiment_of, short, wait_for_end


@pytest.fixture
def runs(home: Settings) -> RunStore:
    return RunStore(home.database)


@pytest.fixture
def dataset(home: Settings, tmp_path: Path) -> DatasetIndex:
    return DatasetStore(home).import_source(draw_folder(tmp_path / "shapes", 10, ("circle", "square")))


@pytest.fixture
def arms(home: Settings, dataset: DatasetIndex) -> list[Arm]:
    """Draws of few pictures on frozen features: quick."""
    planned = plans.plan(Kind.AUGMENTATION, dataset, Choices(image_size=32, draws=2), home)
    return short([arm for arm in planned if arm.lane == plans.WITHOUT], pictures_per_class=0, batch_size=4)


@pytest.fixture
def busy(runs: RunStore, arms: list[Arm]):
    """A run on its own that holds the only slot, so that nothing of an experiment starts."""
    other = runs.create("other", "Other", arms[0].config)
    runs.claim(slots=1)
    return other


def statuses(runs: RunStore, experiment: Experiment) -> list[RunStatus]:
    return [run.status for run in state_of(experiment, runs.list()).runs]


def test_starting_queues_every_arm(runs, dataset, arms, busy):
    experiment = progress.start(runs, Kind.AUGMENTATION, dataset, arms)
    assert ExperimentStore(runs.home).get(experiment.id) == experiment
    state = state_of(experiment, runs.list())
    assert [(run.experiment_id, run.arm, run.status) for run in state.runs] == [
        (experiment.id, arm.key, RunStatus.QUEUED) for arm in arms
    ]
    assert [run.config for run in state.runs] == [arm.config for arm in arms]
    assert {(run.dataset_id, run.num_classes, run.recipe) for run in state.runs} == {(dataset.id, 2, "recommended")}
    assert (state.status, state.done, state.at_work, state.seconds) == (ExperimentStatus.AT_WORK, (), None, 0)
    assert queue.position(runs, state.runs[0].id) < queue.position(runs, state.runs[1].id)


def test_an_experiment_is_where_its_newest_runs_are(runs, arms):
    experiment = experiment_of(Kind.AUGMENTATION, arms)

    def run_of(arm: Arm, experiment_id: str = experiment.id) -> str:
        return runs.create("d", "Data", arm.config, experiment_id=experiment_id, arm=arm.key).id

    def state():
        return state_of(experiment, runs.list())

    assert (state().status, state().runs) == (ExperimentStatus.INCOMPLETE, ())
    run_of(arms[0], "ffffffff")
    assert state().runs == ()
    first = run_of(arms[0])
    assert state().status == ExperimentStatus.AT_WORK
    queue.stop(runs, first)
    assert state().status == ExperimentStatus.INCOMPLETE
    again = run_of(arms[0])
    assert [run.id for run in state().runs] == [again]
    queue.stop(runs, runs.list()[-1].id)  # the other experiment's
    runs.claim(slots=1)
    assert state().at_work is not None and state().at_work.id == again
    runs.finish(again, RunStatus.COMPLETED, metrics={"val_accuracy": 1.0}, seconds={"head": 3.0})
    assert (state().status, len(state().done), state().seconds) == (ExperimentStatus.INCOMPLETE, 1, 3.0)
    second = run_of(arms[1])
    runs.claim(slots=1, own_experiment=experiment.id)
    runs.finish(second, RunStatus.COMPLETED, metrics={"val_accuracy": 1.0}, seconds={"head": 2.0})
    assert (state().status, len(state().done), state().seconds) == (ExperimentStatus.COMPLETED, 2, 5.0)


def test_stopping_ends_what_waits_and_keeps_what_is_done(runs, dataset, arms, busy):
    experiment = progress.start(runs, Kind.AUGMENTATION, dataset, arms)
    runs.finish(busy.id, RunStatus.STOPPED)
    first = runs.claim(slots=1)
    assert first is not None and first.arm == arms[0].key
    runs.finish(first.id, RunStatus.COMPLETED, metrics={"val_accuracy": 1.0})
    progress.stop(runs, experiment)
    assert statuses(runs, experiment) == [RunStatus.COMPLETED, RunStatus.STOPPED]
    assert state_of(experiment, runs.list()).status == ExperimentStatus.INCOMPLETE


def test_going_on_queues_what_ended_early_and_what_was_deleted(runs, dataset, arms, busy):
    experiment = progress.start(runs, Kind.AUGMENTATION, dataset, arms)
    stopped, deleted = state_of(experiment, runs.list()).runs
    progress.stop(runs, experiment)
    queue.delete(runs, deleted.id)
    progress.go_on(runs, experiment)
    state = state_of(experiment, runs.list())
    assert statuses(runs, experiment) == [RunStatus.QUEUED] * 2
    assert state.runs[0].id == stopped.id and state.runs[1].id != deleted.id
    assert [run.arm for run in state.runs] == [arm.key for arm in arms]
    assert (state.runs[1].config, state.runs[1].name) == (arms[1].config, deleted.name)
    progress.go_on(runs, experiment)  # a second press
    assert len(runs.list()) == 3


def test_going_on_leaves_what_is_done(raced):
    runs, state = raced
    before = [(run.id, run.status) for run in runs.list()]
    progress.go_on(runs, state.experiment)
    assert [(run.id, run.status) for run in runs.list()] == before


def test_without_its_data_set_it_can_not_go_on(runs, home, dataset, arms, busy):
    experiment = progress.start(runs, Kind.AUGMENTATION, dataset, arms)
    progress.stop(runs, experiment)
    DatasetStore(home).delete(dataset.id)
    with pytest.raises(DatasetError):
        progress.go_on(runs, experiment)
    assert statuses(runs, experiment) == [RunStatus.STOPPED] * 2


def test_what_its_worker_left_running_goes_on_and_is_deleted(runs, dataset, arms, busy):
    experiment = progress.start(runs, Kind.AUGMENTATION, dataset, arms)

    def abandon() -> None:
        """Leaves the first run as after a power cut: running, with a worker that isn't there."""
        run = runs.claim(slots=9)
        while run is not None and run.arm != arms[0].key:
            queue.stop(runs, run.id)
            runs.finish(run.id, RunStatus.STOPPED)
            run = runs.claim(slots=9)
        assert run is not None
        runs.report_worker(run.id, 2**22 - 1, 1.0)

    abandon()
    queue.stop(runs, state_of(experiment, runs.list()).runs[1].id)
    progress.go_on(runs, experiment)
    assert statuses(runs, experiment) == [RunStatus.QUEUED] * 2
    abandon()
    progress.delete(runs, experiment)
    assert [run.id for run in runs.list()] == [busy.id]


def test_deleting_removes_it_with_its_runs_and_nothing_else(runs, dataset, arms, busy):
    experiment = progress.start(runs, Kind.AUGMENTATION, dataset, arms)
    other = progress.start(runs, Kind.AUGMENTATION, dataset, arms)
    folders = [runs.folder(run.id) for run in state_of(experiment, runs.list()).runs]
    progress.delete(runs, experiment)
    assert not any(folder.exists() for folder in folders)
    assert {run.experiment_id for run in runs.list()} == {"", other.id}
    assert list(ExperimentStore(runs.home).list()) == [other]


def test_a_failed_arm_leaves_it_incomplete(runs, dataset, arms, busy):
    experiment = progress.start(runs, Kind.AUGMENTATION, dataset, arms)
    runs.finish(busy.id, RunStatus.STOPPED)
    for status in (RunStatus.FAILED, RunStatus.COMPLETED):
        run = runs.claim(slots=1)
        assert run is not None
        failure = Failure("worker_ended") if status == RunStatus.FAILED else None
        runs.finish(run.id, status, failure, metrics={"val_accuracy": 1.0})
        time.sleep(0.01)
    state = state_of(experiment, runs.list())
    assert state.status == ExperimentStatus.INCOMPLETE and [one.arm.key for one in state.done] == [arms[1].key]


def test_a_real_race_is_complete(raced):
    _, state = raced
    assert state.status == ExperimentStatus.COMPLETED
    assert [run.arm for run in state.runs] == [arm.key for arm in state.experiment.arms]
    assert state.seconds == pytest.approx(sum(run.seconds_at_work for run in state.runs))


def test_one_process_works_on_all_of_it(raced):
    _, state = raced
    first, second = state.runs
    assert (first.pid, first.pid_started) == (second.pid, second.pid_started)
    assert second.started >= first.finished
    # TensorFlow is there already.
    assert second.seconds["starting"] < first.seconds["starting"]


@pytest.mark.slow
def test_a_killed_worker_is_noticed_and_the_experiment_goes_on(runs, dataset, arms):
    first, second = arms
    arms = [first, *short([second], epochs=400, stop_when_settled=False)]
    experiment = progress.start(runs, Kind.AUGMENTATION, dataset, arms)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        done, *now = state_of(experiment, runs.list()).runs
        if now[0].status == RunStatus.RUNNING and now[0].pid and runs.events(now[0].id):
            break
        assert time.monotonic() < deadline and done.failure is None
        queue.reconcile(runs)
        time.sleep(0.01)
    with pytest.raises(RunError, match=r"still at work\. Stop the experiment first"):
        progress.delete(runs, experiment)
    psutil.Process(now[0].pid).kill()
    while not (died := runs.get(now[0].id)).status.is_finished:
        assert time.monotonic() < deadline
        queue.reconcile(runs)
        time.sleep(0.05)
    assert died.status == RunStatus.FAILED and died.failure is not None
    assert state_of(experiment, runs.list()).status == ExperimentStatus.INCOMPLETE
    progress.go_on(runs, experiment)
    state = wait_for_end(runs, experiment)
    assert state.status == ExperimentStatus.COMPLETED
    assert [run.id for run in state.runs] == [done.id, died.id]
    assert state.runs[0].finished == done.finished  # what was done isn't done again
    assert [event.epoch for event in runs.events(died.id)] == list(range(1, 401))
    assert len(outcomes(runs, state)) == 2
