"""A real server on a free port, with a data home of its own, and a real Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.datasets.store.store import DatasetStore
from core.experiments.store import ExperimentStore
from core.runs import queue
from core.runs.records.store import Run, RunStatus, RunStore
from core.settings import Settings
from tests.browser import patience
from tests.browser.patience import be_patient
from tests.processes import of_home
from tests.project import ROOT, leave_out

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# A webcam that shows a moving pattern, and that nobody has to allow.
A_CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
START_SECONDS = 90
END_SECONDS = 60
# It yields to other work on the machine.
TRAINING_SECONDS = 300
PATIENCE_MILLISECONDS = 60_000
# Several such waits in a row, on a busy machine.
TEST_SECONDS = 600


def pytest_itemcollected(item: pytest.Item) -> None:
    """Marks a test of this folder, and gives it a longer timeout."""
    item.add_marker(pytest.mark.browser)
    item.add_marker(pytest.mark.timeout(TEST_SECONDS))


@pytest.fixture(autouse=True)
def one_at_a_time(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Lets tests of the browser run one after the other where tests run side by side.

    Two browsers with their servers and workers would only wait for each other.
    """
    with FileLock(tmp_path_factory.getbasetemp().parent / "browser.lock"):
        yield


def wait_until(condition: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "The condition didn't come true in time."
        time.sleep(0.05)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium. Without one, browser tests are skipped, but in CI they fail."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        leave_out("No Chromium found (looked for " + ", ".join(CHROMIUM_NAMES) + "): browser tests are left out.")
    return found


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*CHROMIUM_FLAGS, *A_CAMERA])
        page = browser.new_page()
        be_patient(page.locator("body"))
        page.close()
        yield browser
        browser.close()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a test press while the page is still being drawn."""
    monkeypatch.setattr(patience, "STILL_MILLISECONDS", 0)


@dataclass(frozen=True)
class Server:
    """A running studio."""

    url: str
    process: subprocess.Popen
    settings: Settings

    @property
    def runs(self) -> RunStore:
        return RunStore(self.settings.database)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1) as response:
            return response.status == 200
    except OSError:
        return False


def start_server(
    home: Path, *further: str, program: Sequence[str] = ("streamlit", "run", "app.py"), **variables: str
) -> Server:
    """Starts the studio as users do, except for the port and without opening a browser.

    Args:
        home: the data home.
        further: options of `streamlit run`.
        program: the module that starts it, with its arguments.
        variables: of the environment.
    """
    port = free_port()
    environment = {**os.environ, "TRANSFER_STUDIO_HOME": str(home), **variables}
    environment.pop("TRANSFER_STUDIO_WEIGHTS", None)
    command = [sys.executable, "-m", *program]
    options = ["--server.headless", "true", "--server.port", str(port), "--server.fileWatcherType", "none"]
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.log").open("ab") as log:
        process = subprocess.Popen([*command, *options, *further], cwd=ROOT, env=environment, stdout=log, stderr=log)
    server = Server(f"http://127.0.0.1:{port}", process, Settings(home))
    wait_until(lambda: answers(server.url))
    return server


def end_server(server: Server) -> None:
    """Ends the server and the active runs. No process may be left afterwards."""
    server.process.terminate()
    try:
        server.process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        server.process.kill()
    if server.settings.database.exists():
        for run in server.runs.unfinished():
            queue.stop(server.runs, run.id)
        wait_until(lambda: not server.runs.unfinished(), END_SECONDS)
    wait_until(lambda: not of_home(server.settings.home), END_SECONDS)


def completed_run(page: Page, server: Server) -> Run:
    """Waits on the page of the only run until it is completed and can be tested."""
    wait_until(lambda: [run.status.is_finished for run in server.runs.list()] == [True], TRAINING_SECONDS)
    (run,) = server.runs.list()
    assert run.status == RunStatus.COMPLETED, run.failure
    expect(page.get_by_role("button", name="Try this model")).to_be_visible()
    return run


@pytest.fixture(scope="session")
def shared_server(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = start_server(tmp_path_factory.mktemp("shared") / "home")
    yield server
    end_server(server)


def empty(server: Server) -> None:
    """Deletes all experiments, runs and data sets of a server that keeps running."""
    experiments = ExperimentStore(server.settings.home)
    for experiment in experiments.list():
        experiments.delete(experiment.id)
    for run in server.runs.unfinished():
        queue.stop(server.runs, run.id)
    wait_until(lambda: not server.runs.unfinished(), END_SECONDS)
    for run in server.runs.list():
        queue.delete(server.runs, run.id)
    datasets = DatasetStore(server.settings)
    for dataset_id in [*(one.id for one in datasets.list()), *(one.id for one in datasets.damaged())]:
        datasets.delete(dataset_id)


@pytest.fixture
def server(request: pytest.FixtureRequest, chromium: str, tmp_path: Path) -> Iterator[Server]:
    """A server without data sets and runs: only for this test, unless it is marked as sharing one."""
    if request.node.get_closest_marker("shared_server"):
        server = request.getfixturevalue("shared_server")
        yield server
        empty(server)
        return
    server = start_server(tmp_path / "home")
    yield server
    end_server(server)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """An open page. A script error in it fails the test."""
    context = browser.new_context(base_url=server.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []
