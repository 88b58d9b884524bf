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
# A thumbnail of this size takes about 6 KB: 3,000 of them take some 20 MB of the server's memory.
MOST_KEPT = 3000

Item = TypeVar("Item")


@st.cache_data(show_spinner=False, max_entries=MOST_KEPT)
def _thumbnail(digest: str, side: int, _path: Path) -> bytes | None:
    try:
        return thumbnail(_path, side)
    except CoreError:
        return None


def sample_thumbnail(dataset: DatasetIndex, sample: Sample, side: int = SIDE) -> bytes | None:
    """Returns a small copy of a data set's picture, or None if its file is missing."""
    return _thumbnail(sample.digest, side, dataset.picture_path(sample))


def one(dataset: DatasetIndex, sample: Sample, alt: str, side: int = SIDE, is_faded: bool = False) -> None:
    """Shows one picture, or that its file is missing.

    Args:
        dataset: the data set.
        sample: the picture.
        alt: what it shows, for screen readers.
        side: longest side of the picture, in pixels.
        is_faded: whether to fade it, see `page.css`.
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
    """Shows pictures as squares, in rows as wide as the page.

    Args:
        key: unique on the page; `page.css` makes its pictures square.
        dataset: the data set.
        samples: the pictures.
        alts: what they show, for screen readers.
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
    """Draws the choice of a page if there is more than one, and returns the items on it.

    Args:
        items: all items.
        length: how many there are on a page.
        key: of the widget.
    """
    pages = -(-len(items) // length)
    page = st.pagination(pages, key=key) if pages > 1 else 1
    return items[(page - 1) * length : page * length]
