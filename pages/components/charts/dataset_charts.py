"""Charts of data sets: data in, Plotly figures out. No Streamlit calls."""

import itertools
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from core.datasets.index import ClassDistribution
from core.datasets.sample import Sample
from pages.components.charts.charts import QUIET, SPLITS, label, new_figure

BINS = 24
# More than four times as wide as tall, or as tall as wide, counts as four times.
WIDEST = 2.0
ASPECT_TICKS = {-2: "1:4", -1: "1:2", 0: "1:1", 1: "2:1", 2: "4:1"}
# One for each colour of the theme.
MOST_COLOURS = 10
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "hexagon", "triangle-down", "x", "pentagon")
LABEL_SIZE = 12
# A light ring within a dark one stands out from any colour of a dot, on light and dark pages alike.
DARK, LIGHT, CHOSEN = "#0d171b", "#ffffff", "#facc15"


def class_counts(distribution: ClassDistribution, most: int = 40) -> go.Figure:
    """Draws how many pictures each class has, one colour a split.

    Args:
        distribution: the numbers.
        most: how many classes to show.
    """
    names = [label(name) for name in distribution.class_names[:most]]
    figure = new_figure(max(180, 90 + 30 * len(names)), barmode="stack", bargap=0.35)
    for split, text in SPLITS.items():
        counts = distribution.counts.get(split, ())[:most]
        if any(counts):
            figure.add_bar(
                y=list(range(len(names))),
                x=counts,
                name=text,
                orientation="h",
                customdata=names,
                hovertemplate="%{customdata}: %{x:,} pictures",
            )
    _name_rows(figure, names)
    figure.update_layout(showlegend=True, legend_traceorder="normal")
    return figure


def class_changes(before: Mapping[str, int], after: Mapping[str, int], most: int = 40) -> go.Figure:
    """Draws how many pictures each class has in two data sets.

    Args:
        before: numbers by class in the first.
        after: numbers by class in the second.
        most: how many classes to show.
    """
    classes = list(dict.fromkeys([*before, *after]))[:most]
    names = [label(name) for name in classes]
    figure = new_figure(max(200, 90 + 44 * len(names)), barmode="group", bargap=0.35)
    for text, counts in (("Before", before), ("After", after)):
        figure.add_bar(
            y=list(range(len(names))),
            x=[counts.get(name, 0) for name in classes],
            name=text,
            orientation="h",
            text=[f"{counts.get(name, 0):,}" for name in classes],
            textposition="outside",
            textfont={"size": LABEL_SIZE},
            cliponaxis=False,
            customdata=names,
            hovertemplate="%{customdata}: %{x:,} pictures",
        )
    _name_rows(figure, names)
    # Space for the numbers beyond the longest bar.
    longest = max((*before.values(), *after.values()), default=1)
    figure.update_xaxes(range=[0, 1.15 * max(longest, 1)])
    figure.update_layout(showlegend=True, legend_traceorder="normal")
    return figure


def _name_rows(figure: go.Figure, names: Sequence[str]) -> None:
    figure.update_yaxes(tickvals=list(range(len(names))), ticktext=list(names), autorange="reversed")
    figure.update_xaxes(title_text="Pictures", rangemode="tozero")


def side_histogram(samples: Sequence[Sample]) -> go.Figure:
    """Draws a histogram of the pictures' shorter sides, in pixels."""
    sides = np.array([min(sample.width, sample.height) for sample in samples])
    edges = np.unique(np.linspace(sides.min(), sides.max() + 1, BINS + 1).round()) if len(sides) else np.array([0, 1])
    figure = _histogram(sides, edges, lambda low, high: f"{low:.0f} to {high - 1:.0f} pixels")
    figure.update_xaxes(title_text="Shorter side in pixels")
    return figure


def aspect_histogram(samples: Sequence[Sample]) -> go.Figure:
    """Draws a histogram of the pictures' aspect ratios."""
    ratios = np.array([sample.width / sample.height for sample in samples])
    # Logarithmic, so that wide and tall pictures of the same shape are equally far from square.
    powers = np.clip(np.log2(ratios), -WIDEST, WIDEST) if len(ratios) else ratios
    edges = np.linspace(-WIDEST - WIDEST / BINS, WIDEST + WIDEST / BINS, BINS + 2)
    figure = _histogram(powers, edges, lambda low, high: f"{2**low:.2f} to {2**high:.2f} times as wide as tall")
    figure.update_xaxes(title_text="Width to height", tickvals=list(ASPECT_TICKS), ticktext=list(ASPECT_TICKS.values()))
    return figure


