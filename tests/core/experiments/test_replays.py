"""Experiments as recordings: their curves, and what is said while they play."""

import re
from itertools import pairwise

import pytest

from core.config.training_config import TrainingConfig
from core.events import SECONDS_AT_WORK, Event
from core.experiments import plans, words
from core.experiments.experiment import Arm, Kind
from core.experiments.progress import ArmState, ExperimentState
from core.experiments.recording import Recording
from core.experiments.replays import commentary, recording_of
from core.experiments.results import outcomes
from core.runs.records.store import RunStatus, RunStore
from tests.core.experiments.conftest import experiment_of, outcome, some_right, state_with


@pytest.fixture
def store(tmp_path) -> RunStore:
    return RunStore(tmp_path / "home" / "studio.sqlite")


def lane_of(
    store: RunStore, lane: str, accuracies: list[float], seconds: float = 2.0, is_done: bool = True
) -> ArmState:
    """An arm whose epochs took so many seconds each, after three to load TensorFlow."""
    arm = Arm(lane, lane, 0, 0, "recommended", TrainingConfig())
    run = store.create("d", "Data", arm.config, name=lane, experiment_id="0123abcd", arm=lane)
    store.claim(9, own_experiment=run.experiment_id)
    for number, accuracy in enumerate(accuracies, start=1):
        metrics = {"val_accuracy": accuracy, SECONDS_AT_WORK: 3 + seconds * number}
        store.append(run.id, Event("head", number, len(accuracies), metrics, epoch=number))
    if is_done:
        times = {"starting": 3.0, "head": seconds * len(accuracies) + 1}
        store.finish(run.id, RunStatus.COMPLETED, metrics={"val_accuracy": accuracies[-1]}, seconds=times)
    return ArmState(arm, store.get(run.id))


def race(*lanes: ArmState) -> ExperimentState:
    return ExperimentState(experiment_of(Kind.RACE, [one.arm for one in lanes]), lanes)


def said(store: RunStore, *lanes: ArmState) -> list[str]:
    remarks = commentary(store, race(*lanes))
    assert [remark.at for remark in remarks] == sorted(remark.at for remark in remarks)
    return [f"{remark.at:g} {remark.text}" for remark in remarks]


def test_a_race_is_told_in_order(store):
    lanes = lane_of(store, plans.FROZEN, [0.5, 0.9]), lane_of(store, plans.SCRATCH, [0.3, 0.4, 0.45], seconds=10)
    assert said(store, *lanes) == [
        "2 Frozen network: first epoch, 50.0 % right.",
        "2 After 2 s the frozen network already beats 3 epochs from scratch (45.0 %).",
        "5 Frozen network is done: 2 epochs, at best 90.0 % right.",
        "10 From scratch: first epoch, 30.0 % right.",
        "31 From scratch is done: 3 epochs, at best 45.0 % right.",
    ]


def beats(store: RunStore, *lanes: ArmState) -> list[str]:
    return [text for text in said(store, *lanes) if "beats" in text]


def test_whoever_is_not_better_beats_nobody(store):
    scratch = lane_of(store, plans.SCRATCH, [0.3, 0.9, 0.6])
    assert beats(store, scratch, lane_of(store, plans.FROZEN, [0.8, 0.9])) == []
    assert beats(store, lane_of(store, plans.FINE_TUNED, [0.91])) == []


def test_each_lane_that_is_better_says_so_once(store):
    lanes = [lane_of(store, plans.SCRATCH, [0.5], seconds=60)]
    lanes += [lane_of(store, lane, [0.4, 0.6, 0.8]) for lane in (plans.FINE_TUNED, plans.ARTICLE)]
    assert beats(store, *lanes) == [
        "4 After 4 s the fine-tuned network already beats 1 epoch from scratch (50.0 %).",
        "4 After 4 s the article's recipe already beats 1 epoch from scratch (50.0 %).",
    ]


def test_a_lane_that_is_better_later_does_not_say_already(store):
    scratch = lane_of(store, plans.SCRATCH, [0.5, 0.6], seconds=1)
    assert beats(store, scratch, lane_of(store, plans.FROZEN, [0.4, 0.9], seconds=5)) == [
        "10 After 10 s the frozen network beats 2 epochs from scratch (60.0 %)."
    ]


