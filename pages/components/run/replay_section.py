"""The replay of a finished run, in the section Progress."""

from functools import partial

from core.experiments.recording import recording_of_run
from core.runs.records.store import Run
from pages.components.replay import replay_toggle
from pages.components.shell import session


def show(run: Run) -> bool:
    """Draws the button that opens the replay, or the replay.

    Args:
        run: finished, with at least one epoch.

    Returns:
        Whether the replay is open.
    """
    with session.errors_shown():
        return replay_toggle.show(run.id, partial(recording_of_run, session.run_store(), run))
    return False


def is_open(run: Run) -> bool:
    """Returns whether a run's replay is open."""
    return run.status.is_finished and replay_toggle.is_open()
