"""The wrong answers of a model, filtered and sorted, and what is stored of them."""

import json

import numpy as np
import pytest

from core.evaluation.evaluation import Evaluation
from core.evaluation.mistakes import (
    DETAILS_FILE,
    Filter,
    Mistake,
    MistakeDetails,
    Neighbour,
    Order,
    fitting,
    load_details,
    mistakes_of,
    save_details,
)
from core.evaluation.prediction import Verdict

DETAILS = {
    "validation": {
        "b.png": MistakeDetails(Verdict.UNLIKE, (Neighbour("x.png", 0.5), Neighbour("y.png", 0.25))),
        "d.png": MistakeDetails(Verdict.SURE),
    },
    "test": {},
}


@pytest.fixture
def evaluation() -> Evaluation:
    """Four answers: a is right, b, c and d are wrong."""
    probabilities = np.array([[0.9, 0.05, 0.05], [0.1, 0.6, 0.3], [0.3, 0.2, 0.5], [0.02, 0.95, 0.03]])
    labels = np.array([0, 0, 1, 2])
    return Evaluation("validation", ("cat", "dog", "fox"), labels, probabilities, ("a.png", "b.png", "c.png", "d.png"))


def test_each_wrong_answer_is_a_mistake_with_what_was_stored_of_it(evaluation):
    first, second, third = mistakes_of(evaluation, DETAILS, sure_probability=0.4)
    assert first == Mistake("b.png", 0, 1, 0.6, Verdict.UNLIKE, DETAILS["validation"]["b.png"].nearest)
    # Nothing was stored of this one, so its probability decides.
    assert second == Mistake("c.png", 1, 2, 0.5, Verdict.SURE)
    assert third == Mistake("d.png", 2, 1, 0.95, Verdict.SURE)


@pytest.mark.parametrize(("sure_probability", "verdicts"), [(0.9, ["UNSURE", "UNSURE", "SURE"]), (None, [None] * 3)])
def test_without_anything_stored_the_probability_decides_if_it_can(evaluation, sure_probability, verdicts):
    found = mistakes_of(evaluation, {}, sure_probability)
    assert [mistake.verdict for mistake in found] == [name and Verdict[name] for name in verdicts]
    assert all(not mistake.nearest for mistake in found)


def test_mistakes_of_another_split_are_not_mixed_up(evaluation):
    assert mistakes_of(evaluation, {"test": DETAILS["validation"]})[0].verdict is None


@pytest.mark.parametrize(
    ("wanted", "paths"),
    [
        (Filter(), "dbc"),
        (Filter(order=Order.LEAST_SURE), "cbd"),
        (Filter(order=Order.NAME), "bcd"),
        (Filter(label=0), "b"),
        (Filter(answer=1), "db"),
        (Filter(answer=1, verdict=Verdict.UNLIKE), "b"),
        (Filter(label=1, answer=1), ""),
        (Filter(verdict=Verdict.UNSURE), "c"),
    ],
)
def test_filter_and_order(evaluation, wanted, paths):
    found = fitting(mistakes_of(evaluation, DETAILS, sure_probability=0.9), wanted)
    assert [mistake.path for mistake in found] == [f"{letter}.png" for letter in paths]


@pytest.mark.parametrize("order", [Order.MOST_SURE, Order.LEAST_SURE])
def test_equally_sure_ones_are_in_the_order_of_their_names(order):
    mistakes = [Mistake(path, 0, 1, 0.5) for path in ("c", "a", "b")]
    assert [mistake.path for mistake in fitting(mistakes, Filter(order=order))] == ["a", "b", "c"]


def test_what_is_written_is_read(tmp_path):
    save_details(DETAILS, tmp_path)
    assert load_details(tmp_path) == DETAILS
    assert [path.name for path in tmp_path.iterdir()] == [DETAILS_FILE]


def test_older_runs_have_nothing(tmp_path):
    assert load_details(tmp_path) == {}


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\xff",
        b"[1]",
        b'{"validation": 3}',
        b'{"validation": {"a": {"verdict": "SURE"}}}',
        b'{"validation": {"a": {"verdict": "perhaps", "nearest": []}}}',
        b'{"validation": {"a": {"verdict": "SURE", "nearest": [["x", NaN]]}}}',
        b'{"validation": {"a": {"verdict": "SURE", "nearest": [["x"]]}}}',
        b"[" * 100_000,
    ],
)
def test_what_is_damaged_counts_as_nothing(tmp_path, damage):
    (tmp_path / DETAILS_FILE).write_bytes(damage)
    assert load_details(tmp_path) == {}


def test_what_is_stored_holds_codes(tmp_path):
    save_details(DETAILS, tmp_path)
    stored = json.loads((tmp_path / DETAILS_FILE).read_text())
    assert stored["validation"]["b.png"] == {"verdict": "UNLIKE", "nearest": [["x.png", 0.5], ["y.png", 0.25]]}
