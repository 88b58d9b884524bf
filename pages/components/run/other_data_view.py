"""A run's model on pictures of other data sets: which fit, the start, and the way to what came of it."""

from functools import partial

import streamlit as st

from core.datasets.index import DatasetIndex
from core.errors import CoreError
from core.evaluation.evaluation import Evaluation
from core.evaluation.words.results import right_answers
from core.progress import OnEvent, ShouldStop
from core.runs.other_data import evaluate_on, is_clearly_worse, match_classes, save_other, trained_on
from core.runs.records.store import Run
from pages.components import wording
from pages.components.background.jobs import EVALUATE, Job
from pages.components.results import choices, stored
from pages.components.run import adapting, kept_data
from pages.components.shell import job_views, session

CHOSEN = "other_data"


def show(run: Run) -> None:
    """Draws the choice of another data set, the work on it, and its result.

    Args:
        run: has a model.
    """
    st.header("On other pictures", anchor=False)
    with session.errors_shown():
        own, *others = stored.evaluations(run)
        for found in others:
            if found.dataset_id:
                _show_result(found)
                _show_remedy(run, own, found)
        job = session.jobs().latest(EVALUATE, run.id)
        fitting, num_others = _fitting(run, own.class_names)
        if not fitting:
            elsewhere = (
                f" The {wording.count(num_others, 'other data set')} here have others." if num_others > 1 else ""
            )
            st.caption(
                "A model is also measured on other pictures, as of another day or another camera: import a data set "
                f"whose classes it knows.{elsewhere}"
            )
            return
        st.caption(
            "As of another day or another camera: there it shows what its accuracy is worth. Pictures that it was "
            "trained on are left out."
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = st.selectbox(
                "Data set",
                list(fitting),
                format_func=lambda dataset_id: fitting[dataset_id].name,
                key=f"{CHOSEN}_{run.id}",
                width=320,
            )
            st.button(
                "Evaluate on it",
                icon=":material/fact_check:",
                on_click=_start,
                args=(run, fitting[chosen or next(iter(fitting))], own),
                disabled=job is not None and job.is_running,
            )
        if num_others > len(fitting):
            left = wording.count(num_others - len(fitting), "data set")
            st.caption(f"Not offered: {left} with classes that this model doesn't know.")
        if job is not None:
            _show_job(job)


def _fitting(run: Run, known: tuple[str, ...]) -> tuple[dict[str, DatasetIndex], int]:
    """Returns the other data sets whose classes the model knows, and how many others there are in all."""
    others = [
        dataset for dataset in session.dataset_store().list() if dataset.id != run.dataset_id and dataset.has_labels
    ]
    fitting = {}
    for dataset in others:
        try:
            match_classes(dataset.class_names, known)
        except CoreError:
            continue
        fitting[dataset.id] = dataset
    return fitting, len(others)


def _start(run: Run, dataset: DatasetIndex, own: Evaluation) -> None:
    client, folder = session.inference_client(), session.run_store().folder(run.id)
    trained = trained_on(kept_data.dataset_of(run), run.config)

    def work(on_event: OnEvent, should_stop: ShouldStop) -> Evaluation:
        predict = partial(client.predict, run.id)
        found = evaluate_on(dataset, own.class_names, predict, own.temperature, trained, on_event, should_stop)
        save_other(found, folder)
        return found

    job_views.start(EVALUATE, f"{run.name} on {dataset.name}", work, about=run.id)


def _show_job(job: Job[Evaluation]) -> None:
    if job.is_running:
        job_views.show_running(job)
    elif job.failure is not None:
        st.error(wording.plain(job.error), icon=":material/error:")
    elif job.result is None:
        st.info(wording.STOPPED_JOBS[EVALUATE], icon=":material/info:")


def _show_result(found: Evaluation) -> None:
    right = int((found.predictions == found.labels).sum())
    with st.container(horizontal=True, vertical_alignment="center"):
        words = right_answers(right, len(found.labels), found.interval)
        st.markdown(f"**{wording.plain(found.split)}**: {words}", width="content")
        st.button(
            "Look at it",
            key=f"look_at_{found.dataset_id}",
            icon=":material/fact_check:",
            on_click=choices.choose,
            args=({choices.SPLIT: found.split},),
        )


def _show_remedy(run: Run, own: Evaluation, found: Evaluation) -> None:
    """Says that a model is clearly worse on other pictures, and offers to adapt it to them; else nothing."""
    dataset, targets = kept_data.dataset_of(run), {one.id for one in session.dataset_store().list()}
    if dataset is None or found.dataset_id not in targets or run.config.adaptation.is_on:
        return
    if not is_clearly_worse(found, own):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            "Clearly less often right than on its own held-out pictures. Another model can be adapted to these, "
            "without their labels; some of them among the training pictures, with labels, may bring more.",
            width="content",
        )
        if st.button("Adapt to them", key=f"adapt_to_{found.dataset_id}", icon=":material/sync_alt:"):
            adapting.fill_form(run, dataset, found.dataset_id)
