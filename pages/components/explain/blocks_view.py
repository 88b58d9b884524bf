"""What a block of the network sees in a picture: the channels that respond to it most strongly, as gray pictures."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import streamlit as st
from PIL import Image

from core.backbones.table import get_backbone
from core.explanation.feature_maps import FeatureMaps
from core.explanation.overlay import as_png, place_in_words
from core.explanation.store import model_version
from core.explanation.wording import what_a_block_sees
from core.processes.inference_client import InferenceClient
from core.runs.records.store import Run
from core.settings import settings
from pages.components import wording
from pages.components.background.background_cache import BackgroundCache
from pages.components.explain import map_wait
from pages.components.shell import session
from pages.components.testing.picture import Picture

# Session state: the run whose blocks are shown.
OPENED = "explain_blocks"
SHOWN_SIDE = 112


@dataclass(frozen=True)
class Question:
    """What a block is asked about.

    Attributes:
        run_id: id of a run that has a model.
        version: of the model.
        digest: of the picture's content.
        block: name of the block.
        source: the picture's file or its bytes.
    """

    run_id: str
    version: str
    digest: str
    block: str
    source: Path | bytes = field(compare=False)


@st.cache_resource(show_spinner=False, on_release=lambda cache: cache.close())
def _cache(home: Path, _client: InferenceClient) -> BackgroundCache[Question, FeatureMaps]:
    return BackgroundCache(
        lambda question, on_event, should_stop: _client.feature_maps(
            question.run_id, question.source, question.block, on_event, should_stop
        )
    )


def cache() -> BackgroundCache[Question, FeatureMaps]:
    """Returns what asks the inference process, one question at a time."""
    return _cache(settings().home, session.inference_client())


def show(run: Run, picture: Picture) -> None:
    """Draws a button, and after a press what a block of the network sees in a picture.

    Args:
        run: the model's run.
        picture: any picture that can be read.

    Raises:
        RunError: the run has no model.
    """
    is_open = st.session_state.get(OPENED) == run.id
    st.button(
        "Hide what a block sees" if is_open else "Show what a block sees",
        icon=":material/grid_view:",
        key="explain_blocks_button",
        on_click=_mark,
        args=("" if is_open else run.id,),
    )
    if not is_open:
        return
    blocks = [block.name for block in get_backbone(run.config.backbone).blocks]
    block = st.selectbox(
        "Block of the network, from first to last",
        blocks,
        index=len(blocks) - 1,
        key=f"explain_block_{run.id}",
        width=320,
    )
    question = Question(run.id, model_version(settings().runs / run.id), picture.digest, block, picture.source)
    found = map_wait.wait(cache(), question, cache().get, "block", "Looking at what the block sees")
    if found is not None:
        _show_maps(found)


def _mark(run_id: str) -> None:
    st.session_state[OPENED] = run_id


def _show_maps(found: FeatureMaps) -> None:
    st.markdown(wording.plain(what_a_block_sees(found)))
    if not found.has_positions:
        return
    grid = st.grid(min_column_width=SHOWN_SIDE, gap="xsmall", key="feature_maps")
    for rank, (channel, values) in enumerate(zip(found.channels, found.maps, strict=True), start=1):
        with grid.cell():
            where = f"brightest {place_in_words(values)}" if values.any() else "the same everywhere"
            st.image(enlarged(values), alt=f"{rank}. channel {channel} of {found.block}: {where}", width=SHOWN_SIDE)


def enlarged(values: np.ndarray) -> bytes:
    """Returns a feature map `(height, width)`, 0-1, as a gray PNG whose positions are squares."""
    gray = Image.fromarray((values * 255).round().astype(np.uint8))
    # A larger map is averaged, since leaving out rows would make patterns that aren't there.
    method = Image.Resampling.NEAREST if max(values.shape) <= SHOWN_SIDE else Image.Resampling.BOX
    return as_png(gray.resize((SHOWN_SIDE, SHOWN_SIDE), method))
