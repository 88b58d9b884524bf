"""Pages left while they poll, on a slow server, never go white."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, end_server, start_server
from tests.browser.page_switches import SLOW_SERVER, SWITCHES, prepared

# The first two used to go white nearly every time; `tests.benchmarks.page_switches` tries all of them more often.
TIMES = dict.fromkeys(SWITCHES, 1) | dict.fromkeys(tuple(SWITCHES)[:2], 4)

pytestmark = pytest.mark.usefixtures("at_once")


@pytest.fixture
def server(chromium: str, tmp_path: Path) -> Iterator[Server]:
    server = start_server(tmp_path / "home", program=SLOW_SERVER)
    yield server
    end_server(server)


@pytest.mark.parametrize("name", SWITCHES)
def test_a_page_left_while_it_polls_draws_nothing_into_the_next(page: Page, server: Server, tmp_path: Path, name: str):
    studio = prepared(server, page, tmp_path)
    SWITCHES[name](studio, TIMES[name])
    assert (studio.watch.whites, studio.watch.errors) == (0, [])


def test_start_pressed_twice_starts_one_run(page: Page, server: Server, tmp_path: Path):
    studio = prepared(server, page, tmp_path)
    page.goto("/train")
    start = page.get_by_role("button", name="Start training")
    start.scroll_into_view_if_needed()
    expect(start).to_be_enabled()
    start.dblclick(delay=50)
    studio.arrives("Shapes, recommended")
    (run,) = server.runs.list()
    assert f"run={run.id}" in page.url
    studio.end_runs()
    assert studio.watch.errors == []
