"""Names of experiments, lanes, positions and runs."""

import pytest

from core.config.training_config import TrainingConfig
from core.experiments import plans, words
from core.experiments.experiment import Arm, Kind
from core.experiments.plans import Choices
from core.runs.records.run_names import NAME_LENGTH
from core.settings import Settings
from tests.core.experiments.conftest import dataset_of, experiment_of


def test_every_kind_has_its_words():
    for texts in (words.TITLES, words.QUESTIONS, words.SHORT):
        assert set(texts) == set(Kind) and all(texts.values())
    assert all(question.endswith("?") or kind == Kind.ARTICLE for kind, question in words.QUESTIONS.items())


def test_every_lane_that_is_planned_has_a_name(home: Settings):
    for kind in plans.PLANS:
        for arm in plans.plan(kind, dataset_of(30, 30), Choices(lanes=plans.LANES), home):
            assert words.lane(arm.lane) != arm.lane
    assert words.lane("gone") == "gone"


@pytest.mark.parametrize(
    ("kind", "x", "expected"),
    [
        (Kind.SAMPLES, 5.0, "5 a class"),
        (Kind.SAMPLES, 1200, "1,200 a class"),
        (Kind.FREEZE, 0, "all frozen"),
        (Kind.FREEZE, 1, "1 trainable block"),
        (Kind.FREEZE, 6, "6 trainable blocks"),
        (Kind.RACE, 0, ""),
        (Kind.ARTICLE, 3, ""),
    ],
)
def test_positions(kind, x, expected):
    assert words.position(kind, x) == expected


def test_a_draw_is_named_only_where_there_are_several():
    config = TrainingConfig()
    arms = [Arm(f"t-{x}-{draw}", "transfer", x, draw, "", config) for x, draw in ((5, 0), (5, 1), (80, 0))]
    names = [words.run_name(experiment_of(Kind.SAMPLES, arms), arm) for arm in arms]
    assert names == [
        "Data, few pictures, Pretrained, frozen, 5 a class, draw 1",
        "Data, few pictures, Pretrained, frozen, 5 a class, draw 2",
        "Data, few pictures, Pretrained, frozen, 80 a class",
    ]


def test_names_of_runs_are_distinct_and_fit(home: Settings):
    for kind in plans.PLANS:
        arms = plans.plan(kind, dataset_of(60, 60), Choices(), home)
        found = experiment_of(kind, arms)
        long = type(found)(**{**vars(found), "dataset_name": "Name " * 100})
        names = [words.run_name(long, arm) for arm in arms]
        assert len(set(names)) == len(arms)
        assert all(len(name) <= NAME_LENGTH for name in names)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0.0 s"), (0.84, "0.8 s"), (1, "1 s"), (11.6, "12 s"), (59.6, "1 min 0 s"), (125, "2 min 5 s")],
)
def test_durations(seconds, expected):
    assert words.duration(seconds) == expected
