"""Learning curves that grow in place.

`st.plotly_chart` rebuilds its chart whenever the figure changes: the lines blink and the zoom is lost. This component
passes each new figure to `Plotly.react`, which only updates what changed. It uses Streamlit's own copy of Plotly, which
is loaded with the first `st.plotly_chart` of a page, so a page with this component also draws such a chart
(`chart_view.load_plotly`). Until Plotly has loaded the component waits, and it says so if Plotly never loads.
"""

import json
from collections.abc import Sequence
from pathlib import Path

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


def learning_curves(run_id: str, events: Sequence[Event], config: TrainingConfig) -> None:
    """Shows accuracy and loss side by side, or one above the other on a narrow page."""
    data = [
        {
            "title": title,
            "label": wording.curve_label(title, metric, events),
            "figure": json.loads(charts.learning_curve(events, metric, config).to_json()),
        }
        for metric, title in TITLES.items()
    ]
    _mount(key=f"curves_{run_id}", data=data)
