"""Where to continue: the best model of each data set, and the latest runs."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.datasets.index import DatasetIndex
from core.runs.records.store import Run, RunStatus
from pages.components import wording
from pages.components.results import run_views
from pages.components.runs.accuracies import accuracy_of
from pages.components.runs.groups import best_first
from pages.components.shell import session

MOST_DATASETS = 4
MOST_LATEST = 5
ABOUT_ACCURACY = "Accuracy on the validation pictures, with its 95 % interval."


def best_model(dataset: DatasetIndex, runs: Sequence[Run]) -> Run | None:
    """Returns the run with the most accurate model on a data set, or None if there is none.

    Stopped runs count only where no run was completed: their last epochs weren't their best.
    """
    models = [run for run in runs if run.dataset_id == dataset.id and run.has_model]
    completed = [run for run in models if run.status == RunStatus.COMPLETED]
    return min(completed or models, key=best_first, default=None)


def show_data_sets(datasets: Sequence[DatasetIndex], runs: Sequence[Run]) -> None:
    """Draws the data sets that were used last, each with its best model and what to do with it.

    Args:
        datasets: all data sets, newest first.
        runs: all runs, newest first.
    """
    used = {run.dataset_id: run.created for run in reversed(runs)}
    latest = sorted(datasets, key=lambda dataset: -max(dataset.created, used.get(dataset.id, 0.0)))
    grid = st.grid(2, min_column_width=300, border=True, key="home_datasets")
    for dataset in latest[:MOST_DATASETS]:
        with grid.cell():
            _show_data_set(dataset, best_model(dataset, runs))
    if len(datasets) > MOST_DATASETS:
        st.page_link(session.DATA, label=f"All {len(datasets)} data sets", icon=":material/photo_library:")


def _show_data_set(dataset: DatasetIndex, best: Run | None) -> None:
    with st.container(gap="xsmall"):
        st.page_link(
            session.DATA,
            label=f"**{wording.plain(dataset.name)}**",
            icon=":material/photo_library:",
            query_params={"dataset": dataset.id},
        )
        pictures = wording.count(len(dataset.samples), "picture")
        st.caption(f"{wording.classes(dataset)}, {pictures}")
    if not dataset.has_labels:
        st.markdown(wording.WITHOUT_LABELS)
        return
    if best is None:
        st.markdown("No model yet.")
        if st.button("Train a model", key=f"train_{dataset.id}", icon=":material/model_training:"):
            session.choose_dataset(dataset.id)
            st.switch_page(session.TRAIN)
        return
    found = accuracy_of(best)
    with st.container(gap="xsmall"):
        st.page_link(session.RUN, label=wording.plain(best.name), query_params={"run": best.id})
        if found is not None:
            interval = f" :gray[({found.interval_words})]" if found.interval_words else ""
            st.markdown(
                f"Best model: {found.words}{interval}",
                help="Accuracy on the validation pictures, with its 95 % interval.",
            )
    with st.container(horizontal=True):
        if st.button("Test", key=f"test_{best.id}", type="primary", icon=":material/image_search:"):
            session.choose_run(best.id)
            st.switch_page(session.TESTING, query_params={"run": best.id})
        if st.button("Open", key=f"open_{best.id}", icon=":material/monitoring:"):
            session.open_run(best.id)


@dataclass(frozen=True)
class Latest:
    """The runs that ended last.

    Attributes:
        shown: those to be shown, newest first.
        folded: those between them that left no model, newest first.
    """

    shown: tuple[Run, ...]
    folded: tuple[Run, ...]


def latest(runs: Sequence[Run]) -> Latest:
    """Returns the newest finished runs, those without a model folded so that they don't hide one with a model.

    Runs of experiments aren't among them. A lone run without a model, or the newest of all, is shown: it may need
    attention.

    Args:
        runs: all runs, newest first.
    """
    finished = [run for run in runs if run.status.is_finished and not run.experiment_id]
    shown = [run for index, run in enumerate(finished) if run.has_model or index == 0][:MOST_LATEST]
    oldest = shown[-1].created if shown else 0.0
    is_short = len(shown) < MOST_LATEST
    folded = [run for run in finished if run not in shown and not run.has_model and (is_short or run.created > oldest)]
    if len(folded) == 1 and is_short:
        shown, folded = sorted([*shown, *folded], key=lambda run: -run.created), []
    return Latest(tuple(shown), tuple(folded))


def show_latest(runs: Sequence[Run]) -> None:
    """Draws the latest runs.

    Args:
        runs: all runs, newest first.
    """
    found = latest(runs)
    if not found.shown:
        return
    st.header("Latest runs", anchor=False)
    for run in found.shown:
        run_views.row(run)
    if found.folded:
        with st.expander(_folded_words(found.folded)):
            for run in found.folded[:MOST_LATEST]:
                run_views.row(run)
    st.page_link(session.RUNS, label="All runs", icon=":material/stacked_line_chart:")


def _folded_words(runs: Sequence[Run]) -> str:
    stopped = sum(run.status == RunStatus.STOPPED for run in runs)
    failed = len(runs) - stopped
    parts = [f"{number} {word}" for number, word in ((stopped, "stopped"), (failed, "failed")) if number]
    return f"and {' and '.join(parts)} {'run' if len(runs) == 1 else 'runs'} without a model"
