"""The receipt of an import: how the labels were found, some pictures of each class, and what was left out and why."""

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.layouts.layout import ASK
from core.datasets.layouts.options import ReadingOptions
from core.datasets.receipt import left_out_by_reason, random_pictures
from core.wording.dataset_notes import dataset_note
from core.wording.encodings import ENCODINGS, encoding_choice
from core.wording.readings import reading
from core.wording.reasons import reason
from pages.components import wording
from pages.components.background.jobs import IMPORT
from pages.components.imports.kept_sources import kept_sources
from pages.components.imports.source_imports import SourceImport
from pages.components.readings.remedies import ON_PAGE
from pages.components.shared import pictures
from pages.components.shell import address, job_views

A_FEW_CLASSES = 8
ENCODING_NOTES = ("name_encoding", "asked_name_encoding")


def show(dataset: DatasetIndex) -> None:
    """Draws the receipt as long as the source can still be read in another way."""
    source = kept_sources().get(dataset.id)
    if source is None:
        return
    with st.container(border=True, key="receipt"):
        st.markdown(f"**{'Are these labels right?' if dataset.has_labels else 'No labels.'}** {_summary(dataset)}")
        _words(dataset)
        _encoding(dataset, source)
        with st.container(horizontal=True):
            st.button(
                "Looks right",
                key="receipt_right",
                type="primary",
                icon=":material/check:",
                on_click=kept_sources().let_go,
                args=(dataset.id,),
            )
            st.button(
                "Change how this is read",
                key="receipt_change",
                icon=":material/rule:",
                help="Shows all the ways to read it. Nothing has to be uploaded again.",
                on_click=_read_otherwise,
                args=(dataset, source),
            )
        _classes(dataset)


def _encoding(dataset: DatasetIndex, source: SourceImport) -> None:
    """Offers other encodings if the names in the source didn't state theirs."""
    read_as = next((note.parameters["encoding"] for note in dataset.receipt if note.code in ENCODING_NOTES), "")
    if not read_as:
        return
    choices = list(dict.fromkeys([read_as, *ENCODINGS]))
    key = f"receipt_encoding_{dataset.id}"
    st.selectbox(
        "Encoding of the names",
        choices,
        format_func=encoding_choice,
        key=key,
        help="Choose the one in which the names above look right. Nothing has to be uploaded again.",
        on_change=_read_as,
        args=(dataset, source, key),
    )


def _read_as(dataset: DatasetIndex, source: SourceImport, key: str) -> None:
    _read_again(dataset, source, ReadingOptions(encoding=st.session_state[key]))


def _summary(dataset: DatasetIndex) -> str:
    pictures_in_all = wording.count(len(dataset.samples), "picture")
    if not dataset.has_labels:
        return f"{pictures_in_all}."
    return f"{pictures_in_all} in {wording.count(len(dataset.class_names), 'class')}."


def _words(dataset: DatasetIndex) -> None:
    for note in dataset.receipt:
        st.markdown(f":material/receipt_long: {wording.plain(reading(note, ON_PAGE))}")
    for note in dataset.notes:
        st.caption(wording.plain(dataset_note(note)))
    _left_out(dataset)


def _left_out(dataset: DatasetIndex) -> None:
    for left in left_out_by_reason(dataset.skipped):
        words = f"{wording.count(left.count, 'file')} left out, such as {left.example}: {reason(left.reason)}."
        st.caption(wording.plain(words))
    if dataset.num_ignored:
        files = wording.count(dataset.num_ignored, "file")
        st.caption(f"Beside the pictures: {files} (system files, texts, tables and the like).")


def _classes(dataset: DatasetIndex) -> None:
    labels, totals = range(len(dataset.class_names)), dataset.distribution().totals
    shown = labels
    if len(labels) > A_FEW_CLASSES and not st.toggle(
        f"Show all {len(labels):,} classes", key=f"receipt_all_{dataset.id}"
    ):
        shown = labels[:A_FEW_CLASSES]
    for label in pictures.page_of(shown, 4 * A_FEW_CLASSES, f"receipt_page_{dataset.id}"):
        name = dataset.class_names[label]
        chosen = random_pictures(dataset, label)
        count = wording.count(totals[label], "picture")
        st.markdown(f"**{wording.plain(wording.short(name))}** · {count}", help=wording.whole(name))
        pictures.gallery(f"receipt_{label}", dataset, chosen, [f"{name}: {sample.name}" for sample in chosen])


def _read_otherwise(dataset: DatasetIndex, source: SourceImport) -> None:
    """Asks in which of all possible ways to read the source."""
    _read_again(dataset, source, ReadingOptions(layout=ASK))


def _read_again(dataset: DatasetIndex, source: SourceImport, options: ReadingOptions) -> None:
    job_views.start(IMPORT, source.label, source.work(options, dataset.id), about=dataset.id)
    address.show_adding("")  # which shows the progress, then the question or the data set
