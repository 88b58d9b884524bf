"""One run: live while it trains, then its results. The run is part of the address, so reloading works."""

from collections.abc import Sequence
from functools import partial
from typing import Literal

import streamlit as st

from core.backbones.table import get_backbone
from core.config.training_config import SETTINGS
from core.errors import CoreError
from core.events import Event
from core.nn.training.notes import load_notes
from core.runs import queue
from core.runs.records.store import Run, RunStatus
from core.wording import failures
from core.wording.run_notes import run_note
from pages.components import phases, wording
from pages.components.charts import chart_view, charts, live_chart
from pages.components.dataset import dataset_views
from pages.components.results import evaluation_views, run_views, waiting
from pages.components.shell import frame, polling, session
from pages.components.shell.presses import Press, press
from pages.components.training import setup_form

RESUME_HELP = "Continues with the next epoch. Nothing is done twice."
START_AGAIN_HELP = "Starts a new run with the same settings. This one stays as it is."
NO_DATASET = "The data set of this run was deleted. Import it again, then train on it."


def show_progress(run: Run, val_accuracy: float | None) -> None:
    """Draws what the run is doing, and how good it was after its last epoch."""
    if run.status == RunStatus.QUEUED:
        turn = waiting.turn(run.id)
        st.info(waiting.sentence(turn) if turn else "It starts in a moment.", icon=":material/hourglass_empty:")
        return
    st.progress(phases.share_done(run.progress), phases.run_phase(run))
    if run.stop_requested:
        st.caption("Stopping: evaluating and saving the model.")
    else:
        pace = phases.pace(run.progress, val_accuracy)
        st.caption(pace or "You can close this page: training continues.")


def stop(run_id: str) -> None:
    """Asks the run to stop."""
    queue.stop(session.run_store(), run_id)


def show_work(run: Run, events: Sequence[Event]) -> None:
    """Draws what the run is doing, and the button to stop it."""
    val_accuracy = events[-1].metrics.get("val_accuracy") if events else None
    with st.container(border=True):
        left, right = st.columns([5, 1], vertical_alignment="center")
        with left:
            show_progress(run, val_accuracy)
        right.button(
            "Stop" if run.status == RunStatus.RUNNING else "Leave the queue",
            icon=":material/stop:",
            key="stop",
            disabled=bool(run.stop_requested),
            on_click=stop,
            args=(run.id,),
            width="stretch",
        )


def show_live(run: Run) -> None:
    """Draws progress and curves repeatedly until the run has ended."""

    def draw() -> bool:
        store = session.run_store()
        if not run.status.is_finished:
            queue.look_over(store)
        now, events = store.get(run.id), store.events(run.id)
        with st.container():
            if not now.status.is_finished:
                show_work(now, events)
        if events or not now.status.is_finished:
            live_chart.learning_curves(run.id, events, run.config)
        return now.status == run.status and not now.status.is_finished

    polling.poll("run", draw, not run.status.is_finished)


def train_again(run: Run) -> None:
    """Opens the set-up with the run's settings."""
    setup_form.prefill(run)
    st.switch_page(session.TRAIN)


def resume(run: Run, pressed: Press) -> None:
    """Resumes the run, and shows it running."""
    pressed.do("resume", partial(queue.resume, session.run_store(), run.id))
    st.rerun()


def start_again(run: Run, pressed: Press) -> None:
    """Starts a new run with the run's settings, and opens it."""
    submit = partial(queue.submit, session.run_store(), run.dataset_id, run.config, recipe=run.recipe)
    session.open_run(pressed.do("submit", submit).id)


def has_dataset(run: Run) -> bool:
    """Returns whether the run's data set still exists."""
    return any(dataset.id == run.dataset_id for dataset in session.dataset_store().list())


def show_next_steps(run: Run) -> None:
    """Draws the next steps after a run has ended, the most likely first."""
    missing = "" if has_dataset(run) else NO_DATASET
    with st.container(horizontal=True):
        if run.can_resume:
            is_pressed = st.button("Resume", type="primary", icon=":material/resume:", help=RESUME_HELP)
            if pressed := press(f"resume_{run.id}", is_pressed):
                resume(run, pressed)
        kind: Literal["primary", "secondary"] = "secondary" if run.can_resume else "primary"
        if run.status == RunStatus.FAILED:
            why = missing or START_AGAIN_HELP
            is_pressed = st.button("Start again", type=kind, icon=":material/replay:", disabled=bool(missing), help=why)
            if pressed := press(f"start_again_{run.id}", is_pressed):
                start_again(run, pressed)
        if run.has_model and st.button("Test this model", type=kind, icon=":material/image_search:"):
            session.choose_run(run.id)
            st.switch_page(session.TESTING, query_params={"run": run.id})
        label = "Train again with changes" if run.has_model else "Back to the set-up with these settings"
        if st.button(label, icon=":material/tune:", disabled=bool(missing), help=missing or None):
            train_again(run)


