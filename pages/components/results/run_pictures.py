"""The pictures that a run was evaluated on, found again in its data set."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.errors import CoreError
from core.evaluation.evaluation import Evaluation
from core.runs.records.store import Run
from pages.components import wording
from pages.components.check import dataset_queries
from pages.components.shell import session

DELETED = "The data set was deleted, so its pictures can't be shown."


def dataset_of(run: Run, evaluation: Evaluation) -> DatasetIndex | None:
    """Returns the data set of an evaluation's pictures; if it was deleted or is damaged, says so and returns None.

    Args:
        run: whose model was evaluated.
        evaluation: on its own data set, or on another one.
    """
    try:
        return session.dataset_store().get(evaluation.dataset_id or run.dataset_id)
    except CoreError:
        st.caption(DELETED)
        return None


def known(
    dataset: DatasetIndex, evaluation: Evaluation, indices: Sequence[int]
) -> tuple[list[int], Mapping[str, Sample]]:
    """Returns which of these pictures the data set still has, and all of its pictures by path; says how many are gone.

    Args:
        dataset: the run's.
        evaluation: of the pictures.
        indices: of pictures in the evaluation.
    """
    by_path = dataset_queries.by_path(dataset)
    found = [index for index in indices if evaluation.paths[index] in by_path]
    if gone := len(indices) - len(found):
        say_gone(gone)
    return found, by_path


def say_gone(number: int) -> None:
    """Says how many pictures the data set doesn't have any more."""
    st.caption(f"{wording.count(number, 'picture')} of them can't be shown: the data set doesn't have them any more.")
