"""Costs of networks, and a network as blocks. Data in, Plotly figures out; no Streamlit calls."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.backbones.backbone import Backbone
from pages.components.charts.charts import QUIET, label, new_figure

ROW = 34


def bars(names: Sequence[str], values: Sequence[float], title: str, is_log: bool = False) -> go.Figure:
    """Draws a value for each of some things as horizontal bars, the first on top."""
    figure = new_figure(90 + ROW * len(names), showlegend=False)
    figure.add_bar(
        x=list(values),
        y=[label(name, 40) for name in names],
        orientation="h",
        hovertemplate="%{x:,.4~g}<extra></extra>",
    )
    figure.update_xaxes(title_text=title, **({"type": "log", "dtick": 1} if is_log else {}))
    figure.update_yaxes(autorange="reversed", type="category")
    return figure


def scatter(names: Sequence[str], x: Sequence[float], y: Sequence[float], title: str) -> go.Figure:
    """Draws accuracies against another number, one named point each."""
    figure = new_figure(340, showlegend=False)
    figure.add_scatter(
        x=list(x),
        y=list(y),
        mode="markers+text",
        text=[label(name) for name in names],
        textposition="top center",
        marker={"size": 11},
        hovertemplate="%{text}: %{x:,.4~g}, %{y:.1%}<extra></extra>",
    )
    figure.update_xaxes(title_text=title)
    figure.update_yaxes(title_text="Accuracy", tickformat=".0%", range=[max(0.0, min(y) - 0.05), 1.05])
    return figure


def blocks(backbone: Backbone, num_trainable: int) -> go.Figure:
    """Draws a network's blocks as bars, from the picture to the answer; the last ones, which learn, are filled."""
    figure = new_figure(90 + 28 * len(backbone.blocks), showlegend=False, bargap=0.25, barmode="overlay")
    first = len(backbone.blocks) - num_trainable
    outlined = {"color": "rgba(0,0,0,0)", "line": {"color": QUIET, "width": 1.5}}
    # What learns comes first, so that it has the theme's first colour.
    for chosen, marker, state in (
        (backbone.blocks[first:], {}, "learns"),
        (backbone.blocks[:first], outlined, "frozen"),
    ):
        figure.add_bar(
            x=[block.parameters for block in chosen],
            y=[block.name for block in chosen],
            orientation="h",
            marker=marker,
            hovertemplate=f"%{{y}}: %{{x:,}} numbers, {state}<extra></extra>",
        )
    figure.update_xaxes(title_text="Numbers in the block", type="log", dtick=1)
    names = [block.name for block in backbone.blocks]
    figure.update_yaxes(autorange="reversed", type="category", categoryorder="array", categoryarray=names)
    return figure
