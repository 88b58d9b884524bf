"""What a run is doing, live: its stage, the time to its end, the pictures that pass by, its curves."""

import time
from collections.abc import Sequence

import streamlit as st

from core.events import Event
from core.forecast.time_left import seconds_to_end
from core.runs import queue
from core.runs.records.store import Run, RunStatus
from pages.components import phases
from pages.components.charts import chart_view, live_chart
from pages.components.results import waiting
from pages.components.run import curve_notes, kept_data, replay_section, stages
from pages.components.shared import pictures
from pages.components.shell import polling, session
from pages.components.training import cached_estimates, estimates

CLOSE = "You can close this page: training continues."
NO_CURVES = "There are no curves, because no epoch has ended."
PICTURE_SIDE = 72


def show(run: Run) -> None:
    """Draws progress and curves, repeatedly until the run has ended."""

    def draw() -> bool:
        store = session.run_store()
        if not run.status.is_finished:
            queue.look_over(store)
        now, epochs = store.get(run.id), store.events(run.id)
        with st.container():
            if not now.status.is_finished:
                _show_work(now, epochs)
            elif not epochs:
                st.caption(NO_CURVES)
        if epochs and not (now.status.is_finished and replay_section.show(now)):
            live_chart.learning_curves(run.id, epochs, run.config, now.status.is_finished)
            if now.status.is_finished and (explanation := curve_notes.rising_loss(epochs)):
                st.caption(explanation)
        return now.status == run.status and not now.status.is_finished

    polling.poll("run", draw, not run.status.is_finished)
    chart_view.load_plotly()


def _show_work(run: Run, epochs: Sequence[Event]) -> None:
    """Draws what the run is doing, and the button to stop it."""
    with st.container(border=True):
        left, right = st.columns([5, 1], vertical_alignment="center")
        with left:
            if run.status == RunStatus.QUEUED:
                turn = waiting.turn(run.id)
                sentence = waiting.sentence(turn) if turn else "It starts in a moment."
                st.info(sentence, icon=":material/hourglass_empty:")
            else:
                _show_progress(run, epochs)
        right.button(
            "Stop" if run.status == RunStatus.RUNNING else "Leave the queue",
            icon=":material/stop:",
            key="stop",
            disabled=bool(run.stop_requested),
            on_click=_stop,
            args=(run.id,),
            width="stretch",
        )
        if run.status == RunStatus.RUNNING and run.progress is not None:
            _show_passing(run, run.progress.pictures)


def _stop(run_id: str) -> None:
    """Asks the run to stop."""
    queue.stop(session.run_store(), run_id)


def _show_progress(run: Run, epochs: Sequence[Event]) -> None:
    st.markdown(stages.line(stages.stages(run.config, run.phase, epochs)))
    st.progress(phases.share_done(run.progress), phases.run_phase(run))
    if run.stop_requested:
        st.caption(phases.stopping(bool(epochs)))
        return
    val_accuracy = epochs[-1].metrics.get("val_accuracy") if epochs else None
    stops_early = run.config.optimization.may_end_early
    st.caption(phases.pace(run.progress, _seconds_left(run, epochs), stops_early, val_accuracy) or CLOSE)


def _seconds_left(run: Run, epochs: Sequence[Event]) -> float | None:
    if run.progress is None:
        return None
    # Only a forecast made before the start: a new one would measure a machine that is busy with this run.
    found = cached_estimates.forecasts().get(estimates.time_question(run.config, run.dataset_id))
    forecast = found.result if found else None
    return seconds_to_end(run.config, run.progress, epochs, run.seconds, forecast, time.time())


def _show_passing(run: Run, paths: Sequence[str]) -> None:
    """Draws the pictures that were read last."""
    dataset = kept_data.dataset_of(run) if paths else None
    if dataset is None:
        return
    samples = {sample.path: sample for sample in dataset.samples if sample.path in paths}
    with st.container(horizontal=True, gap="xsmall", key="gallery_passing"):
        for path in paths:
            thumbnail = pictures.sample_thumbnail(dataset, samples[path]) if path in samples else None
            if thumbnail is not None:
                st.image(thumbnail, width=PICTURE_SIDE, alt=dataset.class_names[samples[path].label])
