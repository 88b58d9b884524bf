"""What a run in the queue waits for: its place, the runs before it, and roughly how long they take."""

import time
from collections.abc import Sequence

from core.forecast import wording as forecasts
from core.forecast.time_left import seconds_to_end
from core.runs.records.store import Run, RunStatus
from core.runs.turns import Turn, turn_of, turn_of_next
from core.settings import settings
from pages.components import wording
from pages.components.shell import session
from pages.components.training import cached_estimates, estimates


def turn(run_id: str) -> Turn | None:
    """Returns when a queued run gets its turn, or None if it is no longer queued."""
    runs = session.run_store().list()
    # The store lists queued runs in the order of their turns.
    unfinished = session.run_store().unfinished()
    return turn_of(run_id, unfinished, settings().slots, lambda run: _seconds_left(run, runs))


def runs_before_next() -> str:
    """Returns, as Markdown, which runs go before one that is started now, and how long they take; empty if none do."""
    runs, unfinished = session.run_store().list(), session.run_store().unfinished()
    of = turn_of_next(unfinished, settings().slots, lambda run: _seconds_left(run, runs))
    if of is None:
        return ""
    names = wording.plain(of.before[0].name) + (" first" if len(of.before) > 1 else "")
    # Rounded, as it changes with every look at a busy machine.
    soon = "" if of.seconds is None else f", {forecasts.about(max(of.seconds, 1.0))}"
    return f"{wording.count(len(of.before), 'run')} before this one ({names}{soon})"


def sentence(of: Turn) -> str:
    """Returns a turn in words."""
    if not of.before:
        return "It starts in a moment."
    names = [wording.plain(run.name) for run in of.before[:1]]
    more = len(of.before) - 1
    what = f"{names[0]} goes first" if not more else f"{names[0]} and {wording.count(more, 'other run')} go first"
    soon = "" if of.seconds is None else f", starts in about {wording.duration(max(of.seconds, 1.0))}"
    return f"Waiting for its turn: place {of.place} in the queue{soon}. {what}."


def _seconds_left(run: Run, runs: Sequence[Run]) -> float | None:
    """Returns how long an earlier run will still take: by its own pace, else like a similar one, else as forecast."""
    question = estimates.time_question(run.config, run.dataset_id)
    measured = _measured(run, question)
    if measured is not None:
        return measured
    expected = _taken_before(question, runs)
    if expected is None:
        expected = _forecast(question)
    if expected is None:
        return None
    worked = time.time() - run.started if run.status == RunStatus.RUNNING else 0.0
    # A run that takes longer than expected is assumed to be about to end.
    return max(expected - worked, 0.0)


def _measured(run: Run, question: estimates.Question) -> float | None:
    """Returns how long a running run will still take by what it has measured; None if it isn't that far."""
    if run.status != RunStatus.RUNNING or run.progress is None:
        return None
    epochs = session.run_store().events(run.id)
    found = cached_estimates.forecasts().get(question)
    return seconds_to_end(run.config, run.progress, epochs, run.seconds, found.result if found else None, time.time())


def _taken_before(question: estimates.Question, runs: Sequence[Run]) -> float | None:
    for run in runs:
        is_whole = run.status == RunStatus.COMPLETED and run.seconds_at_work
        if is_whole and estimates.time_question(run.config, run.dataset_id) == question:
            return run.seconds_at_work
    return None


def _forecast(question: estimates.Question) -> float | None:
    forecasts = cached_estimates.forecasts()
    found = forecasts.get(question)
    if found is None:
        forecasts.ask(question)
        return None
    return found.result.total_seconds if found.result else None
