"""The training pictures that a picture is closest to, as the model sees them."""

import streamlit as st

from core.datasets.index import DatasetIndex
from core.runs.records.store import Run
from pages.components import wording
from pages.components.shared import pictures
from pages.components.testing import answering
from pages.components.testing.picture import Picture

# Session state: the picture whose nearest training pictures are shown.
SHOWN = "explain_nearest"


def show(run: Run, dataset: DatasetIndex, picture: Picture) -> None:
    """Draws a button, and after a press the training pictures that are closest to a picture.

    Args:
        run: the model's run.
        dataset: its data set.
        picture: any picture.
    """
    key = f"{run.id} {picture.digest}"
    if st.session_state.get(SHOWN) != key:
        st.button("Nearest training pictures", icon=":material/near_me:", on_click=_mark, args=(key,))
        return
    answered = answering.ask(run, [picture], "explain_")
    if not answered:
        return
    by_path = {sample.path: sample for sample in dataset.samples}
    samples = [by_path[path] for path in answered[0].answer.nearest if path in by_path]
    st.markdown("The training pictures that are closest to it, as the model sees them:")
    names = [dataset.class_names[sample.label] for sample in samples]
    alts = [f"{name}: {sample.name}" for name, sample in zip(names, samples, strict=True)]
    pictures.gallery("nearest", dataset, samples, alts, [wording.plain(wording.short(name)) for name in names])


def _mark(key: str) -> None:
    st.session_state[SHOWN] = key
