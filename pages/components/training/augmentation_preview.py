"""What training will see: pictures of the data set, augmented as the form says."""

import streamlit as st

from core.config.parts import Augmentation
from core.config.training_config import TrainingConfig
from core.config.unused import unused_settings
from core.datasets.index import DatasetIndex
from core.errors import CoreError
from core.images.augmentation import make_view
from core.images.decoding import decode
from pages.components import wording
from pages.components.shell import widget_values

# Shown at most; and where every epoch makes new ones, as examples.
MOST_COPIES, EXAMPLES = 11, 5
PREVIEW_SIZE = 192
PREVIEW_WIDTH = 150
PLACE = "augmentation_place"


def chosen_augmentation() -> Augmentation:
    """Returns the augmentation that the form shows."""
    values = {name: widget_values.value(name) for name in Augmentation.__dataclass_fields__}
    return TrainingConfig().with_options(**values).augmentation


def show(dataset: DatasetIndex, config: TrainingConfig | None) -> None:
    """Draws one picture and the changed copies of it that training will use, and a button for another picture.

    Args:
        dataset: the data set.
        config: the form's current configuration; None if it is invalid.
    """
    augmentation = chosen_augmentation()
    if not augmentation.changes_pictures:
        st.caption("No change is on: every epoch sees the pictures as they are.")
        return
    samples = dataset.samples
    # Steps through the data set with a stride, so that the next picture is likely to be of another class.
    index = st.session_state.setdefault(PLACE, 0) * (len(samples) // 7 + 1) % len(samples)
    sample = samples[index]
    try:
        picture = decode(dataset.picture_path(sample), PREVIEW_SIZE)
    except CoreError as error:
        st.caption(wording.plain(str(error)))
        return
    always_new = config is not None and "views" in unused_settings(config)
    copies = EXAMPLES if always_new else augmentation.views - 1
    name = "Example" if always_new else "Changed copy"
    row = st.container(horizontal=True, gap="xsmall")
    for view in range(min(copies, MOST_COPIES) + 1):
        text = "As it is" if view == 0 else f"{name} {view}"
        version = make_view(picture, augmentation, widget_values.value("seed"), sample.digest, view)
        row.image(version, caption=text, alt=f"{dataset.class_names[sample.label]}: {text}", width=PREVIEW_WIDTH)
    if copies > MOST_COPIES:
        st.caption(f"The first {MOST_COPIES} of {copies} changed copies.")
    if st.button("Another picture", icon=":material/shuffle:", key="another_augmentation"):
        st.session_state[PLACE] += 1
        st.rerun()
