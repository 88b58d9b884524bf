"""Thumbnails and galleries."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.errors import CoreError
from core.images.decoding import thumbnail

SIDE = 160
PICTURE_TYPES = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "heif"]
# A thumbnail of this side is about 6 KB: 3,000 of them are some 20 MB of the server's memory.
MOST_KEPT = 3000

Item = TypeVar("Item")


@st.cache_data(show_spinner=False, max_entries=MOST_KEPT)
def _thumbnail(digest: str, side: int, _path: Path) -> bytes | None:
    try:
        return thumbnail(_path, side)
    except CoreError:
        return None


def sample_thumbnail(dataset: DatasetIndex, sample: Sample, side: int = SIDE) -> bytes | None:
    """Returns a small copy of a data set's picture, None where its file is gone."""
    return _thumbnail(sample.digest, side, dataset.picture_path(sample))


def one(dataset: DatasetIndex, sample: Sample, alt: str, side: int = SIDE, is_faded: bool = False) -> None:
    """Shows one picture, or that its file is gone.

    Args:
        dataset: the data set.
        sample: the picture.
        alt: what is on it, for people who hear the page.
        side: of the picture at most, in pixels.
        is_faded: whether it is to stand back, as `page.css` has it.
    """
    picture = sample_thumbnail(dataset, sample, side)
    with st.container(key=f"{'faded' if is_faded else 'plain'}_{dataset.id}_{sample.path}"):
        if picture is None:
            st.caption("File missing")
        else:
            st.image(picture, alt=alt, width="stretch")


def gallery(
    key: str,
    dataset: DatasetIndex,
    samples: Sequence[Sample],
    alts: Sequence[str],
    captions: Sequence[str] | None = None,
) -> None:
    """Shows pictures in rows as wide as the page, as squares.

    Args:
        key: of its own on the page; `page.css` makes squares of what is in it.
        dataset: the data set.
        samples: the pictures.
        alts: what is on them, for people who hear the page.
        captions: Markdown below each, or None.
    """
    thumbnails = [sample_thumbnail(dataset, sample) for sample in samples]
    grid = st.grid(min_column_width=110, gap="xsmall", key=f"gallery_{key}")
    for index, picture in enumerate(thumbnails):
        if picture is None:
            grid.caption("File missing")
        else:
            grid.image(picture, caption=captions[index] if captions else None, alt=alts[index], width="stretch")


def page_of(items: Sequence[Item], length: int, key: str) -> Sequence[Item]:
    """Draws the choice of a page where there is more than one, and returns what is on it.

    Args:
        items: all of them.
        length: how many there are on a page.
        key: of the choice.
    """
    pages = -(-len(items) // length)
    page = st.pagination(pages, key=key) if pages > 1 else 1
    return items[(page - 1) * length : page * length]
