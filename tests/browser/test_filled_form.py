"""Start is pressed before the browser has received the values that filled the form: the run still gets all of them."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.datasets.index import DatasetIndex
from core.runs import queue
from core.runs.recipe_choice import choose_config
from tests.browser.conftest import Server, end_server, start_server, wait_until
from tests.browser.page_switches import SLOW_SERVER, prepared

# Pauses between filling the form and pressing Start: while the page is on its way, and afterwards.
PAUSES_MILLISECONDS = (0, 100, 350, 1200)
PRESSES, SECONDS_A_PRESS = 4, 15

pytestmark = pytest.mark.usefixtures("at_once")


@pytest.fixture
def server(chromium: str, tmp_path: Path) -> Iterator[Server]:
    server = start_server(tmp_path / "home", program=SLOW_SERVER)
    yield server
    end_server(server)


def start_of(page: Page) -> Locator:
    return page.get_by_role("button", name="Start training")


def started_settings(page: Page, server: Server, number: int) -> dict:
    """Presses Start until there is this number of runs, and returns the settings and the recipe of the latest.

    A press may hit a button that is just being replaced. What matters is that no press starts anything other than what
    was filled in.
    """
    for _ in range(PRESSES):
        start_of(page).click()
        with suppress(AssertionError):
            wait_until(lambda: len(server.runs.list()) == number, SECONDS_A_PRESS)
            break
    run = max(server.runs.list(), key=lambda run: run.created)
    queue.stop(server.runs, run.id)
    return run.config.options() | {"recipe": run.recipe}


def recipe_settings(recipe: str, dataset: DatasetIndex) -> dict:
    return choose_config(recipe, dataset).options() | {"recipe": recipe}


@pytest.mark.parametrize("is_drawn", [False, True], ids=["first drawing", "drawn"])
def test_start_after_a_recipe_trains_its_settings(page: Page, server: Server, tmp_path: Path, is_drawn: bool):
    studio = prepared(server, page, tmp_path)
    recipes = []
    for number, pause in enumerate(PAUSES_MILLISECONDS, start=1):
        page.goto("/train", wait_until="commit")
        if is_drawn:
            expect(start_of(page)).to_be_enabled()
            page.wait_for_timeout(1000)
        page.get_by_role("radio", name="Fine-tune").click()
        page.wait_for_timeout(pause)
        started = started_settings(page, server, number)
        assert started == recipe_settings(started["recipe"], studio.dataset), pause
        recipes.append(started["recipe"])
    # The very first press on a page that is still being drawn may be lost; then nothing was chosen.
    assert recipes.count("fine_tune") >= len(PAUSES_MILLISECONDS) - 1
    assert studio.watch.errors == []
