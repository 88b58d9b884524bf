"""Which picture is explained: a validation picture, mistakes first, or an uploaded one."""

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.names import escape_label
from core.datasets.sample import Sample
from core.errors import CoreError
from core.evaluation.evaluation import load_evaluations
from core.runs.records.store import Run
from pages.components import wording
from pages.components.shared import pictures
from pages.components.shell import address, session
from pages.components.testing.picture import Picture, digest_of

A_ROW = 8
MOST_MEGABYTES = 100


def dataset_of(run: Run) -> DatasetIndex | None:
    """Returns the run's data set; None if it was deleted."""
    return next((dataset for dataset in session.dataset_store().list() if dataset.id == run.dataset_id), None)


def validation_samples(run: Run, dataset: DatasetIndex) -> list[tuple[Sample, str]]:
    """Returns the validation pictures with the model's answers to them, mistakes first, the surest of them first.

    Raises:
        CoreError: the run has no evaluation.
    """
    evaluation = load_evaluations(session.run_store().folder(run.id))[0]
    by_path = {sample.path: sample for sample in dataset.samples}
    is_right = evaluation.predictions == evaluation.labels
    surest = -evaluation.probabilities.max(axis=1)
    order = sorted(range(len(evaluation.labels)), key=lambda index: (is_right[index], surest[index]))
    names, paths = evaluation.class_names, evaluation.paths
    return [(by_path[paths[at]], names[evaluation.predictions[at]]) for at in order if paths[at] in by_path]


def validation_picture(run: Run) -> tuple[Picture, str] | None:
    """Returns the picture in the address, else the first one, with the model's answer; None if there is none.

    Any picture of the data set can be in the address; the answer is empty if it isn't among the validation pictures.
    """
    dataset = dataset_of(run)
    if dataset is None:
        st.info(
            "The data set of this run was deleted, and its pictures with it. Upload a picture instead.",
            icon=":material/info:",
        )
        return None
    try:
        samples = validation_samples(run, dataset)
    except CoreError as error:
        st.info(wording.plain(str(error)), icon=":material/info:")
        return None
    named = st.query_params.get(address.PICTURE, "")
    pairs = [*samples, *((sample, "") for sample in dataset.samples)] if named else samples
    chosen = next((pair for pair in pairs if pair[0].digest.startswith(named)), next(iter(samples), None))
    if chosen is None:
        st.info("None of the validation pictures is there any more. Upload a picture instead.", icon=":material/info:")
        return None
    sample, answer = chosen
    name = sample.name.rsplit("/", 1)[-1]
    return Picture(name, dataset.picture_path(sample), sample.digest, dataset.class_names[sample.label]), answer


def other_pictures(run: Run) -> None:
    """Draws the validation pictures as squares, a row at a time; a press explains one."""
    dataset = dataset_of(run)
    if dataset is None:
        return
    samples = validation_samples(run, dataset)
    st.header("Other pictures", anchor=False)
    st.caption("Validation pictures, which the model was not trained on, mistakes first.")
    place = st.container()
    shown = pictures.page_of(samples, A_ROW, f"explain_page_{run.id}")
    with place:
        grid = st.grid(min_column_width=110, gap="xsmall", key="gallery_explain")
        for sample, answer in shown:
            true = dataset.class_names[sample.label]
            words = f"{true}, taken for {answer}" if answer != true else true
            with grid.cell():
                pictures.one(dataset, sample, words, "explain", action="Explain", on_click=_show, args=(sample.digest,))
                st.caption(wording.plain(words), text_alignment="center")


def _show(digest: str) -> None:
    st.query_params[address.PICTURE] = digest[: address.DIGITS]


def uploaded_picture() -> Picture | None:
    """Draws the uploader and returns what was uploaded."""
    upload = st.file_uploader(
        "A picture",
        type=pictures.PICTURE_TYPES,
        max_upload_size=MOST_MEGABYTES,
        label_visibility="collapsed",
        key="explain_upload",
    )
    if upload is None:
        return None
    content = upload.getvalue()
    return Picture(escape_label(upload.name), content, digest_of(upload.file_id, content))
