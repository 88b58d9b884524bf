"""How good a model is: the confusion matrix, and the curves of a class. No Streamlit calls."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from core.evaluation.curves import ClassCurves
from pages.components.charts.charts import QUIET, label, new_figure

LONGEST_TICK = 16
MOST_LABELLED = 20
# Points beyond these can't be told apart on a screen.
MOST_POINTS = 400
# A light ring within a dark one stands out from any colour of a cell, on light and dark pages alike.
DARK, CHOSEN = "#0d171b", "#facc15"
NO_ANSWER = "No answer"


def confusion_matrix(
    confusion: np.ndarray, class_names: Sequence[str], chosen: tuple[int, int] | None = None
) -> go.Figure:
    """Draws how often each class was mistaken for each other class.

    Args:
        confusion: counts, true classes by row, answers by column; one more column than rows is for no answer.
        class_names: as many names as rows.
        chosen: row and column of the cell to mark; None for none.
    """
    rows = [label(name) for name in class_names]
    counts = np.asarray(confusion)
    columns = [*(f"taken for {name}" for name in rows), "without an answer"][: counts.shape[1]]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    is_labelled = len(rows) <= MOST_LABELLED
    figure = new_figure(min(720, 180 + 44 * len(rows)), dragmode=False, hovermode="closest")
    figure.add_heatmap(
        x=list(range(len(columns))),
        y=list(range(len(rows))),
        z=shares.tolist(),
        zmin=0,
        zmax=1,
        text=counts.tolist(),
        customdata=[[[row, column] for column in columns] for row in rows],
        hovertemplate="%{customdata[0]} %{customdata[1]}: %{text} (%{z:.0%})<extra></extra>",
        showscale=False,
        xgap=2,
        ygap=2,
    )
    if is_labelled:
        _write_counts(figure, counts)
    # Steep when there are many, because Plotly leaves out labels that would overlap.
    steep = {"tickangle": -90} if len(columns) > 6 else {}
    names = [label(name, LONGEST_TICK) for name in class_names]
    figure.update_xaxes(
        title_text="Answer of the model",
        **_ticks([*names, NO_ANSWER][: len(columns)], is_labelled),
        zeroline=False,
        **steep,
    )
    figure.update_yaxes(title_text="True class", autorange="reversed", zeroline=False, **_ticks(names, is_labelled))
    if chosen is not None:
        _mark_cell(figure, *chosen)
    return figure


def _write_counts(figure: go.Figure, counts: np.ndarray) -> None:
    """Writes the counts over the cells, in a trace of their own: the browser gives them size and colour."""
    rows, columns = np.indices(counts.shape)
    figure.add_scatter(
        x=columns.ravel().tolist(),
        y=rows.ravel().tolist(),
        text=counts.ravel().tolist(),
        mode="text",
        hoverinfo="skip",
        showlegend=False,
    )


def _ticks(names: Sequence[str], are_shown: bool) -> dict[str, object]:
    return {
        "tickvals": list(range(len(names))),
        "ticktext": list(names),
        "showticklabels": are_shown,
        "showgrid": False,
    }


def _mark_cell(figure: go.Figure, row: int, column: int) -> None:
    edges = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
    for color, width in ((DARK, 6), (CHOSEN, 3)):
        figure.add_shape(type="rect", **edges, line={"color": color, "width": width})


def roc_curve(curves: ClassCurves, threshold: float) -> go.Figure:
    """Draws which share of a class is found against which share of the other pictures is wrongly called so.

    Args:
        curves: of the class.
        threshold: the probability whose point is marked; 0 marks none.
    """
    figure = _rates_figure("Other pictures called so", "Found")
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", name="Guessing", line={"color": QUIET, "dash": "dot"}, hoverinfo="skip"
    )
    drawn = curves.thinned(MOST_POINTS)
    figure.add_scatter(
        # From no picture called so.
        x=[0, *drawn.false_positive_rates.tolist()],
        y=[0, *drawn.true_positive_rates.tolist()],
        customdata=[1, *drawn.thresholds.tolist()],
        mode="lines",
        name="ROC",
        line={"width": 2.5},
        hovertemplate="from %{customdata:.1%} on: %{y:.1%} found, %{x:.1%} of the others called so<extra></extra>",
    )
    _mark_point(figure, curves, threshold, curves.false_positive_rates, curves.true_positive_rates)
    return figure


def precision_recall_curve(curves: ClassCurves, threshold: float) -> go.Figure:
    """Draws how many of the pictures called of a class are of it against which share of the class is found.

    Args:
        curves: of the class.
        threshold: the probability whose point is marked; 0 marks none.
    """
    figure = _rates_figure("Found (recall)", "Right among those called so (precision)")
    share = curves.num_positives / (curves.num_positives + curves.num_negatives)
    figure.add_scatter(
        x=[0, 1],
        y=[share, share],
        mode="lines",
        name="Guessing",
        line={"color": QUIET, "dash": "dot"},
        hoverinfo="skip",
    )
    drawn = curves.thinned(MOST_POINTS)
    figure.add_scatter(
        x=drawn.true_positive_rates.tolist(),
        y=drawn.precisions.tolist(),
        customdata=drawn.thresholds.tolist(),
        mode="lines",
        name="Precision and recall",
        # As average precision counts: each precision holds back to the recall before it.
        line={"width": 2.5, "shape": "vh"},
        hovertemplate="from %{customdata:.1%} on: %{x:.1%} found, %{y:.1%} of those called so right<extra></extra>",
    )
    _mark_point(figure, curves, threshold, curves.true_positive_rates, curves.precisions)
    return figure


def _rates_figure(across: str, up: str) -> go.Figure:
    figure = new_figure(320)
    figure.update_xaxes(title_text=across, tickformat=".0%", range=[-0.02, 1.02], dtick=0.2)
    figure.update_yaxes(title_text=up, tickformat=".0%", range=[-0.02, 1.05], dtick=0.2)
    return figure


def _mark_point(figure: go.Figure, curves: ClassCurves, threshold: float, across: np.ndarray, up: np.ndarray) -> None:
    index = curves.index_at(threshold)
    if not threshold or index is None:
        return
    figure.add_scatter(
        x=[float(across[index])],
        y=[float(up[index])],
        mode="markers",
        name=f"At {threshold:g}",
        marker={"size": 12, "symbol": "diamond", "line": {"width": 2, "color": DARK}},
        hoverinfo="skip",
    )
