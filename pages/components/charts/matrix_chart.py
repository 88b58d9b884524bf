"""The confusion matrix, whose cells can be clicked.

`st.plotly_chart` tells nothing of clicks on a heatmap, and builds itself anew whenever the figure changes.
"""

import json
from collections.abc import Callable
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from pages.components.charts import chart_view

FOLDER = Path(__file__).parent

_mount = st.components.v2.component(
    "confusion_matrix",
    html='<div class="confusion-matrix" role="img"></div>',
    css=".confusion-matrix { width: 100%; } .confusion-matrix.picks .nsewdrag { cursor: pointer; }",
    js="".join((FOLDER / name).read_text(encoding="utf-8") for name in ("plotly_parts.js", "matrix_chart.js")),
    isolate_styles=False,
)


def show(
    figure: go.Figure,
    label: str,
    key: str,
    on_pick: Callable[[int, int], object] | None = None,
    loads_plotly: bool = True,
) -> None:
    """Shows the matrix.

    Args:
        figure: from `evaluation_charts.confusion_matrix`.
        label: what it shows, for screen readers.
        key: of the element.
        on_pick: called with the row and the column of a cell that was clicked; by default a click does nothing.
        loads_plotly: whether it does so itself; of several on a page only one may.
    """

    def tell() -> None:
        cell = st.session_state[key].picked
        # What a browser sends needn't be a cell.
        if on_pick and isinstance(cell, list) and len(cell) == 2 and all(isinstance(index, int) for index in cell):
            on_pick(*cell)

    if loads_plotly:
        chart_view.load_plotly()
    data = {"label": label, "figure": json.loads(figure.to_json()), "picks": on_pick is not None}
    _mount(key=key, data=data, on_picked_change=tell)