def test_a_lane_at_work_is_not_done(store):
    texts = said(store, lane_of(store, plans.FROZEN, [0.5], is_done=False))
    # How long TensorFlow took to load is only known at the end.
    assert texts == ["5 Frozen network: first epoch, 50.0 % right."]
    nothing = ArmState(Arm("scratch", "scratch", 0, 0, "", TrainingConfig()), None)
    assert said(store, nothing, lane_of(store, plans.FINE_TUNED, [], is_done=False)) == []


def test_one_epoch_is_singular(store):
    assert "is done: 1 epoch, at" in said(store, lane_of(store, plans.FROZEN, [1.0]))[1]


def check(recording: Recording) -> None:
    """What holds for all recordings: it can be stored, and nothing appears before what came before it."""
    assert Recording.from_json(recording.to_json()) == recording
    assert "**" not in recording.result
    times = [remark.at for remark in recording.remarks]
    assert times == sorted(times)
    assert max(times, default=0) <= recording.seconds + 1e-9
    for panel in recording.panels:
        for lane in panel.lanes:
            assert all(one.at <= other.at for one, other in pairwise(lane.points))
            assert all(point.at <= recording.seconds + 1e-9 for point in lane.points)


def test_a_real_race_has_all_its_lanes(raced):
    runs, state = raced
    recording = recording_of(runs, state, outcomes(runs, state))
    check(recording)
    assert recording.title == "Race: shapes" and recording.question == words.QUESTIONS[Kind.RACE]
    assert {lane.name for panel in recording.panels for lane in panel.lanes} == {"Frozen network", "From scratch"}
    for panel in recording.panels:
        assert all(len(lane.points) == 3 for lane in panel.lanes)
    assert sum("first epoch" in remark.text for remark in recording.remarks) == 2
    assert sum("is done: 3 epochs" in remark.text for remark in recording.remarks) == 2
    assert recording.result.startswith("With pretrained features ")


def test_positions_appear_with_the_last_of_their_draws(store):
    found = [
        outcome("transfer", some_right(right, 20), x=x, draw=draw, seconds=2)
        for x, draw, right in ((5, 0, 12), (5, 1, 14), (20, 0, 18))
    ]
    recording = recording_of(store, state_with(Kind.SAMPLES, found), found)
    check(recording)
    (panel,) = recording.panels
    (lane,) = panel.lanes
    assert (lane.name, panel.x_label) == ("Pretrained, frozen", "Training pictures a class, at most")
    assert [(point.at, point.x, round(point.y, 9)) for point in lane.points] == [(4, 5, 0.65), (6, 20, 0.9)]
    assert all(point.low < point.y < point.high for point in lane.points)
    assert [remark.text for remark in recording.remarks] == [
        "Pretrained, frozen, 5 a class: 60.0 % right, in 2 s.",
        "Pretrained, frozen, 5 a class: 70.0 % right, in 2 s.",
        "Pretrained, frozen, 20 a class: 90.0 % right, in 2 s.",
    ]


@pytest.mark.parametrize("kind", [Kind.BACKBONES, Kind.AUGMENTATION, Kind.ARTICLE])
def test_other_kinds_appear_by_their_seconds(store, kind):
    lanes = {Kind.BACKBONES: ("efficientnet_lite0", "vgg16"), Kind.ARTICLE: ("published", "head")}
    config = TrainingConfig().with_options(pictures_per_class=5)
    found = [
        outcome(lane, some_right(15, 20), seconds=seconds, config=config)
        for lane, seconds in zip(lanes.get(kind, (plans.WITHOUT, plans.WITH)), (30, 4), strict=True)
    ]
    recording = recording_of(store, state_with(kind, found), found)
    check(recording)
    (panel,) = recording.panels
    assert [[(point.at, point.x) for point in lane.points] for lane in panel.lanes] == [[(30, 30)], [(34, 4)]]
    assert not any(re.search(r"\b\+ ", remark.text) for remark in recording.remarks)


@pytest.mark.parametrize("kind", Kind)
def test_before_anything_is_done_there_is_an_empty_chart(store, kind):
    missing = outcome("frozen", some_right(1, 2)).arm
    recording = recording_of(store, state_with(kind, [], missing), [])
    check(recording)
    assert recording.remarks == () and recording.result == ""
