"""Charts: data in, Plotly figures out. No Streamlit calls.

Colours are left to the theme where possible: traces cycle through its list of chart colours, so both light and dark
fit. Names from users are escaped, because Plotly interprets some HTML in every text.
"""

import html
import math
from collections.abc import Mapping, Sequence

import numpy as np

# Plotly uses pandas once it finds it loaded, even while another thread is still loading it, and then fails.
import pandas  # type: ignore[import-untyped] # noqa: F401
import plotly.graph_objects as go

from core.config.training_config import TrainingConfig
from core.evaluation.calibration import Reliability
from core.events import Event
from core.forecast.rate_curve import RateCurve

METRICS = {
    "val_accuracy": "Validation accuracy",
    "val_loss": "Validation loss",
    "accuracy": "Training accuracy",
    "loss": "Training loss",
}
SPLITS = {"train": "Training", "validation": "Validation", "test": "Test", "": "Not split yet"}
# Grey enough to stay in the background, with enough contrast (3:1) on both light and dark pages.
QUIET = "#7f8f94"
LONGEST_NAME = 28
LONGEST_RUN_NAME = 44
# Overlapping lines can be told apart by the gaps between the dashes, so only the first line is solid.
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
MARKERS = ("circle-open", "square-open", "diamond-open", "triangle-up-open", "x-thin-open", "star-open", "hexagon-open")


def label(name: str, longest: int = LONGEST_NAME) -> str:
    """Returns a name from a user as a text that Plotly shows unchanged.

    Args:
        name: the name.
        longest: most characters; a longer name loses its middle, as names mostly differ at the end.
    """
    if len(name) > longest:
        end = (longest - 1) // 2
        name = f"{name[: longest - 1 - end]}…{name[-end:]}"
    return html.escape(name, quote=False)


def new_figure(height: int, **layout: object) -> go.Figure:
    """Returns an empty figure with the margins and legend that all charts share."""
    figure = go.Figure()
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        legend={"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        **layout,
    )
    figure.update_xaxes(automargin=True, title_font_size=13)
    figure.update_yaxes(automargin=True, title_font_size=13, title_standoff=12)
    return figure


def _epoch_axis(figure: go.Figure, last: int) -> None:
    step = max(1, round(last / 8))
    figure.update_xaxes(
        title_text="Epoch", range=[0.5, last + 0.5], tick0=step if step > 1 else 1, dtick=step, zeroline=False
    )


def _metric_axis(figure: go.Figure, metric: str, values: Sequence[float]) -> None:
    """Gives accuracy a range that rarely changes while points come in; the loss only gets its zero."""
    if "loss" in metric:
        figure.update_yaxes(rangemode="tozero") if values else figure.update_yaxes(range=[0, 1])
        return
    lowest = np.floor(min(values, default=0.5) * 10 - 0.5) / 10
    bottom = float(min(0.9, max(0.0, lowest)))
    step = 0.2 if bottom < 0.5 else 0.1 if bottom < 0.8 else 0.05
    # Slightly above 100 %, so that a line along the top isn't cut in half.
    figure.update_yaxes(tickformat=".0%", range=[bottom, 1 + (1 - bottom) * 0.04], tick0=1, dtick=step)


def epochs_of(events: Sequence[Event]) -> list[Event]:
    """Returns the events that end an epoch, in order."""
    return [event for event in events if event.epoch]


def learning_curve(events: Sequence[Event], metric: str, config: TrainingConfig, has_ended: bool = False) -> go.Figure:
    """Draws training and validation by epoch, on an axis as long as the whole run.

    Args:
        events: a run's events.
        metric: `accuracy` or `loss`.
        config: the run's configuration; gives the number of epochs and where fine-tuning begins.
        has_ended: whether no more epochs will come: then the axis ends with the last one.
    """
    points = epochs_of(events)
    figure = new_figure(300, hovermode="x unified", uirevision="keep")
    values: list[float] = []
    for name, text, dash in ((f"val_{metric}", "Validation", "solid"), (metric, "Training", "dot")):
        heights = [event.metrics.get(name) for event in points]
        values += [height for height in heights if height is not None]
        figure.add_scatter(
            x=[event.epoch for event in points],
            y=heights,
            name=text,
            mode="lines+markers",
            line={"dash": dash, "width": 2.5},
            marker={"size": 6},
            hovertemplate="%{y:.1%}" if metric == "accuracy" else "%{y:.3f}",
        )
    planned = [] if has_ended and points else [config.total_epochs]
    last = max([*planned, *(event.epoch for event in points)])
    _epoch_axis(figure, last)
    _metric_axis(figure, metric, values)
    if config.head_epochs and config.fine_tune_epochs:
        figure.add_vline(
            x=config.head_epochs + 0.5,
            line={"color": QUIET, "dash": "dash", "width": 1},
            annotation_text="fine-tuning",
            annotation_position="bottom right",
        )
    return figure


