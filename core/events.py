"""What a long job reports while it works."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Event:
    """One progress report of a long job.

    Attributes:
        phase: what the job is doing. Runs: `starting`, `weights`, `features`, `choice`, `head`, `fine_tune`,
            `evaluate`, `save`.
            Imports: `upload`, `download`, `extract`, `pictures`, `audit`. Surveys: `starting`, `weights`, `features`,
            `labels`, `outliers`, `map`. Rate searches: `starting`, `features`, `rate`. Advice: `starting`, `features`,
            `advice`.
        step: how much of the phase is done, in its own unit (pictures, epochs, bytes).
        total: size of the phase; 0 if unknown.
        metrics: numbers measured at this point: `loss`, `accuracy`, `objective` (what is minimised: the loss with its
            penalty), `val_loss`, `val_accuracy`, `learning_rate` and `seconds_at_work` at the end of an epoch;
            `pictures_per_second`, `bytes_per_second`, `seconds_left`, `batch`, `batches` in between.
        epoch: number of the epoch that just ended, from 1 over the whole run; 0 if none did.
        time: seconds since 1970.
        run_id: the run it belongs to, set by the store.
        sequence: its number among the run's stored events, from 1, set by the store.
        pictures: the pictures that were read last, the newest first, by their paths in the data set; `features` of
            runs.
    """

    phase: str
    step: int = 0
    total: int = 0
    metrics: Mapping[str, float] = field(default_factory=dict)
    epoch: int = 0
    time: float = field(default_factory=time.time)
    run_id: str = ""
    sequence: int = 0
    pictures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # JSON has lists only.
        object.__setattr__(self, "pictures", tuple(self.pictures))


# How long a run had worked when an epoch ended, without pauses.
SECONDS_AT_WORK = "seconds_at_work"
# Momentary metrics, which don't belong to a curve.
PACE = ("pictures_per_second", "seconds_left")
