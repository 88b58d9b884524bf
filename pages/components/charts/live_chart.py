"""Learning curves that grow in place.

`st.plotly_chart` rebuilds its chart whenever the figure changes: the lines blink and the zoom is lost. This component
passes each new figure to `Plotly.react`, which only updates what changed. It uses Streamlit's own copy of Plotly, which
is loaded with the first `st.plotly_chart` of a page, so a page with this component also draws such a chart
(`chart_view.load_plotly`). Until Plotly has loaded the component waits, and it says so if Plotly never loads.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import plotly.graph_objects as go
import streamlit as st

from core.config.training_config import TrainingConfig
from core.events import Event
from pages.components import wording
from pages.components.charts import charts

FOLDER = Path(__file__).parent
TITLES = {"accuracy": "Accuracy", "loss": "Loss"}

_mount = st.components.v2.component(
    "learning_curves",
    html='<div class="curves"></div>',
    css=(FOLDER / "live_chart.css").read_text(encoding="utf-8"),
    js="".join((FOLDER / name).read_text(encoding="utf-8") for name in ("plotly_parts.js", "live_chart.js")),
    isolate_styles=False,
)


def learning_curves(run_id: str, events: Sequence[Event], config: TrainingConfig, has_ended: bool) -> None:
    """Shows accuracy and loss side by side, or one above the other on a narrow page.

    The arguments but the first are those of `charts.learning_curve`.
    """
    show(
        f"curves_{run_id}",
        [
            (
                title,
                wording.curve_label(title, metric, events),
                charts.learning_curve(events, metric, config, has_ended),
            )
            for metric, title in TITLES.items()
        ],
    )


def show(key: str, figures: Sequence[tuple[str, str, go.Figure]]) -> None:
    """Shows figures side by side, or one above the other on a narrow page; later ones under this key grow in place.

    Args:
        key: of the element.
        figures: each with its title and what it shows, for screen readers.
    """
    data = [{"title": title, "label": alt, "figure": json.loads(figure.to_json())} for title, alt, figure in figures]
    _mount(key=key, data=data)
