"""What a browser session has chosen, as ids, and the stores and clients that all sessions share."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.errors import CoreError
from core.files.disk import refusals_in_words
from core.processes.inference_client import InferenceClient
from core.runs import queue
from core.runs.records.store import Run, RunStore
from core.settings import Settings, settings
from pages.components import wording
from pages.components.background.background_cache import BackgroundCache
from pages.components.background.jobs import Jobs
from pages.components.background.warm_worker import WarmWorker

HOME = "pages/home.py"
DATA = "pages/data.py"
TRAIN = "pages/train.py"
RUN = "pages/run.py"
RUNS = "pages/runs.py"
COMPARE = "pages/compare.py"
TESTING = "pages/testing.py"
DEMO = "pages/demo.py"
GUIDE = "pages/guide.py"

CHOSEN_DATASET = "chosen_dataset"
CHOSEN_RUN = "chosen_run"

Item = TypeVar("Item", DatasetIndex, Run)


# The data home is part of each cache's key, so that two homes in one process (as in tests) never mix.
@st.cache_resource(show_spinner=False)
def _dataset_store(home: Path, _settings: Settings) -> DatasetStore:
    return queue.dataset_store(_settings)


@st.cache_resource(show_spinner=False)
def _run_store(database: Path) -> RunStore:
    store = RunStore(database)
    queue.look_over(store)
    return store


@st.cache_resource(show_spinner=False, on_release=lambda warm_worker: warm_worker.close())
def _warm_worker(database: Path, _store: RunStore) -> WarmWorker:
    return WarmWorker(_store)


@st.cache_resource(show_spinner=False, on_release=lambda client: client.close())
def _inference_client(home: Path, _settings: Settings) -> InferenceClient:
    return InferenceClient(_settings)


@st.cache_resource(show_spinner=False)
def _jobs(home: Path) -> Jobs:
    return Jobs()


@st.cache_resource(show_spinner=False, on_release=lambda cache: cache.close())
def _warm_ups(home: Path, _client: InferenceClient) -> BackgroundCache[str, bool]:
    # Without pictures: problems with the model are reported before there are any.
    return BackgroundCache(lambda run_id, _on_event, _should_stop: _client.predict(run_id, []) == [])


def dataset_store() -> DatasetStore:
    """Returns the data sets of the data home."""
    return _dataset_store(settings().home, settings())


def run_store() -> RunStore:
    """Returns the runs of the data home, reconciled once after the server's start."""
    return _run_store(settings().database)


def warm_worker() -> WarmWorker:
    """Returns the holder of this server's warm worker."""
    return _warm_worker(settings().database, run_store())


def inference_client() -> InferenceClient:
    """Returns the client of the process that holds models."""
    return _inference_client(settings().home, settings())


def jobs() -> Jobs:
    """Returns the jobs of this server."""
    return _jobs(settings().home)


def warm_ups() -> BackgroundCache[str, bool]:
    """Returns which models, by run id, were loaded, and why others can't be."""
    return _warm_ups(settings().home, inference_client())


def is_dataset_unused() -> Callable[[str], bool]:
    """Returns what tells of a data set's id, on any thread, whether it has neither runs nor versions."""
    runs, datasets = run_store(), dataset_store()

    def is_unused(dataset_id: str) -> bool:
        used = {run.dataset_id for run in runs.list()} | {dataset.parent for dataset in datasets.list()}
        return dataset_id not in used

    return is_unused


@st.cache_resource(show_spinner=False, max_entries=10)
def _split_dataset(
    dataset_id: str, share: float, seed: int, pictures_per_class: int, draw: int, _index: DatasetIndex
) -> DatasetIndex:
    return _index.with_split(share, seed, pictures_per_class, draw)


def split_dataset(
    dataset: DatasetIndex,
    validation_split: float | None = None,
    seed: int = 0,
    pictures_per_class: int = 0,
    draw: int = 0,
) -> DatasetIndex:
    """Returns the data set with a split for each picture, see `DatasetIndex.with_split`. Cached.

    Its name may be out of date.
    """
    share = dataset.validation_split if validation_split is None else validation_split
    return _split_dataset(dataset.id, share, seed, pictures_per_class, draw, dataset)


@contextmanager
def errors_shown() -> Iterator[None]:
    """Shows a `CoreError` or a full disk raised inside. Use it once around an action."""
    try:
        with refusals_in_words():
            yield
    except CoreError as error:
        st.error(wording.plain(str(error)), icon=":material/error:")


def choose_dataset(dataset_id: str) -> None:
    """Makes this the data set that the pages show."""
    st.session_state[CHOSEN_DATASET] = dataset_id


def chosen_dataset(datasets: list[DatasetIndex]) -> DatasetIndex | None:
    """Returns the chosen data set, else the newest, else None."""
    return _chosen(CHOSEN_DATASET, datasets)


def choose_run(run_id: str) -> None:
    """Makes this the run that the pages show."""
    st.session_state[CHOSEN_RUN] = run_id


def chosen_run(runs: Sequence[Run]) -> Run | None:
    """Returns the chosen run if it is among these, else the first, else None."""
    return _chosen(CHOSEN_RUN, runs)


def _chosen(key: str, choices: Sequence[Item]) -> Item | None:
    chosen = st.session_state.get(key)
    return next((item for item in choices if item.id == chosen), choices[0] if choices else None)


def open_run(run_id: str, section: str = "") -> None:
    """Opens a run's page; its address can be reloaded and shared.

    Args:
        run_id: of the run.
        section: the one to open, by its name in the address; empty for the first.
    """
    choose_run(run_id)
    st.switch_page(RUN, query_params={"run": run_id} | ({"section": section} if section else {}))


def open_experiment(experiment_id: str) -> None:
    """Opens an experiment's page; its address can be reloaded and shared."""
    st.switch_page(DEMO, query_params={"experiment": experiment_id})


def leave_dataset() -> None:
    """Goes back to the list of data sets with the next drawing, because the one at this address is gone."""
    st.session_state.pop(CHOSEN_DATASET, None)
    st.query_params.clear()


def open_comparison(run_ids: Sequence[str]) -> None:
    """Opens the comparison of runs; its address can be reloaded and shared."""
    st.switch_page(COMPARE, query_params={"runs": ",".join(run_ids)})
