"""The guide's charts: a recorded figure in, a Plotly figure out. No Streamlit calls."""

from collections.abc import Callable, Sequence
from typing import Any

import plotly.graph_objects as go

from pages.components.charts.charts import DASHES, MARKERS, QUIET, new_figure
from pages.components.guide.figure_words import LEAST_COUNT, name_of
from pages.components.guide.recorded import Figure, Line

HEIGHT = 340
ABOVE_ALL = 1.03
# Seen on bars of all colours and beside them, in both themes.
ON_BARS = QUIET
PICTURES_A_CLASS = "Pictures a class"


def chart(figure: Figure) -> go.Figure:
    """Draws a recorded figure.

    Args:
        figure: one that isn't a picture.
    """
    drawn = _DRAWINGS[figure.name](figure)
    drawn.update_layout(showlegend=len(figure.lines) > 1 and figure.name != "unlike")
    return drawn


def _bars_of(line: Line, colour: str = "") -> dict[str, Any] | None:
    if not line.low:
        return None
    return {
        "type": "data",
        "symmetric": False,
        "array": [high - value for high, value in zip(line.high, line.y, strict=True)],
        "arrayminus": [value - low for low, value in zip(line.low, line.y, strict=True)],
        "thickness": 1.5,
        "width": 5,
        **({"color": colour} if colour else {}),
    }


def _share_axis(drawn: go.Figure, lines: Sequence[Line], words: str) -> None:
    lowest = min(value for line in lines for value in (line.low or line.y))
    bottom = max(0.0, min(0.9, int(lowest * 10 - 0.2) / 10))
    drawn.update_yaxes(title_text=words, tickformat=".0%", range=[bottom, 1 + (1 - bottom) * 0.04], zeroline=False)


def _lines(figure: Figure, x_title: str, y_title: str, logarithmic: bool = False) -> go.Figure:
    drawn = new_figure(HEIGHT, hovermode="x unified")
    for index, line in enumerate(figure.lines):
        drawn.add_scatter(
            x=list(line.x),
            y=list(line.y),
            name=name_of(line.code),
            mode="lines+markers",
            line={"width": 2.5, "dash": DASHES[index]},
            marker={"size": 8, "symbol": MARKERS[index], "line": {"width": 2}},
            error_y=_bars_of(line),
            hovertemplate="%{y:.1%}",
        )
    drawn.update_xaxes(title_text=x_title, zeroline=False)
    if logarithmic:
        places = sorted({place for line in figure.lines for place in line.x})
        drawn.update_xaxes(type="log", tickvals=places, ticktext=[str(place) for place in places], minor={"ticks": ""})
    _share_axis(drawn, figure.lines, y_title)
    return drawn


def _by_pictures(figure: Figure) -> go.Figure:
    return _lines(figure, PICTURES_A_CLASS, "Right answers", logarithmic=True)


def _curves(figure: Figure) -> go.Figure:
    return _lines(figure, "Epoch", "Right answers on validation pictures")


def _blocks(figure: Figure) -> go.Figure:
    drawn = new_figure(HEIGHT)
    (line,) = figure.lines
    extra = zip(figure.facts["seconds"], figure.facts["params"], strict=True)
    drawn.add_scatter(
        x=list(line.x),
        y=list(line.y),
        name=name_of(line.code),
        mode="lines+markers+text",
        line={"width": 2.5},
        marker={"size": 9},
        error_y=_bars_of(line),
        customdata=list(extra),
        text=[f"{seconds / figure.facts['seconds'][0]:.1f} x the time" for seconds in figure.facts["seconds"]],
        textposition="bottom right",
        hovertemplate=(
            "%{x} blocks: %{y:.1%}, %{customdata[0]:.0f} s, %{customdata[1]:,} trainable numbers<extra></extra>"
        ),
    )
    drawn.update_xaxes(
        title_text="Trainable blocks at the end of the network", dtick=1, zeroline=False, range=[-0.3, max(line.x) + 1]
    )
    _share_axis(drawn, figure.lines, "Right answers")
    return drawn


def _grouped(figure: Figure) -> go.Figure:
    drawn = new_figure(HEIGHT, barmode="group")
    for line in figure.lines:
        drawn.add_bar(
            x=[name_of(place) for place in line.x],
            y=list(line.y),
            name=name_of(line.code),
            error_y=_bars_of(line, ON_BARS),
            hovertemplate="%{x}: %{y:.1%}<extra>%{fullData.name}</extra>",
        )
    drawn.update_yaxes(title_text="Right answers", tickformat=".0%", range=[0, ABOVE_ALL])
    return drawn


def _matrix(figure: Figure) -> go.Figure:
    drawn = new_figure(HEIGHT)
    drawn.add_heatmap(
        x=[name_of(place) for place in figure.lines[0].x],
        y=[name_of(line.code) for line in figure.lines],
        z=[list(line.y) for line in figure.lines],
        zmin=0,
        zmax=1,
        texttemplate="%{z:.0%}",
        showscale=False,
        xgap=3,
        ygap=3,
        hovertemplate="A model of %{y} asked about %{x}: %{z:.0%} unlike anything seen<extra></extra>",
    )
    drawn.update_xaxes(title_text="Asked about", side="top")
    drawn.update_yaxes(title_text="Trained on", autorange="reversed")
    return drawn


def _dots(figure: Figure) -> go.Figure:
    drawn = new_figure(HEIGHT)
    for index, line in enumerate(figure.lines):
        drawn.add_scatter(
            x=list(line.x),
            y=list(line.y),
            name=name_of(line.code),
            mode="markers",
            marker={"size": 8, "symbol": MARKERS[index], "line": {"width": 2}},
            hovertemplate="%{fullData.name}<extra></extra>",
        )
    hidden = {"showticklabels": False, "zeroline": False, "showgrid": False}
    drawn.update_xaxes(title_text="First direction in which they differ most", **hidden)
    drawn.update_yaxes(title_text="Second", **hidden)
    return drawn


def _calibration(figure: Figure) -> go.Figure:
    drawn = new_figure(HEIGHT)
    drawn.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", name="As it should be", line={"color": QUIET, "dash": "dot"}, hoverinfo="skip"
    )
    most = max(number for line in figure.lines for number in line.count)
    for index, line in enumerate(figure.lines):
        shown = [place for place, number in enumerate(line.count) if number >= LEAST_COUNT]
        counts = [line.count[place] for place in shown]
        drawn.add_scatter(
            x=[line.x[place] for place in shown],
            y=[line.y[place] for place in shown],
            name=name_of(line.code),
            customdata=counts,
            mode="lines+markers",
            line={"dash": DASHES[index]},
            # Few answers say little.
            marker={"symbol": MARKERS[index], "size": [6 + 12 * (number / most) ** 0.5 for number in counts]},
            hovertemplate="given with %{x:.0%}: %{y:.0%} of %{customdata} right<extra>%{fullData.name}</extra>",
        )
    drawn.update_xaxes(title_text="Probability of the answer", tickformat=".0%", range=[0, 1.02])
    drawn.update_yaxes(title_text="Share that was right", tickformat=".0%", range=[-0.02, 1.05])
    return drawn


_DRAWINGS: dict[str, Callable[[Figure], go.Figure]] = {
    "domains": _dots,
    "samples": _grouped,
    "curves": _curves,
    "few_pictures": _by_pictures,
    "blocks": _blocks,
    "negative": _by_pictures,
    "augmentation": _by_pictures,
    "shift": _grouped,
    "few_shots": _by_pictures,
    "calibration": _calibration,
    "unlike": _matrix,
}
