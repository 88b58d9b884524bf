"""Where pictures to classify come from: uploads, held-out pictures, the webcam."""

import random
from pathlib import Path
from typing import Literal

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.names import escape_label
from core.datasets.sample import Sample
from core.errors import CoreError
from core.runs.records.store import Run
from pages.components.shared.pictures import PICTURE_TYPES
from pages.components.shell import session
from pages.components.testing.picture import Picture, digest_of

FOLDER = Path(__file__).parent
A_HANDFUL = 12
MOST_MEGABYTES = 100
ANY_CLASS = -1
CAMERA_WIDTH = 340
CAMERA_RESOLUTION: Literal["720p"] = "720p"

_camera_check = st.components.v2.component(
    "camera_check", js=(FOLDER / "camera_check.js").read_text(encoding="utf-8"), isolate_styles=False
)


def uploaded_pictures(key: str) -> list[Picture]:
    """Draws the uploader and returns what was uploaded.

    Args:
        key: begins the names of the widgets, as in all functions here.
    """
    # HEIC is taken even where it can't be read: the answer says what to install, the uploader only that it is refused.
    uploads = st.file_uploader(
        "Pictures",
        type=PICTURE_TYPES,
        accept_multiple_files=True,
        max_upload_size=MOST_MEGABYTES,
        label_visibility="collapsed",
        key=f"{key}test_uploads",
    )
    contents = [(upload, upload.getvalue()) for upload in uploads]
    return [
        Picture(escape_label(upload.name), content, digest_of(upload.file_id, content)) for upload, content in contents
    ]


def webcam_picture(key: str) -> Picture | None:
    """Draws the webcam, and returns the photo that was taken. Says so if the browser has no camera or refuses it."""
    # With a resolution, the photo isn't as small as its place on the page, and a press takes one from the start: else
    # the browser opens the camera a second time once it knows the width of that place.
    photo = st.camera_input(
        "Webcam",
        label_visibility="collapsed",
        width=CAMERA_WIDTH,
        resolution=CAMERA_RESOLUTION,
        key=f"{key}test_webcam",
    )
    _camera_check(key=f"{key}camera_check")
    if photo is None:
        return None
    content = photo.getvalue()
    return Picture("Photo from the webcam", content, digest_of(photo.file_id, content))


def held_out_pictures(run: Run, key: str) -> list[Picture]:
    """Draws a choice of held-out pictures, which the model never trained on, and returns a few of them."""
    try:
        dataset = session.dataset_store().get(run.dataset_id)
    except CoreError:
        st.info(
            "The data set of this model was deleted, and the held-out pictures with it. Upload pictures instead.",
            icon=":material/info:",
        )
        return []
    split = session.split_dataset(dataset, **run.config.split_options)
    names = dataset.class_names
    draw = f"{key}held_out_draw"
    with st.container(horizontal=True, vertical_alignment="center"):
        label = st.selectbox(
            "Of class",
            range(ANY_CLASS, len(names)),
            format_func=lambda index: "Any class" if index == ANY_CLASS else names[index],
            key=f"{key}held_out_class",
            width=180,
            label_visibility="collapsed",
        )
        if st.button("Other pictures", icon=":material/shuffle:", key=f"{key}other_pictures"):
            st.session_state[draw] = st.session_state.get(draw, 0) + 1
        st.caption("The model was not trained on these.", width="content")
    samples = (*split.select("validation"), *split.select("test"))
    held_out = [sample for sample in samples if label in (ANY_CLASS, sample.label)]
    if not held_out:
        st.info("No picture of this class was held out.", icon=":material/info:")
    chosen = random.Random(st.session_state.get(draw, 0)).sample(held_out, min(A_HANDFUL, len(held_out)))
    return [_held_out_picture(split, sample) for sample in chosen]


def _held_out_picture(dataset: DatasetIndex, sample: Sample) -> Picture:
    """Returns a picture of the data set with its true class."""
    name = sample.name.rsplit("/", 1)[-1]
    return Picture(name, dataset.picture_path(sample), sample.digest, dataset.class_names[sample.label])
