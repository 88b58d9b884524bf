"""The stored evaluations of runs, read once for all sessions of a server."""

from pathlib import Path

import streamlit as st

from core.evaluation.evaluation import EVALUATION_FILE, Evaluation, load_evaluations
from core.evaluation.macro_f1 import MacroF1, macro_f1_with_interval
from core.evaluation.mistakes import DETAILS_FILE, Details, Mistake, load_details, mistakes_of
from core.nn.networks.model_folder import sure_probability_of_model
from core.runs.other_data import FOLDER, load_others
from core.runs.records.store import Run
from pages.components.shell import session

# An evaluation of 5,000 pictures in 50 classes takes 3 MB.
MOST_KEPT = 10
# Where something is, and when it was written: what follows from it is kept under this key.
Key = tuple[str, int]


def key(run: Run) -> Key:
    """Returns what changes when a run is evaluated again."""
    return _key(session.run_store().folder(run.id) / EVALUATION_FILE)


def _key(path: Path) -> Key:
    try:
        return str(path), path.stat().st_mtime_ns
    except OSError:
        return str(path), 0  # what reads it says whether it has to be there


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT)
def _evaluations(of: Key) -> tuple[Evaluation, ...]:
    return tuple(map(_unchangeable, load_evaluations(Path(of[0]).parent)))


def _unchangeable(evaluation: Evaluation) -> Evaluation:
    """Returns an evaluation that all sessions can share."""
    evaluation.labels.setflags(write=False)
    evaluation.probabilities.setflags(write=False)
    return evaluation


def evaluations(run: Run) -> tuple[Evaluation, ...]:
    """Returns the evaluations of a run's model: on the validation pictures, on test pictures, on other data sets.

    Raises:
        RunError: there is none, or it can't be read.
    """
    return (*_evaluations(key(run)), *_others(_key(session.run_store().folder(run.id) / FOLDER)))


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT)
def _others(of: Key) -> tuple[Evaluation, ...]:
    """Returns those on other data sets; a folder is another one once a file in it was replaced."""
    return tuple(map(_unchangeable, load_others(Path(of[0]).parent)))


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


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT)
def _details(of: Key) -> Details:
    return load_details(Path(of[0]).parent)


def mistakes(run: Run, evaluation: Evaluation) -> list[Mistake]:
    """Returns all wrong answers, with what was stored of them.

    Args:
        run: whose model was evaluated.
        evaluation: one of `evaluations`.
    """
    folder = session.run_store().folder(run.id)
    details = _details(_key(folder / DETAILS_FILE))
    # Of runs of earlier versions nothing was stored.
    sure = sure_probability_of_model(folder) if evaluation.split not in details else None
    return mistakes_of(evaluation, details, sure)
