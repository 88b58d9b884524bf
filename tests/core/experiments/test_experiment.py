"""Experiments on their way through JSON."""

import json

import pytest

from core.config.training_config import TrainingConfig
from core.experiments.experiment import Arm, Experiment, Kind

ARMS = (
    Arm("a-5-0", "transfer", 5, 0, "recommended", TrainingConfig().with_options(pictures_per_class=5)),
    Arm("b-5-1", "scratch", 5, 1, "recommended", TrainingConfig(weights="none", reuse_features=False)),
    Arm("b-9-0", "scratch", 9, 0, "", TrainingConfig()),
)
FOUND = Experiment("0123abcd", Kind.SAMPLES, "d", 'Cats & "dogs" \u2028', 12.5, ARMS)


def test_json_brings_everything_back():
    assert Experiment.from_json(FOUND.to_json()) == FOUND


def test_lanes_are_named_once_and_in_order():
    assert FOUND.lanes == ("transfer", "scratch")


def test_every_kind_comes_back():
    for kind in Kind:
        found = Experiment("0123abcd", kind, "d", "Data", 1.0, ARMS)
        assert Experiment.from_json(found.to_json()).kind is kind


@pytest.mark.parametrize(
    "text", ["", "no", "[]", "3", "null", '"arms"', "{}", '{"arms": 3}', '{"arms": []}', "[" * 100_000]
)
def test_other_text_is_refused(text):
    with pytest.raises(ValueError):
        Experiment.from_json(text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "gone"),
        ("kind", None),
        ("id", 7),
        ("dataset_id", None),
        ("dataset_name", ["x"]),
        ("created", "soon"),
        ("created", float("nan")),
        ("created", float("inf")),
        ("created", 10**400),
        ("arms", [3]),
        ("arms", [{}]),
        ("unknown", 1),
    ],
)
def test_a_wrong_value_is_refused(name, value):
    values = json.loads(FOUND.to_json()) | {name: value}
    with pytest.raises(ValueError):
        Experiment.from_json(json.dumps(values))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("key", 1),
        ("lane", None),
        ("recipe", 2),
        ("x", "far"),
        ("x", float("nan")),
        ("draw", 0.5),
        ("config", {}),
        ("y", 1),
    ],
)
def test_a_wrong_arm_is_refused(name, value):
    values = json.loads(FOUND.to_json())
    values["arms"][1] |= {name: value if name != "config" else {"backbone": "gone"}}
    with pytest.raises(ValueError):
        Experiment.from_json(json.dumps(values))


def test_half_a_file_is_refused():
    text = FOUND.to_json()
    for end in range(0, len(text), 97):
        with pytest.raises(ValueError):
            Experiment.from_json(text[:end])
