"""A real run played again on its page, and from a file without a network."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.runs import queue
from core.runs.records.store import Run, RunStatus
from tests.browser.accessibility import found, settled
from tests.browser.conftest import TRAINING_SECONDS, Server, wait_until
from tests.conftest import draw_folder

CONFIG = TrainingConfig(image_size=32).with_options(epochs=4)
SIZE = "() => parseFloat(getComputedStyle(document.querySelector('.replay')).fontSize)"
NAME = '</script><b onclick="x">Shapes & more</b>'


@pytest.fixture
def run(server: Server, tmp_path: Path) -> Run:
    dataset = DatasetStore(server.settings).import_source(draw_folder(tmp_path / "shapes", 8), name="Shapes")
    submitted = queue.submit(server.runs, dataset.id, CONFIG, name=NAME)
    wait_until(lambda: not server.runs.unfinished(), TRAINING_SECONDS)
    found = server.runs.get(submitted.id)
    assert found.status == RunStatus.COMPLETED
    return found


def slider_value(page: Page) -> float:
    return float(page.get_by_role("slider", name="Time").input_value())


def play_to_the_end(page: Page) -> None:
    """Lets a player that is shown play from near its end to its end."""
    expect(page.locator(".replay-result")).to_be_hidden()
    page.get_by_role("slider", name="Time").fill("900")
    page.get_by_role("button", name="2 times the speed").click()
    if page.locator(".replay-toggle").inner_text() != "Pause":
        page.locator(".replay-toggle").click()
    expect(page.get_by_role("button", name="Play again")).to_be_visible()
    assert slider_value(page) == 1000
    expect(page.locator(".replay-result")).to_contain_text("right: plausibly")
    expect(page.locator(".replay-now")).to_contain_text("Done: 4 epochs")


@pytest.mark.shared_server
def test_a_run_plays_again_with_pause_and_slider_and_from_a_file_without_a_network(
    page: Page, browser: Browser, server: Server, run: Run, tmp_path: Path
):
    page.goto(f"/run?run={run.id}&section=progress")
    page.get_by_role("button", name="Replay", exact=True).click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    wait_until(lambda: slider_value(page) > 20)
    page.get_by_role("button", name="Pause").click()
    paused = slider_value(page)
    page.wait_for_timeout(300)
    assert slider_value(page) == paused
    expect(page.locator(".replay-now")).not_to_be_empty()
    assert [fault for fault in found(page) if ".replay" in fault or "replay-" in fault] == []
    play_to_the_end(page)

    page.reload()
    settled(page)
    expect(page.get_by_role("button", name="Play the replay")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download as one HTML file").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)

    requests: list[Request] = []
    errors: list[str] = []
    context = browser.new_context(offline=True)
    try:
        alone = context.new_page()
        alone.on("request", lambda request: requests.append(request))
        alone.on("pageerror", lambda error: errors.append(str(error)))
        alone.goto(file.as_uri())
        expect(alone.get_by_role("heading", name=NAME)).to_be_visible()
        assert alone.title() == NAME
        alone.keyboard.press("Space")
        wait_until(lambda: slider_value(alone) > 0)
        alone.keyboard.press("ArrowRight")
        play_to_the_end(alone)
        assert alone.locator(".replay-plot .scatterlayer .trace").count() >= 4
        assert found(alone) == []
        before = alone.evaluate(SIZE)
        alone.get_by_role("button", name="Full screen").click()
        expect(alone.get_by_role("button", name="Leave full screen")).to_be_visible()
        assert alone.evaluate(SIZE) > before
        alone.emulate_media(reduced_motion="reduce")
        alone.reload()
        # Without motion it starts at its end.
        expect(alone.get_by_role("button", name="Play again")).to_be_visible()
        expect(alone.locator(".replay-result")).to_be_visible()
        assert [request.url for request in requests if not request.url.startswith("data:")] == 2 * [file.as_uri()]
    finally:
        context.close()
    assert errors == []
