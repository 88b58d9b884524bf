"""Several runs side by side. The runs are part of the address, so reloading works and it can be shared."""

from collections.abc import Sequence

import streamlit as st

from core.runs.records.store import Run
from pages.components import wording
from pages.components.charts import chart_view, charts
from pages.components.results import run_views
from pages.components.shared import tables
from pages.components.shell import frame, session

PERCENT = "%.1f %%"


def show_comparison(chosen: Sequence[Run]) -> None:
    """Draws the curves of the chosen runs in one chart."""
    metric = st.segmented_control(
        "Metric",
        list(charts.METRICS),
        default="val_accuracy",
        required=True,
        format_func=charts.METRICS.__getitem__,
        label_visibility="collapsed",
    )
    curves = {run.name: session.run_store().events(run.id) for run in chosen}
    if not any(charts.epochs_of(events) for events in curves.values()):
        st.caption("None of these runs has finished an epoch.")
        return
    chart_view.show(
        charts.comparison(curves, metric), alt=f"{charts.METRICS[metric]} of {len(chosen)} runs, epoch by epoch"
    )
    tables.show(
        {
            "Run": [run.name for run in chosen],
            "Recipe": [run_views.recipe_label(run) for run in chosen],
            "Accuracy": [_accuracy_percent(run) for run in chosen],
            "Epochs": [len(charts.epochs_of(curves[run.name])) for run in chosen],
        },
        alt="The compared runs with recipe, accuracy and epochs",
        file_name="runs.csv",
        column_config={"Accuracy": st.column_config.NumberColumn(format=PERCENT)},
        placeholder=wording.UNKNOWN,
    )


def _accuracy_percent(run: Run) -> float | None:
    return run.metrics["val_accuracy"] * 100 if "val_accuracy" in run.metrics else None


def chosen_runs() -> list[Run]:
    """Returns the runs in the address that still exist."""
    named = st.query_params.get("runs", "").split(",")
    return [run for run in session.run_store().list() if run.id in named]


frame.title("Compare runs")
with session.errors_shown():
    compared = chosen_runs()
    if len(compared) > 1:
        show_comparison(compared)
    else:
        st.info("Choose two or more runs under Runs to compare them.", icon=":material/info:")
        st.page_link(session.RUNS, label="All runs", icon=":material/stacked_line_chart:")
