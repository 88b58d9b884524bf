"""A picture to classify, whatever it comes from, and small copies of it to show."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.errors import CoreError
from core.images.decoding import thumbnail

SMALL_SIDE, LARGE_SIDE = 320, 900
# A small copy takes about 20 KB, a large one about 150 KB.
MOST_SMALL, MOST_LARGE = 1500, 60
MOST_DIGESTS = 5000


@dataclass(frozen=True)
class Picture:
    """A picture to classify.

    Attributes:
        name: the user's name for it.
        source: its bytes, or its file.
        digest: identifies its content, so that each picture is classified once.
        true_class: its class, if known.
    """

    name: str
    source: bytes | Path
    digest: str
    true_class: str = ""


@st.cache_data(show_spinner=False, max_entries=MOST_DIGESTS)
def digest_of(upload_id: str, _content: bytes) -> str:
    """Returns what identifies an uploaded file's content; computed once, as there may be gigabytes of them.

    Args:
        upload_id: identifies the upload.
    """
    return hashlib.sha256(_content).hexdigest()


@st.cache_data(show_spinner=False, max_entries=MOST_SMALL)
def _small(digest: str, _source: bytes | Path) -> bytes | None:
    return _copy(_source, SMALL_SIDE)


@st.cache_data(show_spinner=False, max_entries=MOST_LARGE)
def _large(digest: str, _source: bytes | Path) -> bytes | None:
    return _copy(_source, LARGE_SIDE)


def _copy(source: bytes | Path, side: int) -> bytes | None:
    try:
        return thumbnail(source, side)
    except CoreError:
        return None


def small_copy(picture: Picture) -> bytes | None:
    """Returns a copy for a card; None if the picture can't be read."""
    return _small(picture.digest, picture.source)


def large_copy(picture: Picture) -> bytes | None:
    """Returns a copy as large as a page shows; None if the picture can't be read."""
    return _large(picture.digest, picture.source)
