"""A run's properties, from its record."""

from dataclasses import replace

import pytest

from core.config.training_config import TrainingConfig
from core.runs.records.run import Run, RunStatus

RUN = Run("deadbeef", "Mine", "d", "Textures", TrainingConfig(), "", RunStatus.QUEUED, "", created=100.0)


@pytest.mark.parametrize(
    ("status", "is_finished", "can_resume"),
    [
        ("queued", False, False),
        ("running", False, False),
        ("completed", True, False),
        ("stopped", True, True),
        ("failed", True, True),
    ],
)
def test_the_status_of_a_run(status: str, is_finished: bool, can_resume: bool) -> None:
    run = replace(RUN, status=RunStatus(status))
    assert (run.status.is_finished, run.can_resume) == (is_finished, can_resume)
    assert run.status == status == str(run.status)


@pytest.mark.parametrize("status", RunStatus)
def test_a_model_is_left_by_runs_that_ended_well_enough(status: RunStatus) -> None:
    assert not replace(RUN, status=status).has_model
    measured = replace(RUN, status=status, metrics={"val_accuracy": 0.5})
    assert measured.has_model == (status in (RunStatus.COMPLETED, RunStatus.STOPPED))


def test_an_unknown_status_is_refused() -> None:
    with pytest.raises(ValueError, match="'unheard of' is not a valid RunStatus"):
        RunStatus("unheard of")


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({}, 0.0),
        ({"started": 110.0}, 0.0),
        ({"finished": 120.0}, 0.0),  # Stopped while it was queued.
        ({"started": 110.0, "finished": 150.0}, 40.0),
        ({"started": 150.0, "finished": 110.0}, 0.0),  # The clock was set back.
        # Resumed after a night: only the time of the phases counts.
        ({"started": 9000.0, "finished": 9010.0, "seconds": {"features": 20.0, "head": 15.0}}, 35.0),
    ],
)
def test_seconds_at_work(changes: dict, seconds: float) -> None:
    assert replace(RUN, **changes).seconds_at_work == seconds
