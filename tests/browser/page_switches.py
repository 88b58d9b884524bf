"""Presses that lead to another page while the current one polls: for a test and a benchmark."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, expect

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.runs import queue
from core.runs.records.store import RunStatus
from tests.browser.conftest import Server, wait_until
from tests.conftest import draw_folder
from tests.processes import of_home

SLOW_SERVER = ("tests.browser.slow_server",)
END_SECONDS = 120
ARRIVAL_MILLISECONDS = 15_000
PRESSES = 3
EMPTY = "() => document.querySelector('#root').childElementCount === 0"
# A request made obsolete by the new page, and Streamlit's own check for a host around the app.
LONG = TrainingConfig().with_options(
    weights="none", trainable_blocks=9, epochs=1000, learning_rate=1e-4, stop_when_settled=False
)
HARMLESS = ("net::ERR_ABORTED", "404 (Not Found)")


@dataclass
class Watch:
    """A page's console messages, and whether the page went white.

    Attributes:
        page: the page.
        errors: what went wrong in it, in order.
        whites: how often it was found empty.
    """

    page: Page
    errors: list[str] = field(default_factory=list)
    whites: int = 0

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._listen)

    def look(self) -> bool:
        """Notes whether the page is empty, and if so loads it again."""
        is_white = self.page.evaluate(EMPTY)
        self.whites += is_white
        if is_white:
            self.page.reload()
        return is_white

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in HARMLESS):
            self.errors.append(message.text)


@dataclass(frozen=True)
class Studio:
    """A server with a data set, the page under test, and its watch."""

    server: Server
    page: Page
    watch: Watch
    dataset: DatasetIndex

    def arrives(self, heading: str) -> None:
        """Waits until a page is fully drawn and stays so while its parts poll, unless it goes white."""
        title = self.page.get_by_role("heading", level=1, name=heading)
        try:
            expect(title).to_be_visible(timeout=ARRIVAL_MILLISECONDS)
            # Longer than the polling interval of these pages.
            self.page.wait_for_timeout(1500)
            expect(title).to_be_visible()
        except AssertionError:
            self.watch.errors.append(f"The page called {heading!r} isn't there.")
        if self.watch.look():
            expect(self.page.get_by_role("heading", level=1)).to_be_visible()

    def open(self, link: str) -> None:
        """Opens a page by the navigation."""
        self.page.get_by_test_id("stTopNavLink").filter(has_text=link).first.click()

    def end_runs(self) -> None:
        """Stops all runs and waits until they end."""
        for run in self.server.runs.unfinished():
            queue.stop(self.server.runs, run.id)
        wait_until(lambda: not self.server.runs.unfinished(), END_SECONDS)


def prepared(server: Server, page: Page, folder: Path) -> Studio:
    """Imports a small data set and gives the page a watch."""
    dataset = DatasetStore(server.settings).import_source(draw_folder(folder / "pictures", 6), name="Shapes")
    return Studio(server, page, Watch(page), dataset)


def press_start(studio: Studio, times: int) -> None:
    """Presses Start while the forecast is still being measured."""
    page = studio.page
    for number in range(times):
        page.goto("/train")
        expect(page.get_by_role("heading", name="Train a model")).to_be_visible()
        field = page.get_by_label("Epochs", exact=True).first
        field.fill(str(100 + number))
        field.press("Enter")
        expect(page.get_by_text("Measuring this machine")).to_be_visible()
        page.wait_for_timeout(400 + 70 * (number % 8))
        page.get_by_role("button", name="Start training").click()
        studio.arrives("Shapes, ")
        studio.end_runs()


def leave_import(studio: Studio, times: int) -> None:
    """Leaves the Data page by a button while an import is running."""
    page = studio.page
    large = studio.server.settings.home.parent / "large"
    if not large.exists():
        draw_folder(large, 2500)
    for number in range(times):
        page.goto("/data?add=folder")
        expect(page.get_by_role("heading", level=1, name="Add a data set")).to_be_visible()
        stop = page.get_by_role("button", name="Stop", exact=True)
        # One of them is drawn some time after the heading: the import of the time before, or the form.
        expect(stop.or_(page.get_by_role("textbox", name="Folder or zip on this server"))).to_be_visible()
        if stop.count() == 0:
            start_import(page, large)
        back_to_list(page)
        page.wait_for_timeout(70 * (number % 8))
        page.get_by_role("button", name="Train", exact=True).first.click()
        studio.arrives("Train a model")


def back_to_list(page: Page) -> None:
    """Presses the link to all data sets, again where a press is lost because the page is just being replaced."""
    for _ in range(PRESSES):
        page.locator(".st-key-breadcrumb").get_by_role("link", name="Data").click()
        with suppress(AssertionError):
            expect(page.get_by_role("heading", level=1, name="Data", exact=True)).to_be_visible(
                timeout=ARRIVAL_MILLISECONDS
            )
            return
    raise AssertionError("The link to all data sets leads nowhere.")


def start_import(page: Page, folder: Path) -> None:
    """Imports a folder on the server, again if it was imported before."""
    field = page.get_by_role("textbox", name="Folder or zip on this server")
    field.fill(str(folder))
    field.press("Enter")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()


def stop_and_train_again(studio: Studio, times: int) -> None:
    """Stops a live run, then goes back to the set-up; and the other way, resumes and watches."""
    page, runs = studio.page, studio.server.runs
    run = queue.submit(runs, studio.dataset.id, LONG)
    for number in range(times):
        page.goto(f"/run?run={run.id}")
        if runs.get(run.id).status.is_finished:
            page.get_by_role("button", name="Resume").click()
            # A leftover element of the old page would take the next press, and the new page would never get it.
            expect(page.get_by_role("button", name="Resume")).to_have_count(0)
        wait_until(lambda: runs.get(run.id).progress is not None, END_SECONDS)
        page.wait_for_timeout(70 * (number % 8))
        page.get_by_role("button", name="Stop", exact=True).click()
        page.get_by_role("button", name="Train again with changes").or_(
            page.get_by_role("button", name="Back to the set-up with these settings")
        ).click()
        studio.arrives("Train a model")
    studio.end_runs()


def leave_home(studio: Studio, times: int) -> None:
    """Leaves the home page by a button while it shows a running run."""
    page, runs = studio.page, studio.server.runs
    queue.submit(runs, studio.dataset.id, LONG)
    for number in range(times):
        page.goto("/")
        expect(page.get_by_role("heading", name="At work")).to_be_visible()
        page.wait_for_timeout(1500 + 70 * (number % 8))
        page.get_by_role("button", name="Train a model").click()
        studio.arrives("Train a model")
    studio.end_runs()


def leave_waking_model(studio: Studio, times: int) -> None:
    """Leaves the Test page by the navigation while its model loads."""
    page, runs = studio.page, studio.server.runs
    run = queue.submit(runs, studio.dataset.id, TrainingConfig().with_options(epochs=1))
    wait_until(lambda: runs.get(run.id).status == RunStatus.COMPLETED, END_SECONDS)
    waking = page.get_by_text("Loading the model")
    for number in range(times):
        page.goto("/testing")
        expect(page.get_by_text("Drop one picture or many")).to_be_visible()
        expect(waking).to_have_count(0)
        for process in of_home(studio.server.settings.home, "core.processes.inference_server"):
            process.kill()
        page.reload()
        expect(waking).to_be_visible()
        page.wait_for_timeout(70 * (number % 8))
        studio.open("Train")
        studio.arrives("Train a model")


SWITCHES: dict[str, Callable[[Studio, int], None]] = {
    "Train: Start while the forecast is measured": press_start,
    "Data: another page while an import is at work": leave_import,
    "Run: Stop, Train again": stop_and_train_again,
    "Home: another page while a run is at work": leave_home,
    "Test: another page while a model wakes up": leave_waking_model,
}
