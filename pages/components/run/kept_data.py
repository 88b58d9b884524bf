"""What a run's page shows of its data set, also once that is deleted."""

import streamlit as st

from core.datasets.index import DatasetIndex
from core.errors import CoreError
from core.evaluation.evaluation import load_evaluations
from core.runs.records.store import Run
from core.runs.records.training_data import TrainingData, load_training_data, training_data_of
from pages.components import wording
from pages.components.shell import session


def dataset_of(run: Run) -> DatasetIndex | None:
    """Returns the run's data set; None if it was deleted."""
    return next((dataset for dataset in session.dataset_store().list() if dataset.id == run.dataset_id), None)


def training_data(run: Run) -> TrainingData | None:
    """Returns what the run learns from: as it was recorded, else as its data set is; None if neither is known."""
    kept = load_training_data(session.run_store().folder(run.id))
    if kept is not None:
        return kept
    dataset = dataset_of(run)
    if dataset is None:
        return None
    names = {other.id: other.name for other in session.dataset_store().list()}
    split = session.split_dataset(dataset, **run.config.split_options)
    return training_data_of(split, names.get(dataset.parent, ""))


def num_classes(run: Run) -> int:
    """Returns how many classes the run tells apart; 0 if that isn't known any more."""
    if run.num_classes:
        return run.num_classes
    if (data := training_data(run)) is not None:
        return len(data.class_names)
    try:
        return len(load_evaluations(session.run_store().folder(run.id))[0].class_names)
    except CoreError:
        return 0


def show_origin(run: Run) -> None:
    """Says what the run's data set is a version of, if it is one."""
    data = training_data(run)
    if data is None or not data.is_version:
        return
    parent = f"**{wording.plain(data.parent_name)}**" if data.parent_name else "a data set that was deleted"
    st.caption(f":material/account_tree: A version of {parent}: {wording.plain(wording.changes(data.edits))}.")
