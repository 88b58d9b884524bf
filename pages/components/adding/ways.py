"""The ways to add a data set."""

import os
from pathlib import Path

import streamlit as st

from core.datasets.store.samples import SAMPLES, SampleSet
from core.processes.dataset_jobs import import_sample_in_subprocess
from pages.components import wording
from pages.components.background.jobs import IMPORT
from pages.components.imports import upload_box
from pages.components.imports.kept_sources import kept_sources
from pages.components.imports.source_imports import SourceImport
from pages.components.imports.upload_imports import UploadImport
from pages.components.imports.uploads import Upload
from pages.components.shell import address, job_views, session

# In the address.
ZIP, CLASSES, FOLDER, SAMPLE = "zip", "classes", "folder", "samples"
UPLOAD = "upload"
LAYOUTS = (
    "Other layouts are understood too: train and validation folders, file names such as cat.12.jpg, a CSV of labels. "
    "Nothing is guessed: you are asked when there is more than one way to read it."
)
SAMPLE_ICONS = {
    "puzzle": ":material/extension:",
    "textures": ":material/texture:",
    "digits": ":material/looks_3:",
    "faces": ":material/face:",
    "cats_and_dogs": ":material/pets:",
    "flowers": ":material/local_florist:",
}


def show_zip() -> None:
    """Draws the box for an archive, and another way if pictures were put into it."""
    if show_box(is_busy=False):
        with st.container(border=True, horizontal=True, vertical_alignment="center", key="classes_offer"):
            st.markdown("Single pictures can be sorted into classes right here.", width="content")
            st.button(
                "Add them class by class",
                icon=":material/add_photo_alternate:",
                on_click=address.show_adding,
                args=(CLASSES,),
            )
    st.caption(LAYOUTS)


def show_box(is_busy: bool) -> bool:
    """Draws the box for an archive; returns whether pictures were put into it instead.

    Args:
        is_busy: whether an import is running, so that no other can be started.
    """
    return upload_box.upload_box(UPLOAD, "Upload a zip", "One folder per class", _import_upload, is_busy=is_busy)


def _import_upload(upload: Upload) -> None:
    """Starts the import of a file that the browser is about to send."""
    source = UploadImport(session.dataset_store(), upload, kept_sources().keep, session.is_dataset_unused())
    job_views.start(IMPORT, upload.name, source.work())


def show_folder() -> None:
    """Draws the field for a folder or an archive on this machine."""
    with st.form("path_form", border=False):
        text = st.text_input(
            "Folder or zip on this server",
            placeholder="/data/flowers.zip",
            help="For large data sets: nothing has to be uploaded.",
        )
        if st.form_submit_button("Import", icon=":material/drive_folder_upload:") and text.strip():
            path = Path(os.path.expanduser(text.strip()))  # noqa: PTH111 (a Path raises where there is no such user)
            import_from(path.name, path)
            st.rerun()
    st.caption(
        "Its full path on the machine where the studio runs. The folder stays as it is: the pictures are copied. "
        f"{LAYOUTS}"
    )


def import_from(label: str, path: Path) -> None:
    """Starts the import of a folder or archive on this machine."""
    source = SourceImport(session.dataset_store(), path, label, kept_sources().keep, session.is_dataset_unused())
    job_views.start(IMPORT, label, source.work())


def show_samples() -> None:
    """Draws the samples."""
    grid = st.grid(3, min_column_width=190, border=True, gap="small")
    for sample in SAMPLES.values():
        with grid.cell():
            _sample(sample)


def _sample(sample: SampleSet) -> None:
    st.markdown(f"{SAMPLE_ICONS.get(sample.name, ':material/image:')} **{sample.label}**")
    st.markdown(sample.description)
    source = f"{wording.size(sample.download_bytes)} to download" if sample.download_bytes else "works offline"
    st.caption(f"{wording.count(sample.num_pictures, 'picture')} · {source}")
    label = "Download" if sample.download_bytes else "Import"
    if st.button(label, key=f"sample_{sample.name}", icon=":material/download:"):
        import_builtin(sample.name)
        st.rerun()


def import_builtin(name: str) -> None:
    """Starts the import of a sample."""
    store = session.dataset_store()
    job_views.start(
        IMPORT,
        SAMPLES[name].label,
        lambda on_event, should_stop: import_sample_in_subprocess(store, name, on_event, should_stop),
    )
