"""Try a model on new pictures: the choice of pictures, and the answers to them."""

import random
from importlib.util import find_spec

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.names import escape_label
from core.datasets.sample import Sample
from core.errors import CoreError
from core.runs.records.store import Run
from pages.components import wording
from pages.components.shared.pictures import PICTURE_TYPES
from pages.components.shell import polling, session
from pages.components.testing import predictions
from pages.components.testing.predictions import Picture

SOURCES = {"upload": "Upload", "held_out": "Held-out", "webcam": "Webcam"}
ICONS = {"upload": ":material/upload:", "held_out": ":material/photo_library:", "webcam": ":material/photo_camera:"}
# Pillow reads these with an additional package.
UNREADABLE = () if find_spec("pillow_heif") else ("heic", "heif")
TYPES = [kind for kind in PICTURE_TYPES if kind not in UNREADABLE]
A_HANDFUL = 6
MOST_MEGABYTES = 100
WARM_POLL_SECONDS = 0.5


def show(run: Run, key: str = "") -> None:
    """Draws the choice of pictures and the model's answers to them: all of a test but the choice of the model.

    Args:
        run: the model's run.
        key: begins the names of the widgets, if they are to keep their own values on this page.
    """
    if not _is_usable(run):
        return
    source = st.segmented_control(
        "Pictures from",
        list(SOURCES),
        default="upload",
        required=True,
        format_func=lambda name: f"{ICONS[name]} {SOURCES[name]}",
        key=f"{key}test_source",
        persist_state="session",
    )
    if source == "upload":
        chosen = _uploaded_pictures(key)
    elif source == "webcam":
        chosen = _webcam_picture(key)
    else:
        chosen = _held_out_pictures(run, key)
    if chosen:
        predictions.show(run, chosen)
    elif source == "upload":
        st.caption("Drop one picture or many. No picture at hand? Choose held-out pictures above.")


def _is_usable(run: Run) -> bool:
    """Loads the model and says so until it is ready. If it can't be loaded, says why and returns False."""
    client, warm_ups = session.inference_client(), session.warm_ups()
    if client.is_warm(run.id):
        return True
    found = warm_ups.get(run.id)
    if found is not None and found.error:
        st.error(wording.plain(found.error), icon=":material/error:")
        st.button("Try again", icon=":material/refresh:", on_click=warm_ups.forget, args=(run.id,))
        return False
    # An answer without a loaded model is from a process that has ended since.
    warm_ups.forget(run.id)

    def draw() -> bool:
        if warm_ups.get(run.id) is not None:
            return False
        warm_ups.ask(run.id)
        st.caption(":material/hourglass_top: Loading the model. The first answer takes a few seconds.")
        return True

    polling.poll("warm", draw, True, WARM_POLL_SECONDS)
    return True


def _uploaded_pictures(key: str) -> list[Picture]:
    """Draws the uploader and returns what was uploaded."""
    uploads = st.file_uploader(
        "Pictures",
        type=TYPES,
        accept_multiple_files=True,
        max_upload_size=MOST_MEGABYTES,
        label_visibility="collapsed",
        key=f"{key}test_uploads",
    )
    return [Picture(escape_label(upload.name), upload.getvalue()) for upload in uploads]


def _webcam_picture(key: str) -> list[Picture]:
    """Draws the webcam and returns the picture that was taken."""
    photo = st.camera_input("Webcam", label_visibility="collapsed", key=f"{key}test_webcam")
    return [Picture("webcam", photo.getvalue())] if photo else []


def _held_out_pictures(run: Run, key: str) -> list[Picture]:
    """Draws a choice of held-out pictures, which the model never trained on, and returns a few of them."""
    try:
        dataset = session.dataset_store().get(run.dataset_id)
    except CoreError:
        st.info("The data set of this model was deleted. Upload pictures instead.", icon=":material/info:")
        return []
    split = session.split_dataset(dataset, run.config.validation_split, run.config.seed)
    names = dataset.class_names
    draw = f"{key}held_out_draw"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = st.selectbox(
            "Of class",
            range(-1, len(names)),
            format_func=lambda index: names[index] if index >= 0 else "Any class",
            key=f"{key}held_out_class",
        )
        if st.button("Other pictures", icon=":material/shuffle:", key=f"{key}other_pictures"):
            st.session_state[draw] = st.session_state.get(draw, 0) + 1
    held_out = [
        sample for sample in (*split.select("validation"), *split.select("test")) if label < 0 or sample.label == label
    ]
    chosen = random.Random(st.session_state.get(draw, 0)).sample(held_out, min(A_HANDFUL, len(held_out)))
    return [_held_out_picture(split, sample) for sample in chosen]


def _held_out_picture(dataset: DatasetIndex, sample: Sample) -> Picture:
    """Returns a picture of the data set with its true class."""
    return Picture(sample.name.rsplit("/", 1)[-1], dataset.picture_path(sample), dataset.class_names[sample.label])
