"""The map of a data set, on which a click chooses a picture and the zoom stays.

Like the learning curves of `live_chart`, it passes each new figure to `Plotly.react`: `st.plotly_chart` would build
itself anew with each choice, as the mark of the chosen picture changes the figure.
"""

import json
from collections.abc import Callable
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from pages.components.charts import chart_view

FOLDER = Path(__file__).parent

_mount = st.components.v2.component(
    "picture_map",
    html='<div class="picture-map" role="img"></div>',
    css=".picture-map { width: 100%; }",
    js="".join((FOLDER / name).read_text(encoding="utf-8") for name in ("plotly_parts.js", "map_chart.js")),
    isolate_styles=False,
)


def show(figure: go.Figure, label: str, key: str, on_pick: Callable[[int], object]) -> None:
    """Shows the map.

    Args:
        figure: from `dataset_charts.picture_map`.
        label: what it shows, for screen readers.
        key: of the element.
        on_pick: called with the index of a picture whose dot was clicked.
    """

    def tell() -> None:
        index = st.session_state[key].picked
        if isinstance(index, int):
            on_pick(index)

    chart_view.load_plotly()
    _mount(key=key, data={"label": label, "figure": json.loads(figure.to_json())}, on_picked_change=tell)
