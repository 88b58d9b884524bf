"""Starting an experiment, where it is, stopping it, going on with it, deleting it.

Its arms are runs in the queue, so they go on without a browser and after a restart, and each has its own page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.errors import RunError
from core.experiments import words
from core.experiments.experiment import Arm, Experiment, Kind
from core.experiments.store import ExperimentStore
from core.runs import queue
from core.runs.records.run import Run, RunStatus
from core.runs.records.store import RunStore
from core.runs.worker.environment import settings_for


class ExperimentStatus(StrEnum):
    """How far an experiment is."""

    AT_WORK = "at work"
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class ArmState:
    """An arm and its run: None before it was submitted, or if it was deleted."""

    arm: Arm
    run: Run | None

    @property
    def is_done(self) -> bool:
        """Whether its run is complete."""
        return self.run is not None and self.run.status == RunStatus.COMPLETED


@dataclass(frozen=True)
class ExperimentState:
    """An experiment with the runs that there are.

    Attributes:
        experiment: the experiment.
        arms: its arms, in order.
    """

    experiment: Experiment
    arms: tuple[ArmState, ...]

    @property
    def runs(self) -> tuple[Run, ...]:
        """Its runs, in the order of the arms."""
        return tuple(state.run for state in self.arms if state.run)

    @property
    def done(self) -> tuple[ArmState, ...]:
        """The arms whose runs are complete."""
        return tuple(state for state in self.arms if state.is_done)

    @property
    def at_work(self) -> Run | None:
        """The run that is being trained now."""
        return next((run for run in self.runs if run.status == RunStatus.RUNNING), None)

    @property
    def status(self) -> ExperimentStatus:
        """How far it is."""
        if any(not run.status.is_finished for run in self.runs):
            return ExperimentStatus.AT_WORK
        return ExperimentStatus.COMPLETED if len(self.done) == len(self.arms) else ExperimentStatus.INCOMPLETE

    @property
    def seconds(self) -> float:
        """How long its runs have worked together."""
        return sum(run.seconds_at_work for run in self.runs)


def state_of(experiment: Experiment, runs: Sequence[Run]) -> ExperimentState:
    """Returns where an experiment is.

    Args:
        experiment: the experiment.
        runs: all runs, newest first.
    """
    newest: dict[str, Run] = {}
    former = {arm.run_id: arm.key for arm in experiment.arms if arm.run_id}
    for run in runs:
        if run.experiment_id == experiment.id:
            newest.setdefault(run.arm, run)
        elif run.id in former:
            newest.setdefault(former[run.id], run)
    return ExperimentState(experiment, tuple(ArmState(arm, newest.get(arm.key)) for arm in experiment.arms))


def start(runs: RunStore, kind: Kind, dataset: DatasetIndex, arms: Sequence[Arm]) -> Experiment:
    """Records an experiment, queues its arms and starts the first if a slot is free.

    Args:
        runs: where runs are recorded.
        kind: what it asks.
        dataset: the data set.
        arms: what `core.experiments.plans.plan` returned.

    Raises:
        RunError: a run can't be recorded; those before it are.
        OSError: the disk refuses.
    """
    experiment = ExperimentStore(runs.home).create(kind, dataset.id, dataset.name, arms)
    for arm in experiment.arms:
        if arm.run_id:
            continue
        _submit(runs, experiment, arm, len(dataset.class_names))
    queue.start_queued(runs)
    return experiment


def stop(runs: RunStore, experiment: Experiment) -> None:
    """Asks all its runs to stop; those that are done stay.

    Raises:
        RunError: it can't be recorded.
    """
    # From the last on, so that none begins because the one before has ended.
    for run in reversed(state_of(experiment, runs.list()).runs):
        if run.experiment_id == experiment.id and not run.status.is_finished:
            queue.stop(runs, run.id)


def go_on(runs: RunStore, experiment: Experiment) -> None:
    """Queues again what ended before it was done, and what is missing.

    Raises:
        DatasetError: its data set is gone.
        RunError: it can't be recorded.
    """
    dataset = DatasetStore(settings_for(runs)).get(experiment.dataset_id)
    queue.reconcile(runs)  # a run whose worker died without a trace is still recorded as running
    for state in state_of(experiment, runs.list()).arms:
        if state.run is None:
            _submit(runs, experiment, state.arm, len(dataset.class_names))
        elif state.run.can_resume:
            runs.requeue(state.run.id)
    queue.start_queued(runs)


def delete(runs: RunStore, experiment: Experiment) -> None:
    """Deletes an experiment with its runs; those that there were before it stay.

    Raises:
        RunError: one of them is running; stop it first.
        OSError: the disk refuses.
    """
    queue.look_over(runs)
    of_it = [run for run in runs.list() if run.experiment_id == experiment.id]
    if any(run.status == RunStatus.RUNNING for run in of_it):
        raise RunError("A run of this experiment is still at work. Stop the experiment first, then delete it.")
    for run in of_it:
        queue.delete(runs, run.id)
    ExperimentStore(runs.home).delete(experiment.id)


def _submit(runs: RunStore, experiment: Experiment, arm: Arm, num_classes: int) -> None:
    runs.create(
        experiment.dataset_id,
        experiment.dataset_name,
        arm.config,
        arm.recipe,
        words.run_name(experiment, arm),
        num_classes,
        experiment.id,
        arm.key,
    )
