"""The groups of a run's pictures and the metrics by group, computed once for all sessions of a server."""

from pathlib import Path

import streamlit as st

from core.datasets.attributes.groupings import Grouping, Groupings, groupings
from core.datasets.attributes.own_attributes import ATTRIBUTES_NAME, OwnAttributes
from core.datasets.index import DatasetIndex
from core.datasets.quality.image_statistics import STATISTICS_NAME
from core.errors import CoreError
from core.evaluation.evaluation import Evaluation
from core.evaluation.slices import Slices, slice_by
from core.runs.other_data import FOLDER
from core.runs.records.store import Run
from pages.components.results import stored
from pages.components.shell import session

# Evaluations, what is known of their data sets, and when that was written.
Key = tuple[stored.Key, int, str, str, int, int]


def dataset_of(run: Run, evaluation: Evaluation) -> DatasetIndex | None:
    """Returns the data set that a run was evaluated on; None if it was deleted or is damaged."""
    store = session.dataset_store()
    try:
        return store.get(evaluation.dataset_id or run.dataset_id)
    except CoreError:
        return None


def key(run: Run, evaluation: Evaluation, dataset: DatasetIndex) -> Key:
    """Returns what changes when the groups of an evaluation's pictures may have changed."""
    others = _written(session.run_store().folder(run.id) / FOLDER)
    measured, told = _written(dataset.folder / STATISTICS_NAME), _written(dataset.folder / ATTRIBUTES_NAME)
    return stored.key(run), others, evaluation.split, dataset.id, measured, told


@st.cache_resource(show_spinner=False, max_entries=stored.MOST_KEPT)
def groupings_of(
    of: Key, _dataset: DatasetIndex, _evaluation: Evaluation, _attributes: OwnAttributes | None
) -> Groupings:
    """Returns the ways to part an evaluation's pictures into groups.

    Args:
        of: of this data set and evaluation.
    """
    return groupings(_dataset, _evaluation.paths, _attributes)


@st.cache_data(show_spinner="Comparing the groups", max_entries=10 * stored.MOST_KEPT)
def slices_of(of: Key, name: str, _evaluation: Evaluation, _grouping: Grouping) -> Slices:
    """Returns the metrics by group.

    Args:
        of: of this evaluation.
        name: of this grouping.
    """
    return slice_by(_evaluation, _grouping.group_of)


def _written(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
