"""Thumbnails and galleries, and the dialog that shows one picture large."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.errors import CoreError
from core.images.decoding import thumbnail
from pages.components import wording

SIDE = 160
# Of the enlarged picture: what a large screen shows.
LARGE_SIDE = 1600
PICTURE_TYPES = ["jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff", "avif", "heic", "heif"]
# A thumbnail of this size takes about 6 KB: 3,000 of them take some 20 MB of the server's memory.
MOST_KEPT = 3000
# An enlarged picture takes up to half a megabyte.
MOST_LARGE_KEPT = 30
# Which picture of those that can be leafed through is enlarged, as an index.
ENLARGED = "enlarged_picture"

Item = TypeVar("Item")


@st.cache_data(show_spinner=False, max_entries=MOST_KEPT)
def _thumbnail(digest: str, side: int, _path: Path) -> bytes | None:
    try:
        return thumbnail(_path, side)
    except CoreError:
        return None


@st.cache_data(show_spinner=False, max_entries=MOST_LARGE_KEPT)
def _large(digest: str, _path: Path) -> bytes | None:
    try:
        return thumbnail(_path, LARGE_SIDE)
    except CoreError:
        return None


def sample_thumbnail(dataset: DatasetIndex, sample: Sample, side: int = SIDE) -> bytes | None:
    """Returns a small copy of a data set's picture, or None if its file is missing."""
    return _thumbnail(sample.digest, side, dataset.picture_path(sample))


def one(
    dataset: DatasetIndex,
    sample: Sample,
    alt: str,
    place: str,
    side: int = SIDE,
    is_faded: bool = False,
    action: str = "Enlarge",
    on_click: Callable[..., None] | None = None,
    args: tuple[object, ...] = (),
) -> bool:
    """Shows one picture with a button over all of it, or that its file is missing. Returns whether it was pressed.

    Args:
        dataset: the data set.
        sample: the picture.
        alt: what it shows, for screen readers.
        place: where it is shown: unique on the page together with the picture.
        side: longest side of the picture, in pixels.
        is_faded: whether to fade it, see `page.css`.
        action: what pressing it does, in a word.
        on_click: called when it is pressed.
        args: its arguments.
    """
    picture = sample_thumbnail(dataset, sample, side)
    name = f"{place}_{dataset.id}_{sample.path}"
    if picture is None:
        st.caption("File missing")
        return False
    with st.container(key=f"{'faded' if is_faded else 'plain'}_{name}"), st.container(key=f"press_{name}", gap=None):
        st.image(picture, alt=alt, width="stretch")
        return st.button(
            f"{action} {wording.plain(alt)}",
            key=f"pressed_{name}",
            icon=":material/zoom_in:" if on_click is None else ":material/ads_click:",
            type="tertiary",
            width="stretch",
            on_click=on_click,
            args=args,
        )


def gallery(
    key: str,
    dataset: DatasetIndex,
    samples: Sequence[Sample],
    alts: Sequence[str],
    captions: Sequence[str] | None = None,
    among: Sequence[Sample] | None = None,
    about: Callable[[Sample], None] | None = None,
    is_redrawn: bool = False,
) -> None:
    """Shows pictures as squares, in rows as wide as the page. A click on one enlarges it.

    Args:
        key: unique on the page; `page.css` makes its pictures square.
        dataset: the data set.
        samples: the pictures.
        alts: what they show, for screen readers.
        captions: Markdown below each, or None.
        among: the pictures to leaf through once one is enlarged; by default those shown.
        about: draws what is known about an enlarged picture, and what can be done with it.
        is_redrawn: see `enlarge`.
    """
    grid = st.grid(min_column_width=110, gap="xsmall", key=f"gallery_{key}")
    pressed = None
    for index, sample in enumerate(samples):
        with grid.cell():
            if one(dataset, sample, alts[index], key):
                pressed = sample
            if captions:
                st.caption(captions[index], text_alignment="center")
    if pressed is not None:
        enlarge(dataset, among or samples, pressed, about, is_redrawn)


def enlarge(
    dataset: DatasetIndex,
    samples: Sequence[Sample],
    first: Sample,
    about: Callable[[Sample], None] | None = None,
    is_redrawn: bool = False,
) -> None:
    """Opens a dialog with a picture as large as the screen allows, and buttons that lead to the others.

    Args:
        dataset: the data set.
        samples: the pictures to leaf through.
        first: the one to begin with.
        about: draws what is known about the shown one, and what can be done with it.
        is_redrawn: whether the page is drawn again once the dialog is closed, because it shows what `about` changes.
    """

    @st.dialog("Picture", width="large", on_dismiss="rerun" if is_redrawn else "ignore")
    def show() -> None:
        index = min(st.session_state[ENLARGED], len(samples) - 1)
        sample = samples[index]
        with st.container(key="enlarged", gap="xsmall"):
            _show_large(dataset, sample)
            _leaf(index, len(samples))
            if about:
                about(sample)

    st.session_state[ENLARGED] = next(index for index, sample in enumerate(samples) if sample.path == first.path)
    show()


def _show_large(dataset: DatasetIndex, sample: Sample) -> None:
    picture = _large(sample.digest, dataset.picture_path(sample))
    class_name = dataset.class_names[sample.label]
    if picture is None:
        st.warning("The file of this picture is missing.", icon=":material/broken_image:")
    else:
        st.image(picture, alt=f"{class_name}: {sample.name}", width="stretch")
    st.markdown(
        f"**{wording.plain(class_name)}** · {wording.plain(sample.name)} · {sample.width:,} × {sample.height:,} pixels"
    )


def _leaf(index: int, number: int) -> None:
    """Draws the buttons to the previous and the next picture, which the arrow keys press too."""
    if number < 2:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        # The arrow of the key is shown on the button.
        for word, key, step in (("Previous", "Left", -1), ("Next", "Right", 1)):
            st.button(
                word,
                key=f"enlarged_{word}",
                shortcut=key,
                disabled=not 0 <= index + step < number,
                on_click=_turn_to,
                args=(index + step,),
            )
        st.caption(f"{index + 1:,} of {number:,}")


def _turn_to(index: int) -> None:
    st.session_state[ENLARGED] = index


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
