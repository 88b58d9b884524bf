"""One experiment: what it asks, how far it is, what came out so far."""

from functools import partial

import streamlit as st

from core.experiments import progress, words
from core.experiments.experiment import Experiment, Kind
from core.experiments.progress import ExperimentState, ExperimentStatus, state_of
from core.experiments.replays import CURVES, commentary, recording_of
from core.experiments.results import Outcome, outcomes
from core.experiments.sentences import result
from core.runs import queue
from pages.components import phases, wording
from pages.components.charts import chart_view, live_chart
from pages.components.experiments import kind_charts, overview, tables_view
from pages.components.experiments.panel_chart import panel_chart
from pages.components.replay import replay_toggle
from pages.components.shell import ages, dialogs, frame, polling, session
from pages.components.shell.presses import press

POLL_SECONDS = 1.0
MOST_REMARKS = 8
TARGETS = (80, 85, 90, 95, 98, 99)
FIRST_TARGET = 95
MISSING = "Some runs of it are missing or ended early. What is there is shown; the rest can still be trained."
ABOUT_RACE = (
    "They are trained one after another, so that each has the machine to itself. Every clock starts at zero, without "
    "the time to load TensorFlow."
)
CLOSE = "You can close this page: it goes on."


def show(experiment: Experiment) -> None:
    """Draws the page of an experiment, repeatedly until nothing of it is at work."""
    _show_heading(experiment)
    state = state_of(experiment, session.run_store().list())
    target = _choose_target() if experiment.kind == Kind.SAMPLES else FIRST_TARGET

    def draw() -> bool:
        store = session.run_store()
        if state.status == ExperimentStatus.AT_WORK:
            queue.look_over(store)
        now = state_of(experiment, store.list())
        with st.container():
            _show_state(now)
        _show_results(now, target / 100)
        return now.status == ExperimentStatus.AT_WORK

    polling.poll(f"experiment_{experiment.id}", draw, state.status == ExperimentStatus.AT_WORK, POLL_SECONDS)
    chart_view.load_plotly()
    if st.button("Delete this experiment", icon=":material/delete:", key="delete_experiment"):
        dialogs.delete(
            f"the experiment {overview.title(experiment)} with its runs and models", lambda: _delete(experiment)
        )


def _show_heading(experiment: Experiment) -> None:
    top = st.container()
    frame.title(overview.title(experiment))
    with top:
        overview.way_back()
    ages.caption(f"{words.QUESTIONS[experiment.kind]} · {ages.age(experiment.created)}")


def _delete(experiment: Experiment) -> None:
    progress.delete(session.run_store(), experiment)
    st.switch_page(session.DEMO)


def _choose_target() -> int:
    return st.select_slider(
        "How many of 100 should be right?", TARGETS, FIRST_TARGET, key="experiment_target", width=360
    )


def _show_state(state: ExperimentState) -> None:
    if state.status == ExperimentStatus.AT_WORK:
        _show_work(state)
    elif state.status == ExperimentStatus.INCOMPLETE:
        st.info(MISSING, icon=":material/pause_circle:")
        is_pressed = st.button("Go on", type="primary", icon=":material/resume:", key="go_on")
        if pressed := press(f"go_on_{state.experiment.id}", is_pressed):
            pressed.do("go_on", partial(progress.go_on, session.run_store(), state.experiment))
            st.rerun(scope="app")


def _show_work(state: ExperimentState) -> None:
    with st.container(border=True):
        left, right = st.columns([5, 1], vertical_alignment="center")
        at_work = state.at_work
        phase = phases.run_phase(at_work) if at_work else "Waiting for its turn"
        what = f"**{wording.plain(_arm_words(state))}** " if at_work else ""
        with left:
            share = phases.share_done(at_work.progress) if at_work else 0.0
            st.progress(min(1.0, (len(state.done) + share * 0.9) / len(state.arms)), f"{what}{phase}")
            st.caption(f"{len(state.done)} of {wording.count(len(state.arms), 'run')} done. {CLOSE}")
        right.button(
            "Stop",
            icon=":material/stop:",
            key="stop_experiment",
            disabled=all(run.stop_requested or run.status.is_finished for run in state.runs),
            on_click=_stop,
            args=(state.experiment,),
            width="stretch",
        )


def _stop(experiment: Experiment) -> None:
    with session.errors_shown():
        progress.stop(session.run_store(), experiment)


def _arm_words(state: ExperimentState) -> str:
    """Returns the name of the arm at work."""
    arm = next((one.arm for one in state.arms if one.run and state.at_work and one.run.id == state.at_work.id), None)
    if arm is None:
        return ""
    where = words.position(state.experiment.kind, arm.x)
    return f"{words.lane(arm.lane)}{', ' + where if where else ''}:"


def _show_results(state: ExperimentState, target: float) -> None:
    store, kind = session.run_store(), state.experiment.kind
    found = outcomes(store, state)
    if state.status != ExperimentStatus.AT_WORK or kind not in CURVES:
        with st.container(gap="xsmall", key="experiment_result"):
            for sentence in result(store, state, found, target):
                st.markdown(sentence)
    recording = recording_of(store, state, found)
    is_at_work = state.status == ExperimentStatus.AT_WORK
    if found and not is_at_work and replay_toggle.show(state.experiment.id, lambda: recording):
        return
    if any(lane.points for panel in recording.panels for lane in panel.lanes):
        live_chart.show(
            f"experiment_{state.experiment.id}",
            [(panel.title, _alt(panel.title, state), panel_chart(panel)) for panel in recording.panels],
        )
    if kind in CURVES:
        _show_commentary(state)
    _show_more(state, found)


def _alt(title: str, state: ExperimentState) -> str:
    return f"{title}: {len(state.done)} of {wording.count(len(state.arms), 'run')} done"


def _show_commentary(state: ExperimentState) -> None:
    remarks = commentary(session.run_store(), state)
    if remarks:
        st.header("What happened", anchor=False)
        st.caption(ABOUT_RACE)
    for remark in remarks[-MOST_REMARKS:]:
        st.markdown(f"`{words.duration(remark.at)}` {wording.plain(remark.text)}")


def _show_more(state: ExperimentState, found: tuple[Outcome, ...]) -> None:
    if found:
        kind_charts.show(state, found)
        tables_view.show(state, found)
