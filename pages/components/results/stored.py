"""The stored evaluations of runs, read once for all sessions of a server."""

from pathlib import Path

import streamlit as st

from core.evaluation.evaluation import EVALUATION_FILE, Evaluation, load_evaluations
from core.evaluation.macro_f1 import MacroF1, macro_f1_with_interval
from core.runs.records.store import Run
from pages.components.shell import session

# An evaluation of 5,000 pictures in 50 classes takes 3 MB.
MOST_KEPT = 10
# Where an evaluation is, and when it was written: what follows from it is kept under this key.
Key = tuple[str, int]


def key(run: Run) -> Key:
    """Returns what changes when a run is evaluated again."""
    path = session.run_store().folder(run.id) / EVALUATION_FILE
    try:
        return str(path), path.stat().st_mtime_ns
    except OSError:
        return str(path), 0  # what reads it says in words that it isn't there


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT)
def _evaluations(of: Key) -> tuple[Evaluation, ...]:
    found = tuple(load_evaluations(Path(of[0]).parent))
    for evaluation in found:
        # All sessions share them.
        evaluation.labels.setflags(write=False)
        evaluation.probabilities.setflags(write=False)
    return found


def evaluations(run: Run) -> tuple[Evaluation, ...]:
    """Returns the evaluations of a run's model; that on the validation pictures comes first.

    Raises:
        RunError: there is none, or it can't be read.
    """
    return _evaluations(key(run))


@st.cache_data(show_spinner=False, max_entries=10 * MOST_KEPT)
def _macro_f1(of: Key, split: str, _evaluation: Evaluation) -> MacroF1:
    return macro_f1_with_interval(_evaluation.labels, _evaluation.predictions, len(_evaluation.class_names))


def macro_f1(run: Run, evaluation: Evaluation) -> MacroF1:
    """Returns macro F1 with its interval, computed once.

    Args:
        run: whose model was evaluated.
        evaluation: one of `evaluations`.
    """
    return _macro_f1(key(run), evaluation.split, evaluation)
