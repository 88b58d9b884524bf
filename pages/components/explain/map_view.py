"""One heat map over its picture."""

import numpy as np
import streamlit as st
from PIL import Image

from core.explanation import overlay
from core.explanation.explanation import Explanation
from core.explanation.wording import METHOD_LABELS
from core.images.decoding import open_picture
from pages.components import wording

SCALE_WIDTH, SCALE_HEIGHT = 240, 12


def show(copy: bytes, found: Explanation, opacity: float) -> None:
    """Draws a picture with its heat map.

    Args:
        copy: of the picture, as a JPEG.
        found: the heat map.
        opacity: how much the hottest parts are covered, 0-1.
    """
    picture = open_picture(copy)
    label = METHOD_LABELS[found.method]
    where = "nothing is coloured" if found.is_blank else f"most of the colour is {overlay.place_in_words(found.heat)}"
    st.image(
        overlay.as_jpeg(overlay.overlay(picture, found.heat, opacity)),
        alt=f"{label} for {found.class_name}: {where}",
        width="stretch",
    )


def legend(found: Explanation) -> None:
    """Says what the colours mean."""
    own, other = (wording.plain(wording.short(name)) for name in (found.class_name, found.against))
    scale = overlay.coloured(np.tile(np.linspace(0, 1, SCALE_WIDTH), (SCALE_HEIGHT, 1))).astype(np.uint8)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.image(
            overlay.as_png(Image.fromarray(scale)),
            alt="Colours from violet for a little to yellow for most",
            width=SCALE_WIDTH // 2,
        )
        st.caption(
            f"Yellow spoke most for **{own}** rather than {other}, violet a little; what isn't coloured made no "
            "difference or spoke against it.",
            width="stretch",
        )
