"""Start is pressed before the browser has heard what the form was filled with: the run still gets all of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.datasets.index import DatasetIndex
from core.runs import queue
from core.runs.recipe_choice import choose_config
from tests.browser.conftest import Server, end_server, start_server, wait_until
from tests.browser.page_switches import SLOW_SERVER, prepared

# Between the press that fills the form and Start: while the page is on its way, and after it.
PAUSES_MILLISECONDS = (0, 100, 350, 1200)


@pytest.fixture
def server(chromium: str, tmp_path: Path) -> Iterator[Server]:
    server = start_server(tmp_path / "home", program=SLOW_SERVER)
    yield server
    end_server(server)


def start_of(page: Page) -> Locator:
    return page.get_by_role("button", name="Start training")


def started_settings(server: Server, number: int) -> dict:
    """Waits for the latest of so many runs and returns its settings and its recipe."""
    wait_until(lambda: len(server.runs.list()) == number)
    run = max(server.runs.list(), key=lambda run: run.created)
    queue.stop(server.runs, run.id)
    return run.config.options() | {"recipe": run.recipe}


def recipe_settings(recipe: str, dataset: DatasetIndex) -> dict:
    return choose_config(recipe, dataset).options() | {"recipe": recipe}


@pytest.mark.parametrize("is_drawn", [False, True], ids=["first drawing", "drawn"])
def test_start_after_a_recipe_trains_its_settings(page: Page, server: Server, tmp_path: Path, is_drawn: bool):
    studio = prepared(server, page, tmp_path)
    for number, pause in enumerate(PAUSES_MILLISECONDS, start=1):
        page.goto("/train", wait_until="commit")
        if is_drawn:
            expect(start_of(page)).to_be_enabled()
            page.wait_for_timeout(1000)
        page.get_by_role("radio", name="Fine-tune").click()
        page.wait_for_timeout(pause)
        start_of(page).click()
        assert started_settings(server, number) == recipe_settings("fine_tune", studio.dataset), pause
    assert studio.watch.errors == []