def _histogram(values: np.ndarray, edges: np.ndarray, words: Callable[[float, float], str]) -> go.Figure:
    counts, edges = np.histogram(values, edges)
    figure = new_figure(240, showlegend=False, bargap=0.06)
    figure.add_bar(
        x=((edges[:-1] + edges[1:]) / 2).tolist(),
        y=counts.tolist(),
        width=(np.diff(edges) * 0.94).tolist(),
        customdata=[words(low, high) for low, high in itertools.pairwise(edges)],
        hovertemplate="%{customdata}: %{y:,} pictures<extra></extra>",
    )
    figure.update_yaxes(title_text="Pictures", rangemode="tozero")
    return figure


def picture_map(
    coordinates: np.ndarray,
    classes: Sequence[str],
    names: Sequence[str],
    coloured: Sequence[str],
    marked: Sequence[int] = (),
    title: str = "To look at",
    chosen: int | None = None,
) -> go.Figure:
    """Draws pictures as dots, similar ones near each other, with one colour and shape per class.

    Args:
        coordinates: of shape `(num_pictures, 2)`.
        classes: the class of each picture.
        names: what each picture is called.
        coloured: the classes that get a colour; the others are grey.
        marked: indices of the pictures to draw a ring around.
        title: what the ring means.
        chosen: index of the chosen picture, which gets a bold ring; None for none.
    """
    figure = new_figure(560, hovermode="closest", dragmode="pan")
    own = np.array(classes, dtype=object)
    groups = [(name, own == name) for name in coloured]
    others = ~np.isin(own, list(coloured))
    for name, members, look in (
        [("Other classes", others, {"color": QUIET, "opacity": 0.4, "size": 6})] if others.any() else []
    ) + [
        (label(name), members, {"symbol": SYMBOLS[index % len(SYMBOLS)], "size": 8, "opacity": 0.8})
        for index, (name, members) in enumerate(groups)
    ]:
        indices = np.flatnonzero(members)
        figure.add_scatter(
            x=coordinates[indices, 0].tolist(),
            y=coordinates[indices, 1].tolist(),
            name=name,
            mode="markers",
            marker=look,
            customdata=[[index, label(names[index]), label(classes[index])] for index in indices.tolist()],
            hovertemplate="%{customdata[2]}: %{customdata[1]}<extra></extra>",
        )
    if len(marked):
        _ring(figure, coordinates[list(marked)], title, 15, (4.5, 1.5), LIGHT)
    if chosen is not None:
        _ring(figure, coordinates[[chosen]], "Chosen", 26, (9, 4), CHOSEN)
    for update in (figure.update_xaxes, figure.update_yaxes):
        update(showticklabels=False, showgrid=False, zeroline=False, title=None)
    figure.update_layout(showlegend=True, legend_traceorder="normal", legend_itemsizing="constant")
    return figure


def _ring(
    figure: go.Figure, coordinates: np.ndarray, name: str, size: int, widths: tuple[float, float], color: str
) -> None:
    """Draws a ring around dots: a narrow one in a colour within a wide dark one."""
    look = {"symbol": "circle-open", "size": size, "opacity": 1}
    for width, own in zip(widths, (DARK, color), strict=True):
        figure.add_scatter(
            x=coordinates[:, 0].tolist(),
            y=coordinates[:, 1].tolist(),
            legendgroup=name,
            showlegend=False,
            mode="markers",
            marker={**look, "color": own, "line": {"width": width}},
            hoverinfo="skip",
        )
    # In the legend, where one of the rings would be lost, a disc in both colours.
    figure.add_scatter(
        x=[None],
        y=[None],
        name=name,
        legendgroup=name,
        mode="markers",
        marker={"symbol": "circle", "color": color, "line": {"width": 2, "color": DARK}},
        hoverinfo="skip",
    )
