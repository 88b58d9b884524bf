"""Bring pictures in, see what is in them."""

from pathlib import Path
from typing import BinaryIO

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.isolation import import_apart
from core.datasets.samples import SAMPLES, SampleSet, import_sample
from core.runs import queue
from pages.components import dataset_views, dialogs, frame, polling, session, wording
from pages.components.imports import ImportJob, Work

JOB = "import_job"
UPLOADS = "uploads"
# Whether the last import failed, so that the ways to try another are in sight.
FAILED = "import_failed"
POLL_SECONDS = 0.3
SAMPLE_ICONS = {
    "textures": ":material/texture:",
    "digits": ":material/looks_3:",
    "faces": ":material/face:",
    "cats_and_dogs": ":material/pets:",
    "flowers": ":material/local_florist:",
}


def start_import(label: str, work: Work) -> None:
    """Starts an import and remembers it as this session's."""
    st.session_state[JOB] = session.import_jobs().start(label, work).id


def upload_key() -> str:
    """Returns the uploader's key: another one after each upload, so that the server lets go of the file."""
    return f"upload_{st.session_state.get(UPLOADS, 0)}"


def upload_changed() -> None:
    """Starts the import of a file as soon as it has arrived."""
    upload = st.session_state[upload_key()]
    if upload is None:
        return
    import_from(upload.name, upload)
    st.session_state[UPLOADS] = st.session_state.get(UPLOADS, 0) + 1


def import_from(label: str, source: Path | BinaryIO) -> None:
    """Starts the import of an uploaded archive, or of a folder or archive on this machine."""
    store = session.dataset_store()
    start_import(
        label, lambda on_event, should_stop: import_apart(store, source, on_event=on_event, should_stop=should_stop)
    )


def import_builtin(name: str) -> None:
    """Starts the import of a sample."""
    store = session.dataset_store()
    start_import(SAMPLES[name].label, lambda on_event, should_stop: import_sample(store, name, on_event, should_stop))


def show_job(job: ImportJob) -> None:
    """Draws the progress of an import until it ends."""

    def draw() -> bool:
        if job.is_running:
            words = "Stopping" if job.stopping.is_set() else wording.import_phase(job.progress)
            st.progress(wording.share_done(job.progress), f"**{wording.plain(job.label)}**: {words}")
        return job.is_running

    with st.container(border=True):
        polling.poll("import", draw, job.is_running, POLL_SECONDS)
        if job.is_running:
            st.button("Stop", icon=":material/stop:", on_click=job.stopping.set, disabled=job.stopping.is_set())


def show_outcome(job: ImportJob) -> None:
    """Says what became of an import, once."""
    st.session_state.pop(JOB, None)
    st.session_state[FAILED] = bool(job.error)
    if job.error:
        st.error(wording.plain(job.error), icon=":material/error:")
    elif job.dataset is None:
        st.info("The import was stopped. Nothing of it was kept.", icon=":material/info:")
    else:
        session.choose_dataset(job.dataset.id)
        show_imported(job.dataset)


def show_imported(imported: DatasetIndex) -> None:
    """Says that pictures are in, or that they were before, and what this import of them left out."""
    known = session.dataset_store().get(imported.id)
    if set(imported.notes) <= set(known.notes):
        count = wording.count(len(imported.samples), "picture")
        st.toast(f"{wording.plain(imported.name)} is in: {count}.", icon=":material/check_circle:")
        return
    st.info("\n\n".join(wording.plain(note) for note in imported.notes), icon=":material/info:")
    dataset_views.left_out(imported)


def show_import() -> bool:
    """Draws the import at work, or what became of it. Returns whether one is at work."""
    job = session.import_jobs().get(st.session_state.get(JOB)) or session.import_jobs().running()
    if job is None:
        return False
    st.session_state[JOB] = job.id
    if job.is_running:
        show_job(job)
        return True
    show_outcome(job)
    return False


def show_sources(is_busy: bool) -> None:
    """Draws the ways to bring pictures in."""
    upload, path = st.columns(2, gap="medium")
    with upload:
        st.file_uploader(
            "Upload a zip",
            type=["zip", "tar", "tgz", "gz"],
            key=upload_key(),
            on_change=upload_changed,
            disabled=is_busy,
            help="One folder per class, or train and validation folders with class folders inside.",
        )
    with path, st.form("path_form", border=False):
        text = st.text_input(
            "Folder or zip on this server",
            placeholder="/data/flowers.zip",
            help="For large data sets: nothing is sent.",
        )
        if st.form_submit_button("Import", icon=":material/drive_folder_upload:", disabled=is_busy) and text.strip():
            path = Path(text.strip()).expanduser()
            import_from(path.name, path)
            st.rerun()
    st.markdown("**Or start from a sample**")
    grid = st.grid(5, min_column_width=190, border=True, gap="small")
    for sample in SAMPLES.values():
        with grid.cell():
            show_sample(sample, is_busy)


def show_sample(sample: SampleSet, is_busy: bool) -> None:
    """Draws the card of a sample."""
    st.markdown(f"{SAMPLE_ICONS.get(sample.name, ':material/image:')} **{sample.label}**")
    st.markdown(sample.description)
    source = f"{wording.size(sample.download_bytes)} to download" if sample.download_bytes else "works offline"
    st.caption(f"{wording.count(sample.num_pictures, 'picture')} · {source}")
    label = "Download" if sample.download_bytes else "Import"
    pressed = st.button(label, key=f"sample_{sample.name}", disabled=is_busy, icon=":material/download:")
    if pressed:
        import_builtin(sample.name)
        st.rerun()


def show_actions(index: DatasetIndex) -> None:
    """Draws what can be done with a data set."""
    with st.container(horizontal=True):
        if st.button("Train a model", type="primary", icon=":material/model_training:"):
            st.switch_page(session.TRAIN)
        if st.button("Rename", icon=":material/edit:"):
            dialogs.rename(index.name, lambda name: session.dataset_store().rename(index.id, name))
        in_use = queue.is_dataset_in_use(session.run_store(), index.id)
        if st.button(
            "Delete",
            icon=":material/delete:",
            disabled=in_use,
            help="A run is training on it. Wait for its end, or stop it." if in_use else None,
        ):
            dialogs.delete(
                f"the data set {wording.plain(index.name)} with {wording.count(len(index.samples), 'picture')}",
                lambda: delete_dataset(index),
            )


def delete_dataset(index: DatasetIndex) -> None:
    """Deletes a data set unless a run needs it by now."""
    if queue.is_dataset_in_use(session.run_store(), index.id):
        st.toast("A run is training on it by now. Stop it first.", icon=":material/info:")
        return
    session.dataset_store().delete(index.id)


frame.title("Data")
with session.errors_shown():
    busy = show_import()
    available = session.dataset_store().list()
    if available:
        with st.expander("Add a data set", icon=":material/add:", expanded=st.session_state.get(FAILED, False)):
            show_sources(busy)
        dataset = dataset_views.choose(available)
        show_actions(dataset)
        dataset_views.overview(dataset)
    else:
        st.markdown("No data set yet. Bring a zip with one folder per class, or start from a sample.")
        show_sources(busy)