def comparison(
    curves: Mapping[str, Sequence[Event]], metric: str, times: Mapping[str, Sequence[float]] | None = None
) -> go.Figure:
    """Draws one metric of several runs.

    Args:
        curves: events that end an epoch, by the run's name.
        metric: one of `METRICS`.
        times: when each of these epochs ended, in seconds, by the run's name, to draw them by time; None to draw them
            by epoch.
    """
    figure = new_figure(360, hovermode="closest" if times else "x unified")
    values: list[float] = []
    last = 1
    for index, (name, events) in enumerate(curves.items()):
        moments = times[name] if times else [event.epoch for event in events]
        points = [(moment, event) for moment, event in zip(moments, events, strict=True) if metric in event.metrics]
        heights = [event.metrics[metric] for _, event in points]
        figure.add_scatter(
            x=[moment for moment, _ in points],
            y=heights,
            name=label(name, LONGEST_RUN_NAME),
            mode="lines+markers",
            line={"width": 2.5, "dash": DASHES[index % len(DASHES)]},
            marker={"size": 9, "symbol": MARKERS[index % len(MARKERS)], "line": {"width": 2}},
            hovertemplate=("%{y:.3f}" if "loss" in metric else "%{y:.1%}") + (" after %{x:.1f} s" if times else ""),
        )
        values += heights
        last = max([last, *(event.epoch for _, event in points)])
    if times:
        figure.update_xaxes(title_text="Seconds at work", rangemode="tozero")
    else:
        _epoch_axis(figure, last)
    _metric_axis(figure, metric, values)
    figure.update_layout(showlegend=True)
    figure.update_yaxes(title_text=METRICS[metric])
    return figure


def rate_curve(curve: RateCurve) -> go.Figure:
    """Draws the loss of a short training run against its rising learning rate, and marks the suggestion."""
    figure = new_figure(260, showlegend=False)
    figure.add_scatter(
        x=curve.rates,
        y=curve.losses,
        mode="lines",
        line={"width": 2.5},
        hovertemplate="%{x:.1e}: loss %{y:.3f}<extra></extra>",
    )
    loss = float(np.interp(np.log(curve.suggestion), np.log(curve.rates), curve.losses))
    figure.add_scatter(
        x=[curve.suggestion],
        y=[loss],
        mode="markers+text",
        marker={"size": 12},
        text=[f"{curve.suggestion:.0e}"],
        textposition="top right",
        textfont={"size": 14},
        hovertemplate="%{x:.0e}: the suggestion<extra></extra>",
    )
    figure.update_xaxes(title_text="Learning rate", type="log", tickformat=".0e", dtick=1)
    figure.update_yaxes(title_text="Loss")
    return figure


def calibration(curves: Mapping[str, Sequence[Reliability]]) -> go.Figure:
    """Draws how often answers were right by the probability they were given with, beside where they should be.

    Args:
        curves: by their names.
    """
    figure = new_figure(320)
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", name="As it should be", line={"color": QUIET, "dash": "dot"}, hoverinfo="skip"
    )
    most = max((point.count for points in curves.values() for point in points), default=1)
    for index, (name, points) in enumerate(curves.items()):
        figure.add_scatter(
            x=[point.probability for point in points],
            y=[point.share_right for point in points],
            customdata=[point.count for point in points],
            mode="lines+markers",
            name=name,
            line={"dash": DASHES[index]},
            # Few answers say little.
            marker={"symbol": MARKERS[index], "size": [6 + 12 * (point.count / most) ** 0.5 for point in points]},
            hovertemplate="given with %{x:.0%}: %{y:.0%} of %{customdata} right<extra>%{fullData.name}</extra>",
        )
    # Never only the end of the scale, where a hair's breadth would look like a gulf.
    lowest = min((point.probability for points in curves.values() for point in points), default=0.5)
    tenths = min(5, math.floor(10 * lowest))
    figure.update_xaxes(
        title_text="Probability of the answer", tickformat=".0%", dtick=0.1, range=[tenths / 10 - 0.02, 1.02]
    )
    figure.update_yaxes(title_text="Share that was right", tickformat=".0%", range=[-0.02, 1.05])
    return figure
