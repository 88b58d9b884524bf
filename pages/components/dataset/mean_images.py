"""The average picture of each class, computed one after the other while the page is open."""

import io
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from PIL import Image

from core.datasets.index import DatasetIndex
from core.datasets.quality.mean_images import mean_image
from core.datasets.store.store import DatasetStore
from core.settings import settings
from pages.components.background.background_cache import BackgroundCache, Found
from pages.components.shell import session

SIDE = 144
SOON_SECONDS = 0.15


@dataclass(frozen=True)
class Question:
    """Which class's average is asked for."""

    dataset_id: str
    label: int


def find(store: DatasetStore, question: Question) -> bytes:
    """Returns the average of a class as a PNG.

    Raises:
        DatasetError: the data set is gone, or none of the class's pictures can be read.
    """
    average = mean_image(store.get(question.dataset_id), question.label, SIDE)
    file = io.BytesIO()
    Image.fromarray(average).save(file, "PNG")
    return file.getvalue()


@st.cache_resource(show_spinner=False, on_release=lambda cache: cache.close())
def _mean_images(home: Path, _store: DatasetStore) -> BackgroundCache[Question, bytes]:
    return BackgroundCache(lambda question, _on_event, _should_stop: find(_store, question))


def look_up(dataset: DatasetIndex, labels: list[int]) -> dict[int, Found[bytes] | None]:
    """Returns the averages known for some classes, and starts computing the next missing one."""
    mean_images = _mean_images(settings().home, session.dataset_store())
    questions = {label: Question(dataset.id, label) for label in labels}
    missing = next((question for question in questions.values() if mean_images.get(question) is None), None)
    if missing is not None:
        mean_images.ask(missing)
        mean_images.wait(missing, SOON_SECONDS)
    return {label: mean_images.get(question) for label, question in questions.items()}
