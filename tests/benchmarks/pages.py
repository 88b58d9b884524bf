"""From a click to what was asked for: `python -m tests.benchmarks.pages [HOME]`.

A real data home with 4 data sets and 20 runs (made in HOME if it isn't there yet, else in a temporary folder), the
studio as the README starts it, a real Chromium. Each page and each section is opened by a click, once for the first
time and three more times: first on a quiet machine, then beside two processes that spin. A new server and a new browser
each time, so that first visits are first ones.

Two times are printed, in seconds. Content: the page's own words, buttons and pictures are there, and nothing on it is
out of date. Settled: its charts are there too. Expect content within 1 s on a quiet machine and within 3 s on a loaded
one.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, TimeoutError, ViewportSize, expect, sync_playwright

from core.config.training_config import TrainingConfig
from core.datasets.store.samples import SAMPLES
from core.datasets.store.store import DatasetStore
from core.runs import queue
from core.runs.records.store import RunStatus, RunStore
from core.settings import Settings
from tests.benchmarks.measuring import measure, print_table
from tests.browser.conftest import (
    CHROMIUM_FLAGS,
    CHROMIUM_NAMES,
    PATIENCE_MILLISECONDS,
    end_server,
    start_server,
    wait_until,
)

SAMPLE_SETS = ("textures", "digits", "faces")
FIRST_DATASET = SAMPLES[SAMPLE_SETS[0]].label
NUM_DATASETS = len(SAMPLE_SETS) + 1
NUM_RUNS = 20
RUN_SECONDS = 300
LATER_VISITS = 3
NUM_SPINNING = 2
SPIN = "while True: pass"
REST_SECONDS = 20
VIEWPORT: ViewportSize = {"width": 1440, "height": 900}
WATCH = Path(__file__).parent / "pages.js"
WATCH_FOR = "([wanted, heading, isClick]) => window.watchFor(wanted, heading, isClick)"
MEASURED = "() => window.watched.settled !== null"
OPENED = "Home, opened by its address"
HEADER = ["page", "content, first", "settled, first", "content, later", "settled, later"]


@dataclass(frozen=True)
class Step:
    """A click, and where it leads.

    Attributes:
        name: of the page or section.
        target: what is clicked.
        address: a regular expression that the address fulfils once the server has heard of the click.
        heading: another, that the page's title fulfils.
        prepare: done before, unmeasured.
    """

    name: str
    target: Callable[[Page], Locator]
    address: str
    heading: str = "."
    prepare: Callable[[Page], None] = lambda page: None


@dataclass
class Times:
    """Seconds from each click to content, and until the page was settled, in the order of the visits."""

    content: list[float] = field(default_factory=list)
    settled: list[float] = field(default_factory=list)

    def cells(self) -> list[str]:
        """Returns the cells of the table: the first visit's times, then the median of the later ones'."""
        later = [f"{statistics.median(times[1:]):.2f}" if times[1:] else "" for times in (self.content, self.settled)]
        return [f"{self.content[0]:.2f}", f"{self.settled[0]:.2f}", *later]


def prepare_home(settings: Settings) -> None:
    """Makes the data sets and runs that aren't there yet."""
    store, runs = DatasetStore(settings), RunStore(settings.database)
    there = [dataset.name for dataset in store.list()]
    for sample in SAMPLE_SETS:
        if SAMPLES[sample].label not in there:
            measure("core", "samples", sample, "--json")
            measure("core", "survey", SAMPLES[sample].label, "--json")
    if len(store.list()) < NUM_DATASETS:
        measure("core", "derive", FIRST_DATASET, "--subset", "20", "--name", "Few", "--json")
    datasets = store.list()
    for number in range(len(runs.list()), NUM_RUNS):
        config = TrainingConfig().with_options(epochs=3 + number)
        queue.submit(runs, datasets[number % len(datasets)].id, config, recipe="recommended")
    wait_until(lambda: not runs.unfinished(), NUM_RUNS * RUN_SECONDS)
    assert [run.status for run in runs.list()] == [RunStatus.COMPLETED] * NUM_RUNS


def link(name: str) -> Callable[[Page], Locator]:
    """Returns what finds a link of the navigation."""
    return lambda page: page.get_by_test_id("stTopNavLink").filter(has_text=name)


def section(name: str) -> Step:
    """Returns the step to a section of the current page."""
    words = re.compile(rf"^{name}\b")
    return Step(f"- {name}", lambda page: page.get_by_role("radio", name=words), f"section={name.lower()}")


