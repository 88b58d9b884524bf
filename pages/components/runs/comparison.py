"""Several runs side by side: how good, how fast, what differs in their settings, and which is better."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.config.training_config import SETTINGS
from core.config.unused import unused_settings
from core.errors import CoreError
from core.evaluation.comparison import CONFIDENCE, compare
from core.evaluation.evaluation import Evaluation
from core.evaluation.words.runs import run_comparison
from core.events import Event
from core.runs.epoch_times import epoch_times
from core.runs.records.store import Run
from pages.components import wording
from pages.components.charts import chart_view, charts
from pages.components.presenter import presenter
from pages.components.results import run_views, stored
from pages.components.runs import differences_view
from pages.components.runs.accuracies import accuracy_of
from pages.components.runs.groups import best_first
from pages.components.shared import tables
from pages.components.shared.setting_words import setting_words
from pages.components.shell import session

# A run that is adapted to nothing has no value there, whether it could have one or not.
NOTHING = ""
EPOCHS, SECONDS = "epochs", "seconds"
AXES = {EPOCHS: "By epoch", SECONDS: "By seconds"}


def show(runs: Sequence[Run]) -> None:
    """Draws the comparison.

    Args:
        runs: at least two.
    """
    curves = {run.id: charts.epochs_of(session.run_store().events(run.id)) for run in runs}
    _show_verdicts(runs)
    _show_cards(runs, curves)
    st.header("Curves", anchor=False)
    _show_curves(runs, curves)
    differences_view.show(runs)
    with presenter.advanced("settings"):
        st.header("Settings that differ", anchor=False)
        _show_settings(runs)
    st.download_button(
        "Download as CSV",
        lambda: tables.as_csv(_columns(runs, curves)),
        file_name="runs.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        type="tertiary",
    )


def _show_cards(runs: Sequence[Run], curves: Mapping[str, Sequence[Event]]) -> None:
    grid = st.grid(min(len(runs), 4), min_column_width=220, border=True, gap="small", key="compared_runs")
    for run in runs:
        with grid.cell(), st.container(gap="xsmall"):
            st.page_link(session.RUN, label=f"**{wording.plain(run.name)}**", query_params={"run": run.id})
            found = accuracy_of(run)
            if found is None:
                run_views.status_badge(run)
                st.caption("No model" if run.status.is_finished else "No model yet")
            else:
                st.metric("Validation accuracy", wording.percent(found.share))
                of = f"{found.interval_words} on {wording.count(found.num_pictures, 'picture')}"
                st.caption(of if found.num_pictures else "The number of pictures is unknown.")
            facts = [run_views.recipe_label(run), wording.count(len(curves[run.id]), "epoch")]
            taken = run_views.seconds_taken(run)
            st.caption(" · ".join([*facts, *([wording.duration(taken)] if taken is not None else [])]))
            st.caption(wording.plain(run.dataset_name))


def _show_verdicts(runs: Sequence[Run]) -> None:
    """Says of the best model and each other one whether they can be told apart."""
    evaluated = [(run, found) for run in sorted(runs, key=best_first) if (found := _evaluation(run)) is not None]
    if len(evaluated) < 2:
        st.caption("Two models are needed to say which is better.")
        return
    (best, its_answers), *others = evaluated
    # Each of several comparisons is stricter, so that all of them together are as reliable as a single one.
    confidence = 1 - (1 - CONFIDENCE) / len(others)
    sentences = [
        run_comparison(
            compare(its_answers, answers, best.dataset_id == run.dataset_id, confidence),
            f"**{wording.plain(best.name)}**",
            f"**{wording.plain(run.name)}**",
        )
        for run, answers in others
    ]
    st.markdown("\n\n".join(sentences))
    several = ", all comparisons together" if len(others) > 1 else ""
    st.caption(
        "Accuracies with their 95 % intervals, on the validation pictures. Two models are told apart where chance "
        f"alone would make such a difference less than once in 20 times (exact McNemar test{several})."
    )


def _evaluation(run: Run) -> Evaluation | None:
    if not run.has_model:
        return None
    try:
        return stored.evaluations(run)[0]
    except CoreError:
        return None


def _show_curves(runs: Sequence[Run], curves: Mapping[str, Sequence[Event]]) -> None:
    if not any(curves.values()):
        st.caption("None of these runs has finished an epoch.")
        return
    with st.container(horizontal=True):
        metric = st.segmented_control(
            "Metric",
            list(charts.METRICS),
            default="val_accuracy",
            required=True,
            format_func=charts.METRICS.__getitem__,
            label_visibility="collapsed",
            key="compared_metric",
        )
        axis = st.segmented_control(
            "Axis",
            list(AXES),
            default=EPOCHS,
            required=True,
            format_func=AXES.__getitem__,
            label_visibility="collapsed",
            key="compared_axis",
        )
    by_name = {run.name: curves[run.id] for run in runs}
    times = {run.name: epoch_times(run, curves[run.id]) for run in runs} if axis == SECONDS else None
    alt = f"{charts.METRICS[metric]} of {len(runs)} runs, {'second by second' if times else 'epoch by epoch'}"
    chart_view.show(charts.comparison(by_name, metric, times), alt=alt)
    if times:
        st.caption(
            "Seconds at work since the start, reading pictures included; pauses before a resumption are left out."
        )


def _show_settings(runs: Sequence[Run]) -> None:
    rows = differing_settings(runs)
    if not rows:
        st.markdown("None: they have the same settings.")
        return
    header = [wording.plain(run.name) for run in runs]
    body = {"Setting": list(rows)} | {
        name: [wording.plain(values[index]) for values in rows.values()] for index, name in enumerate(_unique(header))
    }
    st.table(body, hide_index=True, border="horizontal", alt="Settings in which the runs differ")


def _unique(names: Sequence[str]) -> list[str]:
    return [name if names.index(name) == index else f"{name} ({index + 1})" for index, name in enumerate(names)]


def differing_settings(runs: Sequence[Run]) -> dict[str, list[str]]:
    """Returns the settings in which runs differ, and the data set if that does: each run's value by label.

    A setting without effect on a run is a dash there, and where it has no effect on any it is left out.
    """
    options = [run.config.options() for run in runs]
    unused = [unused_settings(run.config) for run in runs]
    rows: dict[str, list[str]] = {}
    if len({run.dataset_id for run in runs}) > 1:
        rows["Data set"] = [run.dataset_name for run in runs]
    for name, setting in SETTINGS.items():
        words = [
            wording.UNKNOWN if name in without or values[name] == NOTHING else setting_words(name, values[name])
            for values, without in zip(options, unused, strict=True)
        ]
        if len(set(words)) > 1:
            rows[setting.label] = words
    return rows


def _columns(runs: Sequence[Run], curves: Mapping[str, Sequence[Event]]) -> dict[str, list[object]]:
    found = [accuracy_of(run) for run in runs]
    return {
        "Run": [run.name for run in runs],
        "Data set": [run.dataset_name for run in runs],
        "Recipe": [run_views.recipe_label(run) for run in runs],
        "Accuracy": [item.share if item else None for item in found],
        "Accuracy, low end of 95 % interval": [item.interval[0] if item else None for item in found],
        "Accuracy, high end of 95 % interval": [item.interval[1] if item else None for item in found],
        "Validation pictures": [item.num_pictures if item else None for item in found],
        "Epochs": [len(curves[run.id]) for run in runs],
        "Seconds": [run_views.seconds_taken(run) for run in runs],
        **{label: list(values) for label, values in differing_settings(runs).items() if label != "Data set"},
    }
