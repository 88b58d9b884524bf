"""A race from its start to its end, through a killed worker and a reload, and its replay."""

import os
import re
import signal

from playwright.sync_api import Page, expect

from core.datasets.store.store import DatasetStore
from core.experiments.experiment import Experiment
from core.experiments.progress import ExperimentState, ExperimentStatus, state_of
from core.experiments.store import ExperimentStore
from core.runs.records.store import RunStatus
from tests.browser.accessibility import found
from tests.browser.conftest import TRAINING_SECONDS, Server, wait_until
from tests.conftest import draw_folder


def the_experiment(server: Server) -> Experiment:
    (experiment,) = ExperimentStore(server.settings.home).list()
    return experiment


def state(server: Server) -> ExperimentState:
    return state_of(the_experiment(server), server.runs.list())


def worker(server: Server) -> int:
    """Returns the process id of the worker that is training now; 0 if there is none or it hasn't reported itself."""
    running = state(server).at_work
    return running.pid if running else 0


def test_a_race_survives_a_kill_and_a_reload_and_plays_again(page: Page, server: Server, tmp_path):
    DatasetStore(server.settings).import_source(draw_folder(tmp_path / "shapes", 8), name="Shapes")
    page.goto("/demo")
    page.get_by_role("link", name="Set it up").first.click()
    page.get_by_text("Choose more").click()
    page.get_by_role("spinbutton", name="Picture size").fill("32")
    page.get_by_role("spinbutton", name="Picture size").press("Enter")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page).to_have_url(re.compile(r"experiment=[0-9a-f]{8}"))
    expect(page.get_by_text(re.compile("of 3 runs done"))).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Race · Shapes")).to_be_visible()

    # A window with the list of runs, in which the experiment is opened, follows it.
    runs = page.context.new_page()
    runs.goto("/runs")
    runs.get_by_text("Its runs").click()
    lane = runs.get_by_role("link", name=re.compile("Frozen network"))
    expect(lane).to_be_visible()

    # The worker is killed during the second lane; the third goes on.
    wait_until(lambda: len(state(server).done) == 1 and bool(worker(server)), TRAINING_SECONDS)
    running = state(server).at_work
    assert running is not None and running.pid
    os.kill(running.pid, signal.SIGKILL)
    expect(page.get_by_role("button", name="Go on")).to_be_visible(timeout=TRAINING_SECONDS * 1000)
    assert server.runs.get(running.id).status == RunStatus.FAILED
    assert len(state(server).done) == 2
    expect(runs.get_by_text(re.compile("2 of 3 runs, not complete"))).to_be_visible()
    expect(lane).to_be_visible()
    runs.close()
    page.reload()
    page.get_by_role("button", name="Go on").click()
    wait_until(lambda: state(server).status == ExperimentStatus.COMPLETED, TRAINING_SECONDS)

    expect(page.get_by_text(re.compile("Time with nothing computed before"))).to_be_visible()
    expect(page.get_by_text(re.compile("From scratch is done"))).to_be_visible()
    expect(page.locator(".curves .js-plotly-plot")).to_have_count(2)
    assert found(page) == []

    # One row in the list of runs, which opens to its runs.
    page.goto("/runs")
    page.get_by_text("Its runs").click()
    expect(page.get_by_role("link", name=re.compile("From scratch"))).to_be_visible()
    page.get_by_role("link", name="Race", exact=True).click()
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.locator(".replay-now")).not_to_be_empty()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()

    page.get_by_role("button", name="Delete this experiment").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("heading", name="Show what transfer learning brings")).to_be_visible()
    assert server.runs.list() == []
    assert ExperimentStore(server.settings.home).list() == []
