"""axe finds nothing worse than "minor" on any page, in both themes and on a phone, empty and with real data."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.runs import queue
from core.runs.records.store import Run, RunStatus
from tests.browser.accessibility import DESKTOP, found_everywhere, settled
from tests.browser.conftest import PATIENCE_MILLISECONDS, TRAINING_SECONDS, Server, wait_until
from tests.conftest import draw_folder
from tests.project import ROOT

EMPTY = (
    "/",
    "/data",
    "/data?add=classes",
    "/data?add=folder",
    "/data?add=samples",
    "/train",
    "/runs",
    "/compare",
    "/testing",
    "/run",
    "/guide?topic=three-kinds",
    "/guide?topic=network-and-depth",
    "/guide?topic=little-data",
    "/guide?topic=trust",
)
CONFIG = TrainingConfig(image_size=64).with_options(epochs=3)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(base_url=server.url, viewport=DESKTOP, color_scheme="light")
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield context.new_page()
    context.close()


def furnish(server: Server, folder: Path) -> list[Run]:
    """Imports a data set with copies in it, looks through it, and trains on it twice."""
    pictures = draw_folder(folder / "pictures", 12)
    (pictures / "circle" / "copy.png").write_bytes((pictures / "circle" / "circle 0.png").read_bytes())
    dataset = DatasetStore(server.settings).import_source(pictures, name="Shapes")
    for name in ("One", "Two"):
        queue.submit(server.runs, dataset.id, CONFIG, recipe="recommended", name=name)
    environment = {**os.environ, "TRANSFER_STUDIO_HOME": str(server.settings.home)}
    subprocess.run([sys.executable, "-m", "core", "survey", "Shapes"], cwd=ROOT, env=environment, check=True)
    wait_until(lambda: not server.runs.unfinished(), TRAINING_SECONDS)
    runs = server.runs.list()
    assert [run.status for run in runs] == [RunStatus.COMPLETED] * 2
    return runs


def open_groups(page: Page) -> None:
    """Opens all groups of settings."""
    closed = page.locator("details:not([open]) > summary")
    while closed.count():
        closed.first.click()


def show_held_out(page: Page) -> None:
    """Shows the answers for held-out pictures."""
    page.get_by_role("radio", name="Held-out").click()
    expect(page.get_by_role("button", name="Other pictures")).to_be_visible()
    expect(page.get_by_test_id("stMain").locator("img").nth(3)).to_be_visible()
    open_groups(page)


def show_webcam(page: Page) -> None:
    """Shows the webcam, which isn't there."""
    page.get_by_role("radio", name="Webcam").click()
    expect(page.get_by_test_id("stCameraInput")).to_be_visible()


def as_it_is(page: Page) -> None:
    """Leaves the page as it is."""


def filled_pages(server: Server, runs: list[Run]) -> dict[str, Callable[[Page], None]]:
    """Returns the addresses of all pages and sections, with what is to be opened on each."""
    (dataset,) = DatasetStore(server.settings).list()
    first, second = (run.id for run in runs)
    data, run = f"/data?dataset={dataset.id}&section=", f"/run?run={first}&section="
    return {
        "/": as_it_is,
        "/data": as_it_is,
        "/data?add=zip": as_it_is,
        **{f"{data}{section}": as_it_is for section in ("pictures", "check", "classes", "versions")},
        "/train": open_groups,
        "/runs": as_it_is,
        f"/compare?runs={first},{second}": as_it_is,
        **{f"{run}{section}": as_it_is for section in ("progress", "results", "mistakes", "explain", "try", "details")},
        f"/testing?run={first}": show_held_out,
        f"/testing?run={second}": show_webcam,
    }


def faults_of(page: Page, address: str, prepare: Callable[[Page], None]) -> list[str]:
    """Opens a page and returns what is wrong with it."""
    page.goto(address)
    settled(page)
    prepare(page)
    return [f"{address}: {fault}" for fault in found_everywhere(page)]


def test_every_page_is_accessible_empty_and_with_data(page: Page, server: Server, tmp_path: Path):
    faults = [fault for address in EMPTY for fault in faults_of(page, address, as_it_is)]
    runs = furnish(server, tmp_path)
    for address, prepare in filled_pages(server, runs).items():
        faults += faults_of(page, address, prepare)
    assert not faults, "\n".join(faults)