def show_end(run: Run) -> None:
    """Says how the run ended."""
    if run.status == RunStatus.FAILED:
        st.error(wording.plain(failures.failure(run.failure)), icon=":material/error:")
    elif not run.has_model:
        st.info("Stopped before there was a model.", icon=":material/stop_circle:")
    elif run.status == RunStatus.STOPPED:
        # The epoch that training keeps: with early stopping the one with the lowest loss, otherwise the latest.
        kept = "the best epoch so far" if run.config.optimization.early_stopping_patience else "the last complete epoch"
        st.info(
            f"Stopped early. The model is from {kept}; Resume continues with the next.", icon=":material/stop_circle:"
        )


def show_network(run: Run) -> None:
    """Draws which blocks are trained. Also loads Plotly, which the live curves need."""
    backbone = get_backbone(run.config.backbone)
    num_classes = num_classes_of(run)
    st.subheader("Network")
    st.markdown(f"{backbone.label}, {run.config.trainable_params(num_classes):,} trainable parameters")
    blocks = run.config.freeze.trainable_blocks
    chart_view.show(
        charts.network(run.config, num_classes),
        alt=f"Blocks of {backbone.label}: the last {blocks} and the head are trainable",
        key="network",
    )


def num_classes_of(run: Run) -> int:
    """Returns the number of the run's classes; 2 if its data set has been deleted."""
    try:
        return len(session.dataset_store().get(run.dataset_id).class_names)
    except CoreError:
        return 2


def show_details(run: Run) -> None:
    """Draws the settings and where the time went."""
    left, right = st.columns(2, gap="medium")
    with left, st.expander("Settings", icon=":material/tune:"):
        options = run.config.options()
        st.dataframe(
            {
                "Setting": [SETTINGS[name].label for name in options],
                "Value": [str(value) for value in options.values()],
            },
            hide_index=True,
            alt="The run's settings",
        )
    for note in load_notes(session.run_store().folder(run.id)):
        st.caption(wording.plain(run_note(note)))
    if run.seconds:
        with right, st.expander("Where the time went", icon=":material/timer:"):
            st.dataframe(
                {
                    "Phase": [phases.short_run_phase(name) for name in run.seconds],
                    "Time": [wording.duration(seconds) for seconds in run.seconds.values()],
                },
                hide_index=True,
                alt="Seconds of each phase",
            )


def show_origin(run: Run) -> None:
    """Says what the run's data set is a version of, if it is one and still exists."""
    dataset = next((dataset for dataset in session.dataset_store().list() if dataset.id == run.dataset_id), None)
    if dataset is not None and (origin := dataset_views.origin(dataset)):
        st.caption(f":material/account_tree: {origin}")


def show_run(run: Run) -> None:
    """Draws the page of a run."""
    frame.title(wording.plain(run.name))
    with st.container(horizontal=True, vertical_alignment="center"):
        run_views.status_badge(run)
        taken = run_views.seconds_taken(run)
        st.caption(run_views.facts(run) + (f" · took {wording.duration(taken)}" if taken else ""))
    show_origin(run)
    # The curves keep their place on the page when the run ends and more is drawn above them, so they aren't rebuilt.
    above, live = st.container(), st.container()
    with above:
        if run.status.is_finished:
            show_end(run)
            show_next_steps(run)
        if run.has_model:
            evaluation_views.summary(run)
    with live:
        show_live(run)
    if run.has_model:
        evaluation_views.details(run)
    show_network(run)
    show_details(run)


def chosen_run() -> Run | None:
    """Returns the run in the address, else the one chosen before, else the newest."""
    runs = session.run_store().list()
    named = st.query_params.get("run")
    if not named:
        return session.chosen_run(runs)
    return next((run for run in runs if run.id == named), None)


def show_nothing() -> None:
    """Says that there is no such run, and how to find one."""
    frame.title("Run")
    if st.query_params.get("run"):
        st.info("There is no such run, or it has been deleted. All others are under Runs.", icon=":material/info:")
        st.page_link(session.RUNS, label="All runs", icon=":material/stacked_line_chart:")
    else:
        st.info("No run yet. Set one up to see it here.", icon=":material/info:")
        st.page_link(session.TRAIN, label="Train a model", icon=":material/model_training:")


with session.errors_shown():
    current = chosen_run()
    if current:
        session.choose_run(current.id)
        st.query_params["run"] = current.id
        show_run(current)
    else:
        show_nothing()
