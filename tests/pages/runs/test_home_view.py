from dataclasses import replace

import pytest

from core.runs.records.run import RunStatus
from pages.components.runs.home_view import latest
from tests.pages.runs.test_groups import run


def numbered(*accuracies: float | None):
    """Returns runs, newest first; those without an accuracy were stopped early."""
    last = len(accuracies)
    return [
        replace(
            run(
                str(last - index), "a", accuracy, status=RunStatus.STOPPED if accuracy is None else RunStatus.COMPLETED
            ),
            created=last - index,
        )
        for index, accuracy in enumerate(accuracies)
    ]


@pytest.mark.parametrize(
    ("accuracies", "shown", "folded"),
    [
        ((), "", ""),
        ((0.9, 0.8), "21", ""),
        # The newest is shown whatever became of it, the others don't hide the good one.
        ((None, None, None, None, None, 0.9), "61", "5432"),
        ((0.9, None, 0.8), "321", ""),
        # What is older than the oldest one shown isn't of interest.
        ((0.9, 0.9, None, None, 0.9, 0.9, 0.9, None), "87432", "65"),
    ],
)
def test_runs_without_a_model_are_folded(accuracies, shown, folded):
    found = latest(numbered(*accuracies))
    assert "".join(item.id for item in found.shown) == shown
    assert "".join(item.id for item in found.folded) == folded


def test_runs_at_work_are_listed_elsewhere():
    assert latest([run("1", "a", None, status=RunStatus.RUNNING)]).shown == ()
