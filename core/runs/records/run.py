"""A run as recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from core.config.training_config import TrainingConfig
from core.events import Event
from core.runs.records.failures import Failure


class RunStatus(StrEnum):
    """The status of a run."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen to the run unless it is resumed."""
        return self in (RunStatus.COMPLETED, RunStatus.STOPPED, RunStatus.FAILED)


@dataclass(frozen=True)
class Run:
    """One training run, from its submission to its end.

    Attributes:
        id: eight hexadecimal digits; also the name of the run's folder.
        name: display name; unique.
        dataset_id: the data set it trains on.
        dataset_name: that data set's name when the run was submitted.
        config: its configuration.
        recipe: name of the recipe the configuration started from; empty if there was none.
        status: its status.
        phase: what it is doing, or was doing when it ended (see `core.events.Event.phase`); empty while queued.
        created: when it was submitted, in seconds since 1970.
        started: when it last left the queue; 0 before.
        finished: when it ended; 0 before.
        failure: why it failed; None otherwise.
        metrics: the final metrics; empty until there is a model.
        seconds: how long each phase took, in total if the run was resumed.
        progress: its latest event, or None.
        stop_requested: when it was asked to stop; 0 if it wasn't.
        pid: process id of its worker; 0 until the worker has reported itself.
        pid_started: when that process began, so that a later process with the same id isn't taken for it.
        num_classes: the number of its data set's classes when it was submitted; 0 if that wasn't recorded.
        is_starred: whether the user marked it.
        note: what the user wrote about it; one line, empty if nothing.
        experiment_id: the experiment that it is an arm of; empty for a run on its own.
        arm: which arm of that experiment.
    """

    id: str
    name: str
    dataset_id: str
    dataset_name: str
    config: TrainingConfig
    recipe: str
    status: RunStatus
    phase: str
    created: float
    started: float = 0.0
    finished: float = 0.0
    failure: Failure | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    progress: Event | None = None
    stop_requested: float = 0.0
    pid: int = 0
    pid_started: float = 0.0
    num_classes: int = 0
    is_starred: bool = False
    note: str = ""
    experiment_id: str = ""
    arm: str = ""

    @property
    def has_model(self) -> bool:
        """Whether it has a model."""
        return self.status in (RunStatus.COMPLETED, RunStatus.STOPPED) and bool(self.metrics)

    @property
    def can_resume(self) -> bool:
        """Whether it ended before it was done, so that it can continue after its last epoch.

        Without a checkpoint it starts again, which is just as good: nothing that is on disk is computed twice.
        """
        return self.status in (RunStatus.FAILED, RunStatus.STOPPED)

    @property
    def seconds_at_work(self) -> float:
        """How long it has worked until now or its end, without the time between an end and a resumption."""
        ended = self.started and self.finished
        return sum(self.seconds.values()) or (max(0.0, self.finished - self.started) if ended else 0.0)
