"""A panel of a recording as a figure: lines with bands of uncertainty. No Streamlit calls."""

import plotly.graph_objects as go

from core.experiments.recording import Panel, Point
from pages.components.charts.charts import DASHES, MARKERS, label, new_figure


def panel_chart(panel: Panel, height: int = 380) -> go.Figure:
    """Draws a panel; points of one lane are joined, and have whiskers where they have an interval."""
    figure = new_figure(height, hovermode="closest", uirevision="keep")
    height_form = "%{y:.1%}" if panel.is_share else "%{y:.3f}"
    for index, lane in enumerate(panel.lanes):
        points = sorted(lane.points, key=lambda point: point.x)
        figure.add_scatter(
            x=[point.x for point in points],
            y=[point.y for point in points],
            error_y=_whiskers(points),
            name=label(lane.name),
            mode="lines+markers" if len(points) > 1 else "markers",
            line={"dash": DASHES[index % len(DASHES)], "width": 2.5},
            marker={"size": 7 if len(points) > 1 else 11, "symbol": MARKERS[index % len(MARKERS)]},
            hovertemplate=f"%{{x:,.3~g}}: {height_form}<extra>%{{fullData.name}}</extra>",
        )
    figure.update_xaxes(title_text=panel.x_label, rangemode="tozero")
    figure.update_yaxes(title_text=panel.y_label)
    if panel.is_share:
        figure.update_yaxes(tickformat=".0%", range=[_bottom(panel), 1.02])
    return figure


def _bottom(panel: Panel) -> float:
    lowest = min((min(point.y, point.low or point.y) for lane in panel.lanes for point in lane.points), default=0.0)
    return max(0.0, lowest - 0.05)


def _whiskers(points: list[Point]) -> dict[str, object]:
    bounds = [(point.y, point.low, point.high) for point in points if point.low is not None and point.high is not None]
    if not bounds or len(bounds) != len(points):
        return {}
    return {
        "type": "data",
        "array": [high - y for y, _, high in bounds],
        "arrayminus": [y - low for y, low, _ in bounds],
        "thickness": 1.2,
        "width": 4,
    }
