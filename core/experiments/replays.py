"""An experiment as a recording, and what is said while it plays."""

from collections.abc import Sequence

from core.experiments import plans, words
from core.experiments.experiment import Kind
from core.experiments.progress import ArmState, ExperimentState
from core.experiments.recording import ACCURACY, Lane, Panel, Point, Recording, Remark, recording_of_runs
from core.experiments.remarks import percent
from core.experiments.results import Outcome, measured
from core.experiments.sentences import result
from core.runs.epoch_times import epoch_times, lead_time
from core.runs.records.store import RunStore
from core.wording.lists import counted

X_LABELS = {
    Kind.SAMPLES: "Training pictures a class, at most",
    Kind.FREEZE: "Trainable blocks",
}
CURVES = (Kind.RACE, Kind.TRANSFER)


def recording_of(store: RunStore, state: ExperimentState, found: Sequence[Outcome]) -> Recording:
    """Returns all that a replay of an experiment shows, or a chart of it while it is at work.

    Args:
        store: where the runs are recorded.
        state: the experiment.
        found: its arms that are done.

    Raises:
        RunError: a run can't be read.
    """
    experiment = state.experiment
    title = f"{words.TITLES[experiment.kind]}: {experiment.dataset_name}"
    question = words.QUESTIONS[experiment.kind]
    sentences = " ".join(result(store, state, found)).replace("**", "")
    if experiment.kind in CURVES:
        lanes = [(words.lane(one.arm.lane), one.run) for one in state.arms if one.run]
        return recording_of_runs(store, lanes, title, question, commentary(store, state), sentences)
    panel = _by_position(experiment.kind, found) if experiment.kind in X_LABELS else _by_seconds(found)
    remarks = tuple(Remark(at, _arm_remark(experiment.kind, one)) for at, one in _with_times(found))
    return Recording(title, question, (panel,), remarks, sentences, sum(one.seconds for one in found))


def commentary(store: RunStore, state: ExperimentState) -> tuple[Remark, ...]:
    """Returns what happens in a race, in plain words, in order: every lane's clock starts at zero.

    Args:
        store: where the runs are recorded.
        state: the race, at work or done.

    Raises:
        RunError: a run can't be read.
    """
    curves = {one.arm.lane: _curve(store, one) for one in state.arms}
    remarks: list[Remark] = []
    for one in state.arms:
        curve, name = curves[one.arm.lane], words.lane(one.arm.lane)
        if not curve:
            continue
        at, accuracy = curve[0]
        remarks.append(Remark(at, f"{name}: first epoch, {percent(accuracy)} right."))
        if one.is_done and one.run:
            best = max(accuracy for _, accuracy in curve)
            remarks.append(
                Remark(
                    one.run.seconds_at_work - lead_time(one.run),
                    f"{name} is done: {counted(len(curve), 'epoch')}, at best {percent(best)} right.",
                )
            )
    scratch = curves.get(plans.SCRATCH)
    if scratch:
        best = max(accuracy for _, accuracy in scratch)
        for lane, curve in curves.items():
            reached = next((at for at, accuracy in curve if accuracy > best), None)
            if lane != plans.SCRATCH and reached is not None:
                already = "already " if reached < scratch[-1][0] else ""
                epochs = counted(len(scratch), "epoch")
                text = f"After {words.duration(reached)} {_subject(lane)} {already}beats {epochs} from scratch"
                remarks.append(Remark(reached, f"{text} ({percent(best)})."))
    return tuple(sorted(remarks, key=lambda remark: remark.at))


def _subject(lane: str) -> str:
    return {plans.FROZEN: "the frozen network", plans.FINE_TUNED: "the fine-tuned network"}.get(
        lane, words.lane(lane).lower()
    )


def _curve(store: RunStore, one: ArmState) -> list[tuple[float, float]]:
    run = one.run
    if run is None:
        return []
    epochs = [event for event in store.events(run.id) if event.epoch]
    return [
        (max(0.0, at - lead_time(run)), event.metrics["val_accuracy"])
        for at, event in zip(epoch_times(run, epochs), epochs, strict=True)
        if "val_accuracy" in event.metrics
    ]


def _with_times(found: Sequence[Outcome]) -> list[tuple[float, Outcome]]:
    """Returns the arms with when each was done, as they are trained one after another."""
    times, at = [], 0.0
    for one in found:
        at += one.seconds
        times.append((at, one))
    return times


def _by_position(kind: Kind, found: Sequence[Outcome]) -> Panel:
    """Returns accuracies by position, each of which appears with the last of its draws."""
    ready = {(one.arm.lane, one.arm.x): at for at, one in _with_times(found)}
    lanes: dict[str, list[Point]] = {}
    for one in measured(found):
        point = Point(ready[(one.lane, one.x)], one.x, one.accuracy, *one.interval)
        lanes.setdefault(words.lane(one.lane), []).append(point)
    return Panel(
        "Accuracy on pictures not trained on",
        X_LABELS[kind],
        ACCURACY,
        True,
        tuple(Lane(name, tuple(points)) for name, points in lanes.items()),
    )


def _by_seconds(found: Sequence[Outcome]) -> Panel:
    ready = {one.arm.key: at for at, one in _with_times(found)}
    lanes: dict[str, list[Point]] = {}
    for one in found:
        point = Point(ready[one.arm.key], one.seconds, one.accuracy, *one.evaluation.interval)
        lanes.setdefault(words.lane(one.arm.lane), []).append(point)
    return Panel(
        "Accuracy by training time",
        "Seconds",
        ACCURACY,
        True,
        tuple(Lane(name, tuple(points)) for name, points in lanes.items()),
    )


def _arm_remark(kind: Kind, one: Outcome) -> str:
    where = words.position(kind, one.arm.x)
    name = words.lane(one.arm.lane).removeprefix("+ ")
    return f"{name}{', ' + where if where else ''}: {percent(one.accuracy)} right, in {words.duration(one.seconds)}."
