"""Shows a figure in the theme's colours."""

import plotly.graph_objects as go
import streamlit as st

CONFIG = {"displayModeBar": False}


def show(figure: go.Figure, alt: str, key: str | None = None) -> None:
    """Draws a figure.

    Args:
        figure: one of `charts`.
        alt: what it shows, for people who hear the page.
        key: of the element.
    """
    # Streamlit's template is registered when `st.plotly_chart` is looked up for the first time, so figures can't have
    # had it from their beginning.
    draw = st.plotly_chart
    figure.update_layout(template="streamlit")
    draw(figure, config=CONFIG, alt=alt, key=key)