def go_to(name: str, heading: str) -> Callable[[Page], None]:
    """Returns what opens a page by the navigation, unmeasured."""

    def go(page: Page) -> None:
        link(name)(page).click()
        expect(page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible()

    return go


def tick_two(page: Page) -> None:
    """Ticks two runs of the list."""
    go_to("Runs", "Runs")(page)
    for number in range(2):
        page.get_by_role("checkbox", name="Choose").nth(number).locator("xpath=ancestor::label").click()
    expect(page.get_by_role("button", name="Compare")).to_be_enabled()


def in_main(page: Page) -> Locator:
    """Returns the content of the page."""
    return page.get_by_test_id("stMain")


STEPS: Sequence[Step] = (
    Step("Data", link("Data"), "^/data(?!.*dataset=)", "^Data$"),
    Step("- Add", lambda page: in_main(page).get_by_role("button", name="Add a data set"), "add=", "^Add"),
    Step(
        "Data set",
        lambda page: in_main(page).get_by_role("link", name=FIRST_DATASET).first,
        "^/data\\?.*dataset=",
        f"^{FIRST_DATASET}",
        go_to("Data", "Data"),
    ),
    *map(section, ("Check", "Classes", "Versions")),
    Step("Train", link("Train"), "^/train", "^Train"),
    Step("Runs", link("Runs"), "^/runs", "^Runs"),
    Step("Run", lambda page: in_main(page).locator('a[href*="run?run="]').first, "^/run\\?.*run="),
    *map(section, ("Progress", "Try", "Details")),
    Step(
        "Compare",
        lambda page: in_main(page).get_by_role("button", name="Compare"),
        "^/compare\\?.*runs=",
        "^Compare",
        tick_two,
    ),
    Step("Test", link("Test"), "^/testing", "^Test"),
    Step("Home", link("Home"), "^/$"),
)


def measured(page: Page, name: str, times: Times) -> None:
    """Waits until the page is settled and notes its times."""
    try:
        page.wait_for_function(MEASURED)
    except TimeoutError as error:
        raise RuntimeError(f"{name} was never settled, at {page.url}: {page.evaluate('window.watched')}") from error
    watched = page.evaluate("window.watched")
    times.content.append(watched["content"] / 1000)
    times.settled.append(watched["settled"] / 1000)


def visit(browser: Browser, url: str) -> dict[str, Times]:
    """Opens the studio in a new browser, then each page and section several times."""
    found = {OPENED: Times()} | {step.name: Times() for step in STEPS}
    context = browser.new_context(base_url=url, viewport=VIEWPORT)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = context.new_page()
    page.add_init_script(path=WATCH)
    page.goto("/")
    page.evaluate(WATCH_FOR, ["^/$", ".", False])
    measured(page, OPENED, found[OPENED])
    for _ in range(1 + LATER_VISITS):
        for step in STEPS:
            step.prepare(page)
            target = step.target(page)
            target.scroll_into_view_if_needed()
            page.evaluate(WATCH_FOR, [step.address, step.heading, True])
            target.click()
            measured(page, step.name, found[step.name])
    context.close()
    return found


@contextmanager
def spinning(number: int) -> Iterator[None]:
    """Runs processes that only use up the processor."""
    processes = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(number)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def bench(home: Path) -> None:
    """Prints both tables."""
    os.environ["TRANSFER_STUDIO_HOME"] = str(home)
    prepare_home(Settings(home))
    # Processes with this home are waited for at the end: the browser isn't one of them.
    del os.environ["TRANSFER_STUDIO_HOME"]
    chromium = next(filter(None, map(shutil.which, CHROMIUM_NAMES)))
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        for number in (0, NUM_SPINNING):
            browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
            server = start_server(home)
            # The start-up's own work, such as looking over the data home.
            time.sleep(REST_SECONDS)
            try:
                with spinning(number):
                    found = visit(browser, server.url)
            finally:
                end_server(server)
                browser.close()
            print(f"\nBeside {number} processes that spin:\n" if number else "\nOn a quiet machine:\n")
            print_table(HEADER, [[name, *times.cells()] for name, times in found.items()])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        bench(Path(sys.argv[1]).absolute())
    else:
        with tempfile.TemporaryDirectory() as folder:
            bench(Path(folder) / "home")
