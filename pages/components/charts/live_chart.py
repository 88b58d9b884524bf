"""Learning curves that grow in place.

`st.plotly_chart` builds its chart anew whenever the figure changes: the lines blink and zoom is lost. This component
hands each new figure to `Plotly.react`, which only moves what changed. The library itself is Streamlit's own copy,
which it loads with the first `st.plotly_chart` of a page, so a page that mounts this draws one of those too (the
network's blocks). Until the library is there the component waits, and says so if it never comes.
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
    js=(FOLDER / "live_chart.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def learning_curves(run_id: str, events: Sequence[Event], config: TrainingConfig) -> None:
    """Shows accuracy and loss side by side, on top of each other where it is narrow."""
    data = [
        {
            "title": title,
            "label": wording.curve_label(title, metric, events),
            "figure": json.loads(charts.learning_curve(events, metric, config).to_json()),
        }
        for metric, title in TITLES.items()
    ]
    _mount(key=f"curves_{run_id}", data=data)
