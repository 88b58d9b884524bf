"""Show a trained model new pictures."""

import random
from collections.abc import Sequence
from importlib.util import find_spec

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.names import escape_label
from core.datasets.sample import Sample
from core.errors import CoreError
from core.runs.records.store import Run
from pages.components import wording
from pages.components.shared import quick_start
from pages.components.shared.pictures import PICTURE_TYPES
from pages.components.shell import frame, polling, session
from pages.components.testing import predictions
from pages.components.testing.predictions import Picture

SOURCES = {"upload": "Upload", "held_out": "Held-out", "webcam": "Webcam"}
ICONS = {"upload": ":material/upload:", "held_out": ":material/photo_library:", "webcam": ":material/photo_camera:"}
# Pillow reads these with an additional package.
UNREADABLE = () if find_spec("pillow_heif") else ("heic", "heif")
TYPES = [kind for kind in PICTURE_TYPES if kind not in UNREADABLE]
CHOICE = "model_choice"
A_HANDFUL = 6
MOST_MEGABYTES = 100
DRAW = "held_out_draw"
WARM_POLL_SECONDS = 0.5


def choose_run(runs: Sequence[Run]) -> Run:
    """Draws the choice of the model; the newest one by default."""
    by_id = {run.id: run for run in runs}
    if st.query_params.get("run") in by_id:
        session.choose_run(st.query_params["run"])
    chosen = session.chosen_run(runs) or runs[0]
    session.choose_run(chosen.id)
    st.query_params["run"] = chosen.id
    # Its own key and no index: a new index would make a new widget, which forgets what was just picked.
    if st.session_state.get(CHOICE) != chosen.id:
        st.session_state[CHOICE] = chosen.id
    st.selectbox(
        "Model",
        list(by_id),
        key=CHOICE,
        format_func=lambda key: f"{by_id[key].name} · {wording.percent(by_id[key].metrics['val_accuracy'])}",
        on_change=run_picked,
    )
    return chosen


def run_picked() -> None:
    """Makes the picked model the page's, also in the address, which would otherwise bring the old one back."""
    session.choose_run(st.session_state[CHOICE])
    st.query_params["run"] = st.session_state[CHOICE]


def is_usable(run: Run) -> bool:
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


def uploaded_pictures() -> list[Picture]:
    """Draws the uploader and returns what was uploaded."""
    uploads = st.file_uploader(
        "Pictures", type=TYPES, accept_multiple_files=True, max_upload_size=MOST_MEGABYTES, label_visibility="collapsed"
    )
    return [Picture(escape_label(upload.name), upload.getvalue()) for upload in uploads]


def webcam_picture() -> list[Picture]:
    """Draws the webcam and returns the picture that was taken."""
    photo = st.camera_input("Webcam", label_visibility="collapsed")
    return [Picture("webcam", photo.getvalue())] if photo else []


def held_out_pictures(run: Run) -> list[Picture]:
    """Draws a choice of held-out pictures, which the model never trained on, and returns a few of them."""
    try:
        dataset = session.dataset_store().get(run.dataset_id)
    except CoreError:
        st.info("The data set of this model was deleted. Upload pictures instead.", icon=":material/info:")
        return []
    split = session.split_dataset(dataset, run.config.validation_split, run.config.seed)
    names = dataset.class_names
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = st.selectbox(
            "Of class", range(-1, len(names)), format_func=lambda index: names[index] if index >= 0 else "Any class"
        )
        if st.button("Other pictures", icon=":material/shuffle:"):
            st.session_state[DRAW] = st.session_state.get(DRAW, 0) + 1
    held_out = [
        sample for sample in (*split.select("validation"), *split.select("test")) if label < 0 or sample.label == label
    ]
    chosen = random.Random(st.session_state.get(DRAW, 0)).sample(held_out, min(A_HANDFUL, len(held_out)))
    return [held_out_picture(split, sample) for sample in chosen]


def held_out_picture(dataset: DatasetIndex, sample: Sample) -> Picture:
    """Returns a picture of the data set with its true class."""
    return Picture(sample.name.rsplit("/", 1)[-1], dataset.picture_path(sample), dataset.class_names[sample.label])


def show_testing(runs: Sequence[Run]) -> None:
    """Draws the page for users who have a model."""
    run = choose_run(runs)
    if not is_usable(run):
        return
    source = st.segmented_control(
        "Pictures from",
        list(SOURCES),
        default="upload",
        required=True,
        format_func=lambda name: f"{ICONS[name]} {SOURCES[name]}",
        key="test_source",
        persist_state="session",
    )
    if source == "upload":
        chosen = uploaded_pictures()
    elif source == "webcam":
        chosen = webcam_picture()
    else:
        chosen = held_out_pictures(run)
    if chosen:
        predictions.show(run, chosen)
    elif source == "upload":
        st.caption("Drop one picture or many. No picture at hand? Choose held-out pictures above.")


def show_empty() -> None:
    """Says how to get a model."""
    st.info("There is no trained model yet. One click gets you one in about a minute.", icon=":material/info:")
    with st.container(horizontal=True):
        quick_start.try_it_now("test_try")
        if st.button("Train on my own pictures", icon=":material/model_training:"):
            st.switch_page(session.TRAIN)


frame.title("Test a model")
with session.errors_shown():
    with_model = [run for run in session.run_store().list() if run.has_model]
    if with_model:
        show_testing(with_model)
    else:
        show_empty()
