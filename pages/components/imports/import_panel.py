"""The ways to import pictures, and the result of an import."""

import os
from pathlib import Path

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.layouts.layout import AmbiguousLayout
from core.datasets.store.samples import SAMPLES, SampleSet
from core.processes.dataset_jobs import import_sample_in_subprocess
from core.wording.dataset_notes import dataset_note
from pages.components import wording
from pages.components.background.jobs import IMPORT, Job
from pages.components.imports import build_form, upload_box
from pages.components.imports.kept_sources import kept_sources
from pages.components.imports.source_imports import SourceImport
from pages.components.imports.upload_imports import UploadImport
from pages.components.imports.uploads import Upload
from pages.components.shared import left_out
from pages.components.shell import job_views, session

WAY = "way_to_import"
BUILD = "Pictures, class by class"
WAYS = ("A zip or folder", BUILD)
SAMPLE_ICONS = {
    "textures": ":material/texture:",
    "digits": ":material/looks_3:",
    "faces": ":material/face:",
    "cats_and_dogs": ":material/pets:",
    "flowers": ":material/local_florist:",
}


def import_from(label: str, path: Path) -> None:
    """Starts the import of a folder or archive on this machine."""
    job_views.start(IMPORT, label, _source(path, label).work())


def import_builtin(name: str) -> None:
    """Starts the import of a sample."""
    store = session.dataset_store()
    job_views.start(
        IMPORT,
        SAMPLES[name].label,
        lambda on_event, should_stop: import_sample_in_subprocess(store, name, on_event, should_stop),
    )


def show_imported(job: Job[DatasetIndex]) -> None:
    """Says that pictures were imported, or were there already, and what this import left out."""
    imported = job.outcome
    session.choose_dataset(imported.id)
    known = session.dataset_store().get(imported.id)
    if set(imported.notes) <= set(known.notes):
        count = wording.count(len(imported.samples), "picture")
        st.toast(f"{wording.plain(imported.name)} is in: {count}.", icon=":material/check_circle:")
        return
    st.info("\n\n".join(wording.plain(dataset_note(note)) for note in imported.notes), icon=":material/info:")
    left_out.show(imported, key="imported")


def _source(path: Path, label: str) -> SourceImport:
    return SourceImport(session.dataset_store(), path, label, kept_sources().keep, session.is_dataset_unused())


def _uploaded(upload: Upload) -> UploadImport:
    return UploadImport(session.dataset_store(), upload, kept_sources().keep, session.is_dataset_unused())


def has_failed() -> bool:
    """Whether the latest import failed, so that the form for another try should be open."""
    latest = session.jobs().latest(IMPORT)
    return bool(latest and latest.failure and not isinstance(latest.failure, AmbiguousLayout))


def show() -> None:
    """Draws the ways to import pictures."""
    is_busy = bool(session.jobs().running(IMPORT))
    way = st.segmented_control(
        "Bring pictures as", WAYS, default=WAYS[0], key=WAY, required=True, label_visibility="collapsed"
    )
    if way == BUILD:
        build_form.show(is_busy)
    else:
        upload, path = st.columns(2, gap="medium")
        with upload:
            _upload(is_busy)
        with path:
            _path(is_busy)
    st.markdown("**Or start from a sample**")
    grid = st.grid(5, min_column_width=190, border=True, gap="small")
    for sample in SAMPLES.values():
        with grid.cell():
            _sample(sample, is_busy)


def _upload(is_busy: bool) -> None:
    upload_box.upload_box("upload", "Upload a zip", "One folder per class", _import_upload, is_busy=is_busy)


def _import_upload(upload: Upload) -> None:
    """Starts the import of a file that the browser is about to send."""
    job_views.start(IMPORT, upload.name, _uploaded(upload).work())


def _path(is_busy: bool) -> None:
    with st.form("path_form", border=False):
        text = st.text_input(
            "Folder or zip on this server",
            placeholder="/data/flowers.zip",
            help="For large data sets: nothing has to be uploaded.",
        )
        if st.form_submit_button("Import", icon=":material/drive_folder_upload:", disabled=is_busy) and text.strip():
            path = Path(os.path.expanduser(text.strip()))  # noqa: PTH111 (a Path raises where there is no such user)
            import_from(path.name, path)
            st.rerun()


def _sample(sample: SampleSet, is_busy: bool) -> None:
    st.markdown(f"{SAMPLE_ICONS.get(sample.name, ':material/image:')} **{sample.label}**")
    st.markdown(sample.description)
    source = f"{wording.size(sample.download_bytes)} to download" if sample.download_bytes else "works offline"
    st.caption(f"{wording.count(sample.num_pictures, 'picture')} · {source}")
    label = "Download" if sample.download_bytes else "Import"
    pressed = st.button(label, key=f"sample_{sample.name}", disabled=is_busy, icon=":material/download:")
    if pressed:
        import_builtin(sample.name)
        st.rerun()
