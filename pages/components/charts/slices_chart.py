"""How good a model is on each group of pictures. No Streamlit calls."""

from collections.abc import Sequence

import plotly.graph_objects as go

from core.evaluation.slices import GroupScore
from pages.components.charts.charts import QUIET, label, new_figure

ROW, AROUND = 44, 70


def accuracies(scores: Sequence[GroupScore], names: Sequence[str], overall: float) -> go.Figure:
    """Draws the accuracy on each group with its interval, the first group on top.

    Args:
        scores: of the groups.
        names: of the groups, likewise.
        overall: the accuracy on all pictures, drawn as a line.
    """
    figure = new_figure(AROUND + ROW * len(scores), hovermode="closest", showlegend=False)
    figure.add_vline(x=overall, line={"color": QUIET, "dash": "dot", "width": 1})
    intervals = [score.interval for score in scores]
    shares = [score.accuracy for score in scores]
    figure.add_scatter(
        x=shares,
        y=list(range(len(scores))),
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [high - share for share, (_, high) in zip(shares, intervals, strict=True)],
            "arrayminus": [share - low for share, (low, _) in zip(shares, intervals, strict=True)],
            "thickness": 2,
            "width": 6,
        },
        mode="markers",
        # Hollow where there are too few pictures to compare.
        marker={"size": 11, "symbol": ["circle-open" if score.is_too_small else "circle" for score in scores]},
        customdata=[
            [label(name), score.num_right, score.num_pictures, low, high]
            for name, score, (low, high) in zip(names, scores, intervals, strict=True)
        ],
        hovertemplate=(
            "%{customdata[0]}: %{customdata[1]:,} of %{customdata[2]:,} right (%{x:.1%}), "
            "plausibly %{customdata[3]:.1%} to %{customdata[4]:.1%}<extra></extra>"
        ),
    )
    figure.update_xaxes(title_text="Right answers", tickformat=".0%", range=[-0.02, 1.02], dtick=0.2, zeroline=False)
    figure.update_yaxes(
        tickvals=list(range(len(scores))),
        # In two lines, limits leave room for the dots on phones.
        ticktext=[label(name).replace(" (", "<br>(") for name in names],
        range=[len(scores) - 0.5, -0.5],
        zeroline=False,
    )
    return figure
