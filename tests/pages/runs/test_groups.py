from dataclasses import replace

import pytest

from core.config.training_config import TrainingConfig
from core.runs.records.run import Run, RunStatus
from pages.components.runs.groups import ACCURACY, Choice, Group, grouped, on_page

RUN = Run("0", "Run", "a", "Apples", TrainingConfig(), "", RunStatus.COMPLETED, "save", created=1)


def run(name: str, dataset: str, accuracy: float | None = None, **changes: object) -> Run:
    metrics = {} if accuracy is None else {"val_accuracy": accuracy}
    return replace(RUN, id=name, name=name, dataset_id=dataset, dataset_name=dataset, metrics=metrics, **changes)


RUNS = [
    run("5", "a", 0.8),
    run("4", "b", 0.9),
    run("3", "a", 0.95),
    run("2", "b", None, status=RunStatus.STOPPED, is_starred=True),
    run("1", "a", 0.7, is_starred=True),
]


def ids(groups: list[Group]) -> list[tuple[str, str]]:
    return [(group.dataset_id, "".join(run.id for run in group.runs)) for group in groups]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (Choice(), [("a", "153"), ("b", "24")]),
        (Choice(order=ACCURACY), [("a", "135"), ("b", "24")]),
        (Choice(is_starred=True), [("b", "2"), ("a", "1")]),
        (Choice(status="stopped"), [("b", "2")]),
        (Choice(find="pears"), [("b", "24")]),
        (Choice(find="B 4"), [("b", "4")]),
        (Choice(recipe="article"), []),
    ],
)
def test_runs_are_grouped_starred_first(choice, expected):
    assert ids(grouped(RUNS, {"a": "a", "b": "Pears"}, choice)) == expected


def test_a_data_set_has_its_name_of_today_and_a_deleted_one_its_last():
    apples, pears = grouped(RUNS, {"b": "Pears"}, Choice())
    assert (apples.dataset_name, apples.is_deleted) == ("a", True)
    assert (pears.dataset_name, pears.is_deleted) == ("Pears", False)


@pytest.mark.parametrize(
    ("page", "expected"), [(1, [("a", "15")]), (2, [("a", "3"), ("b", "2")]), (3, [("b", "4")]), (4, [])]
)
def test_a_page_takes_up_where_the_one_before_ended(page, expected):
    assert ids(on_page(grouped(RUNS, {}, Choice()), page, 2)) == expected


def of_experiments(groups: list[Group]) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(group.dataset_id, "".join(run.id for run in group.runs), group.experiments) for group in groups]


EXPERIMENTS = [
    run("6", "b", experiment_id="new"),
    *RUNS[:2],
    run("9", "a", experiment_id="old"),
    run("8", "b", experiment_id="new"),
    run("7", "a", experiment_id="gone"),
]


def test_runs_of_an_experiment_are_listed_as_one():
    found = grouped(EXPERIMENTS, {}, Choice(), {"new", "old"})
    # Those of an experiment that is gone are still there.
    assert of_experiments(found) == [("b", "4", ("new",)), ("a", "57", ("old",))]
    assert of_experiments(grouped(EXPERIMENTS, {}, Choice())) == [("b", "648", ()), ("a", "597", ())]


def test_an_experiment_is_found_by_its_runs():
    assert of_experiments(grouped(EXPERIMENTS, {}, Choice(find="9"), {"old"})) == [("a", "", ("old",))]


@pytest.mark.parametrize("length", range(1, 6))
def test_every_run_and_every_experiment_is_on_one_page(length):
    found = grouped([*EXPERIMENTS, run("0", "c", experiment_id="last")], {}, Choice(), {"new", "old", "last"})
    number = sum(len(group.runs) for group in found)
    shown = [group for page in range(1, -(-number // length) + 1) for group in on_page(found, page, length)]
    assert sorted(run.id for group in shown for run in group.runs) == ["4", "5", "7"]
    assert [one for group in shown for one in group.experiments] == ["new", "old", "last"]


def test_experiments_alone_are_on_the_first_page():
    (group,) = on_page(grouped([run("0", "c", experiment_id="one")], {}, Choice(), {"one"}), 1, 10)
    assert (group.runs, group.experiments) == ((), ("one",))
