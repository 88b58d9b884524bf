"""Shows a figure in the theme's colours."""

import hashlib

import plotly.graph_objects as go
import streamlit as st

from pages.components.presenter import presenter

# Of the containers of charts, by which the browser tells what isn't a chart (server/charts_last.js).
PREFIX = "chart_"
# MathJax isn't available, so Plotly must not look for formulas.
CONFIG = {"displayModeBar": False, "typesetMath": False}
# Hidden by `page.css`.
LOADER = f"{PREFIX}loader"
# Of the text in charts in the presenter view, in pixels.
PRESENTED_SIZE = 18


def show(figure: go.Figure, alt: str, key: str | None = None) -> None:
    """Draws a figure.

    Args:
        figure: one of `charts`.
        alt: what it shows, for screen readers.
        key: of the element.
    """
    # Streamlit registers its template on the first access to `st.plotly_chart`, so figures can't be created with it.
    draw = st.plotly_chart
    figure.update_layout(template="streamlit")
    if presenter.is_on():
        figure.update_layout(font_size=PRESENTED_SIZE, legend_font_size=PRESENTED_SIZE)
        figure.update_xaxes(tickfont_size=PRESENTED_SIZE, title_font_size=PRESENTED_SIZE)
        figure.update_yaxes(tickfont_size=PRESENTED_SIZE, title_font_size=PRESENTED_SIZE)
    # As Streamlit does, figures without a key are told apart by what they show.
    shown = key or hashlib.sha256((figure.to_json() + alt).encode()).hexdigest()[:12]
    with st.container(key=f"{PREFIX}{shown}"):
        draw(figure, config=CONFIG, alt=alt, key=key)


def load_plotly(name: str = "chart") -> None:
    """Loads Plotly for a page whose charts come later, with an invisible chart.

    Args:
        name: of the chart, to tell it from another one of the same page.
    """
    with st.container(key=f"{LOADER}_{name}"):
        st.plotly_chart(go.Figure(), height=10, config=CONFIG, key=f"{LOADER}_of_{name}")
