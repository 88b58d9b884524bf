"""A recording of something that was trained: what appeared when, so that it can be shown again without computing."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.errors import CoreError, RunError
from core.evaluation.evaluation import load_evaluations
from core.evaluation.words.results import right_answers
from core.events import Event
from core.experiments import remarks as words
from core.runs.epoch_times import epoch_times, lead_time
from core.runs.records.store import Run, RunStore

TRAINING, VALIDATION = "Training", "Validation"
EPOCH, SECONDS = "Epoch", "Seconds"
ACCURACY, LOSS = "Accuracy", "Loss"
# Accuracies worth a remark when they are reached.
ROUND_SHARES = (0.5, 0.7, 0.8, 0.9, 0.95, 0.99)


@dataclass(frozen=True)
class Point:
    """One point of a curve.

    Attributes:
        at: when it appears, in seconds since the beginning.
        x: its position.
        y: its height.
        low: lower end of a band of uncertainty around it; None for none.
        high: its upper end; None for none.
    """

    at: float
    x: float
    y: float
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if not all(math.isfinite(number) for number in (self.at, self.x, self.y, self.low or 0.0, self.high or 0.0)):
            raise ValueError(f"Expected finite numbers. Received {self}.")
        if self.at < 0 or (self.low is None) != (self.high is None):
            raise ValueError(f"Expected a time from 0 on, and both ends of a band or none. Received {self}.")


@dataclass(frozen=True)
class Lane:
    """One curve: a run, or the training or validation pictures of one. The same name has the same colour everywhere."""

    name: str
    points: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Panel:
    """One chart.

    Attributes:
        title: above it.
        x_label: below it.
        y_label: beside it.
        is_share: whether heights are shares 0-1, shown in percent.
        lanes: its curves.
    """

    title: str
    x_label: str
    y_label: str
    is_share: bool
    lanes: tuple[Lane, ...]


@dataclass(frozen=True)
class Remark:
    """A sentence that appears while it plays.

    Attributes:
        at: when, in seconds since the beginning.
        text: plain text.
    """

    at: float
    text: str


@dataclass(frozen=True)
class Recording:
    """All that a replay shows. Its texts are plain: names in them may contain anything.

    Attributes:
        title: what was done.
        question: what it answers; may be empty.
        panels: the charts, the most important first.
        remarks: what is said while it plays, in order.
        result: what came out, in one sentence; may be empty.
        seconds: how long it took.
    """

    title: str
    question: str
    panels: tuple[Panel, ...]
    remarks: tuple[Remark, ...]
    result: str
    seconds: float

    def to_json(self) -> str:
        """Returns it as JSON, from which `from_json` makes the same recording."""
        return json.dumps(asdict(self), ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Recording":
        """Makes a recording from what `to_json` returned.

        Raises:
            ValueError: it is no recording.
        """
        try:
            values = json.loads(text)
            panels = tuple(_panel(panel) for panel in values["panels"])
            remarks = tuple(Remark(**remark) for remark in values["remarks"])
            return cls(**{**values, "panels": panels, "remarks": remarks})
        except (KeyError, TypeError) as error:
            raise ValueError(f"Expected a recording. Received something else: {error}.") from error


def _panel(values: dict[str, Any]) -> Panel:
    lanes = (Lane(lane["name"], tuple(Point(**point) for point in lane["points"])) for lane in values["lanes"])
    return Panel(**{**values, "lanes": tuple(lanes)})


def recording_of_run(store: RunStore, run: Run) -> Recording:
    """Returns the recording of a finished run: accuracy and loss by epoch, in training and validation.

    Args:
        store: where the run is recorded.
        run: the run.

    Raises:
        RunError: no epoch of it has ended, or it can't be read.
    """
    epochs, times = _epochs(store, run)
    panels = [
        Panel(title, EPOCH, title, title == ACCURACY, lanes)
        for title, metric in ((ACCURACY, "accuracy"), (LOSS, "loss"))
        if (lanes := _lanes(epochs, times, {VALIDATION: f"val_{metric}", TRAINING: metric}))
    ]
    whole = max(times[-1], run.seconds_at_work)
    remarks = _remarks(epochs, times, whole, run.config.from_scratch)
    return Recording(run.name, "", tuple(panels), remarks, _result(store, run, epochs), whole)


def recording_of_runs(
    store: RunStore,
    runs: Sequence[tuple[str, Run]],
    title: str,
    question: str,
    remarks: Sequence[Remark],
    result: str,
) -> Recording:
    """Returns the recording of several runs side by side, as if they had started together.

    It shows their accuracy on the validation pictures, by seconds and by epoch. Every run's clock starts at zero,
    without the time to load TensorFlow, which only the first run of a process needs.

    Args:
        store: where the runs are recorded.
        runs: each with the name of its lane; those without a finished epoch have an empty lane.
        title: what was done.
        question: what it answers.
        remarks: what is said while it plays.
        result: what came out, in one sentence.

    Raises:
        RunError: a run can't be read.
    """
    by_seconds, by_epoch, ends = [], [], [0.0]
    for name, run in runs:
        epochs = [event for event in store.events(run.id) if event.epoch]
        known = [
            (max(0.0, time - lead_time(run)), event.epoch, event.metrics["val_accuracy"])
            for time, event in zip(epoch_times(run, epochs), epochs, strict=True)
            if "val_accuracy" in event.metrics
        ]
        by_seconds.append(Lane(name, tuple(Point(time, time, height) for time, _, height in known)))
        by_epoch.append(Lane(name, tuple(Point(time, epoch, height) for time, epoch, height in known)))
        ends += [time for time, _, _ in known] + [run.seconds_at_work - lead_time(run)]
    panels = (
        Panel("Validation accuracy by seconds", SECONDS, ACCURACY, True, tuple(by_seconds)),
        Panel("Validation accuracy by epoch", EPOCH, ACCURACY, True, tuple(by_epoch)),
    )
    whole = max([*ends, *(remark.at for remark in remarks)])
    return Recording(title, question, panels, tuple(sorted(remarks, key=lambda remark: remark.at)), result, whole)


def _epochs(store: RunStore, run: Run) -> tuple[list[Event], list[float]]:
    """Returns the events that ended an epoch, and when."""
    epochs = [event for event in store.events(run.id) if event.epoch]
    if not epochs:
        raise RunError(f"No epoch of the run {run.name!r} has ended, so there is nothing to replay.")
    return epochs, epoch_times(run, epochs)


def _lanes(epochs: Sequence[Event], times: Sequence[float], metrics: dict[str, str]) -> tuple[Lane, ...]:
    """Returns a lane for each metric that was measured."""
    lanes = []
    for name, metric in metrics.items():
        points = tuple(
            Point(time, event.epoch, event.metrics[metric])
            for time, event in zip(times, epochs, strict=True)
            if metric in event.metrics
        )
        if points:
            lanes.append(Lane(name, points))
    return tuple(lanes)


def _remarks(
    epochs: Sequence[Event], times: Sequence[float], whole: float, is_from_scratch: bool
) -> tuple[Remark, ...]:
    """Returns what is to be said of a run while it plays."""
    remarks = [Remark(0.0, words.beginning(times[0]))]
    measured = [
        (time, event.epoch, event.metrics["val_accuracy"])
        for time, event in zip(times, epochs, strict=True)
        if "val_accuracy" in event.metrics
    ]
    if measured:
        at, _, accuracy = measured[0]
        remarks.append(Remark(at, words.first_epoch(accuracy)))
        remarks += _round_numbers(measured)
        _, best, accuracy = max(measured, key=lambda found: found[2])
        if best != measured[-1][1]:
            # Not earlier: only the end shows that none was better.
            remarks.append(Remark(whole, words.best_epoch(accuracy, best)))
    tuned = [(time, event.epoch) for time, event in zip(times, epochs, strict=True) if event.phase == "fine_tune"]
    if tuned and not is_from_scratch:
        # It begins where the epoch before has ended.
        at = max([0.0, *(time for time in times if time < tuned[0][0])])
        remarks.append(Remark(at, words.fine_tuning_begins(tuned[0][1])))
    remarks.append(Remark(whole, words.ended(len(epochs), whole)))
    return tuple(sorted(remarks, key=lambda remark: remark.at))


def _round_numbers(measured: Sequence[tuple[float, int, float]]) -> list[Remark]:
    """Returns a remark for each epoch that first reached a round number, the highest one that it reached."""
    remarks, reached = [], measured[0][2]
    for at, epoch, accuracy in measured[1:]:
        passed = [share for share in ROUND_SHARES if reached < share <= accuracy]
        if passed:
            remarks.append(Remark(at, words.threshold_passed(passed[-1], epoch, at)))
        reached = max(reached, accuracy)
    return remarks


def _result(store: RunStore, run: Run, epochs: Sequence[Event]) -> str:
    """Returns what came out: from the run's evaluation or, if there is none, from its last epoch."""
    try:
        found = load_evaluations(store.folder(run.id))[0]
    except (CoreError, IndexError):
        last = epochs[-1].metrics
        if "val_accuracy" in last:
            return words.last_accuracy(last["val_accuracy"])
        return words.last_loss(last["val_loss"]) if "val_loss" in last else ""
    right = int((found.predictions == found.labels).sum())
    return right_answers(right, len(found.labels), found.interval)
