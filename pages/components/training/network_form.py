"""The few settings that many people change: the backbone, how much of it is trained, and how long; with a picture."""

from html import escape

import streamlit as st

from core.backbones.table import BACKBONES, get_backbone
from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from pages.components import wording
from pages.components.shell import widget_values
from pages.components.training import advanced_form, backbone_words


def show(dataset: DatasetIndex, config: TrainingConfig | None) -> None:
    """Draws the fields and the picture.

    Args:
        dataset: the data set.
        config: the form's current configuration; None if it is invalid.
    """
    lines = backbone_words.lines()
    st.selectbox(options=list(BACKBONES), format_func=lines.__getitem__, **advanced_form.described("backbone"))
    backbone = get_backbone(widget_values.value("backbone"))
    st.caption(wording.plain(backbone_words.facts(backbone)))
    left, right = st.columns(2, gap="medium")
    with left:
        st.slider(min_value=0, max_value=len(backbone.blocks), **advanced_form.described("trainable_blocks"))
    advanced_form.number(right, "epochs")
    # A container, so that the elements below keep their places while the settings are invalid.
    with st.container():
        if config is not None:
            st.html(network_picture(config, len(dataset.class_names)))


def network_picture(config: TrainingConfig, num_classes: int) -> str:
    """Returns the network's blocks from input to output, coloured by whether they are trained, as HTML.

    A chart would take the browser seconds to load, and the page has nothing else that needs one.
    """
    backbone = get_backbone(config.backbone)
    head = config.head.params(backbone, config.image_size, num_classes)
    trainable = config.trainable_params(num_classes)
    rows = [(block.name, block.parameters) for block in backbone.blocks] + [("head", head)]
    blocks = "".join(
        _block(name, size, is_trained=index >= config.num_frozen_blocks) for index, (name, size) in enumerate(rows)
    )
    last = config.freeze.trainable_blocks
    which = f"the last {last} and the head are trained" if last else "the head is trained"
    alt = f"Blocks of the network: {which}, {trainable:,} trainable parameters"
    # Features of earlier stages, if they are chosen, have weights of their own.
    least = "At least " if config.chooses_head else ""
    return (
        f'<p class="network-legend">{least}<strong>{trainable:,}</strong> of {backbone.params + head:,} parameters are '
        '<span class="network-trained">trained</span>, the others '
        '<span class="network-frozen">stay as they are</span>.</p>'
        f'<div class="network" role="img" aria-label="{escape(alt)}">{blocks}</div>'
    )


def _block(name: str, size: int, is_trained: bool) -> str:
    kind, words = ("trained", "trained") if is_trained else ("frozen", "stays as it is")
    title = f"{name}: {size:,} parameters, {words}"
    return f'<div class="network-{kind}" title="{escape(title)}">{escape(name)}</div>'
