"""From a zip to a prediction, in a real browser, with a real server and real training."""

import re
import shutil
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
from playwright.sync_api import Page, expect

from core.datasets.store.store import DatasetStore
from tests.browser.conftest import TRAINING_SECONDS, Server, completed_run
from tests.conftest import draw_folder, draw_shape

EPOCHS = 300
PRESSES = 3
# Records the number of points of both charts whenever it changes, and whether a chart was ever rebuilt.
WATCH_CURVES = """() => {
  window.seen = [];
  window.removed = 0;
  const count = () => [...document.querySelectorAll('.curves .plot')].map(
    (plot) => (plot.data || []).reduce((sum, trace) => sum + trace.x.length, 0));
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.removedNodes)
      if (node.classList?.contains('plot') || node.querySelector?.('.plot')) window.removed += 1;
  }).observe(document.body, {childList: true, subtree: true});
  setInterval(() => {
    const now = count();
    const last = window.seen.at(-1) || [];
    if (now.length === 2 && String(now) !== String(last)) window.seen.push(now);
  }, 20);
}"""
POINTS = "() => [...document.querySelectorAll('.curves .plot')].map((plot) => plot.data ? plot.data[0].x.length : 0)"


def points(page: Page) -> list[int]:
    return page.evaluate(POINTS)


def wait_for_points(page: Page, more_than: int = 0) -> list[int]:
    page.wait_for_function(
        f"(least) => {{ const all = ({POINTS})(); return all.length === 2 && all.every((n) => n > least); }}",
        arg=more_than,
        timeout=TRAINING_SECONDS * 1000,
    )
    return points(page)


def set_number(page: Page, label: str, value: int) -> None:
    field = page.get_by_role("spinbutton", name=label, exact=True).or_(
        page.get_by_role("textbox", name=label, exact=True)
    )
    field.fill(str(value))
    field.press("Enter")


def train_all_epochs(page: Page) -> None:
    """Switches off that training ends once the loss has settled, which it soon does on so easy pictures."""
    page.get_by_text("Learning: how fast, how carefully, and when to end").click()
    switch = page.get_by_role("switch", name="Stop when settled")
    for _ in range(PRESSES):
        page.get_by_text("Stop when settled", exact=True).click()
        # The page is still moving: a switch that moves between pressing and releasing isn't pressed at all.
        with suppress(AssertionError):
            expect(switch).not_to_be_checked(timeout=5000)
            return
    raise AssertionError("The switch stays on.")


def rename_and_delete(page: Page, server: Server, run_id: str) -> None:
    """Renames a run on its page, then deletes it there."""
    page.goto(f"/run?run={run_id}")
    expect(page.get_by_text("It learned to tell 3 classes apart")).to_be_visible()
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_test_id("stDialog").get_by_role("textbox").fill("My first run")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="My first run")).to_be_visible()
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("heading", name="Runs", exact=True)).to_be_visible()
    assert server.runs.list() == []


def test_from_a_zip_to_live_curves_and_a_prediction(page: Page, server: Server, tmp_path: Path):
    archive = shutil.make_archive(str(tmp_path / "shapes"), "zip", draw_folder(tmp_path / "pictures", 12))

    page.goto("/")
    page.get_by_role("link", name="Data").first.click()
    page.locator("input[type=file]").set_input_files(archive)
    expect(page.get_by_text("shapes is in: 36 pictures")).to_be_visible()
    expect(page.get_by_text("circle · 12 pictures").first).to_be_visible()

    page.get_by_role("button", name="Train a model").click()
    expect(page.get_by_text("3 classes, 36 pictures", exact=False)).to_be_visible()
    set_number(page, "Epochs", EPOCHS)
    train_all_epochs(page)
    page.evaluate(WATCH_CURVES)
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    wait_for_points(page)
    run = completed_run(page, server)
    page.wait_for_function(f"() => ({POINTS})().every((n) => n === {EPOCHS})")

    assert page.evaluate("window.removed") == 0
    seen = page.evaluate("window.seen")
    for chart in (0, 1):
        grown = [counts[chart] for counts in seen]
        assert grown == sorted(grown), seen
        assert len({count for count in grown if 0 < count < 2 * EPOCHS}) >= 1, seen
        assert grown[-1] == 2 * EPOCHS
    assert run.config.backbone == "efficientnet_lite0"
    assert run.recipe == "recommended"
    assert run.metrics["val_accuracy"] >= 0.8
    expect(page.get_by_text("(95 % interval)", exact=False)).to_be_visible()

    page.get_by_role("button", name="Try this model").click()
    expect(page).to_have_url(re.compile(f"run={run.id}.*section=try|section=try.*run={run.id}"))
    generator = np.random.default_rng(1234)
    for name in ("circle", "square"):
        picture = tmp_path / f"new {name}.png"
        draw_shape(name, generator).save(picture)
        page.goto("/testing")
        page.locator("input[type=file]").set_input_files(picture)
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    rename_and_delete(page, server, run.id)
    mapped = {Path(region.path).name for region in psutil.Process(server.process.pid).memory_maps()}
    assert not [name for name in mapped if "tensorflow" in name or "jaxlib" in name]


def test_a_reload_finds_the_run_still_running_and_resume_continues_it(page: Page, server: Server, tmp_path: Path):
    DatasetStore(server.settings).import_source(draw_folder(tmp_path / "pictures", 12), name="Shapes")
    page.goto("/train")
    set_number(page, "Epochs", 1000)
    train_all_epochs(page)
    page.get_by_role("button", name="Start training").click()
    before = wait_for_points(page)
    address = page.url
    assert "run=" in address

    page.reload()
    after = wait_for_points(page, more_than=min(before))
    assert page.url == address
    expect(page.get_by_role("button", name="Stop")).to_be_visible()

    with page.context.new_page() as second:
        second.goto(address)
        wait_for_points(second, more_than=min(after))

    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped early")).to_be_visible()
    (run,) = server.runs.list()
    assert run.status == "stopped"
    assert run.has_model
    expect(page.get_by_role("button", name="Try this model")).to_be_visible()

    stopped_at = points(page)
    with page.context.new_page() as second:
        second.goto(address)
        expect(second.get_by_role("button", name="Resume")).to_be_visible()
        page.get_by_role("button", name="Resume").click()
        assert min(wait_for_points(page, more_than=max(stopped_at))) > max(stopped_at)
        # The other window follows without being reloaded.
        expect(second.get_by_text("Until then, its state is under Progress.")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped early")).to_be_visible()
    epochs = [event.epoch for event in server.runs.events(run.id)]
    assert epochs == list(range(1, len(epochs) + 1))
