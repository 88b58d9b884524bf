"""The list of runs, the comparison and the sign of what is at work, as only a browser shows them."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.runs import queue
from core.runs.records.store import RunStatus
from tests.browser.conftest import END_SECONDS, TRAINING_SECONDS, Server, wait_until
from tests.conftest import draw_folder

CONFIG = TrainingConfig(image_size=32).with_options(epochs=2)
LONG = TrainingConfig(image_size=32).with_options(epochs=1000, stop_when_settled=False)
LONG_NAME = "A run with a name that is much too long for one line on the screen of a phone, said to its very end"
NARROW, WIDE = {"width": 390, "height": 844}, {"width": 1280, "height": 720}
# Whether an element is within the window, and what is in it within the element.
IS_WHOLE = """(node) => {
  const box = node.getBoundingClientRect();
  return node.scrollWidth <= node.clientWidth + 1 && box.left >= 0 && box.right <= innerWidth;
}"""


@pytest.fixture
def dataset(server: Server, tmp_path):
    return DatasetStore(server.settings).import_source(draw_folder(tmp_path / "pictures", 6), name="Shapes")


@pytest.mark.shared_server
def test_runs_are_starred_noted_found_compared_and_deleted(page: Page, server: Server, dataset):
    store = server.runs
    trained = [queue.submit(store, dataset.id, CONFIG.with_options(seed=seed), name=f"Seed {seed}") for seed in (1, 2)]
    wait_until(lambda: not store.unfinished(), TRAINING_SECONDS)
    assert {run.status for run in store.list()} == {RunStatus.COMPLETED}
    for name in (LONG_NAME, *(f"Early {number}" for number in range(1, 12))):
        store.request_stop(store.create("gone", "Gone", CONFIG, name=name).id)

    # By keyboard alone: a star, and the page of a run.
    page.goto("/runs")
    # While the page is drawn anew there may be two.
    star = page.locator(f".st-key-run_star_{trained[0].id} button").first
    expect(star).to_have_accessible_name("Star")
    star.focus()
    page.keyboard.press("Enter")
    expect(star).to_have_accessible_name("Remove the star")
    assert store.get("Seed 1").is_starred
    page.get_by_role("link", name="Seed 1").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/run\\?run={trained[0].id}"))
    page.goto("/runs")

    page.locator(f".st-key-run_menu_{trained[1].id} button").click()
    page.get_by_role("menuitem", name="Note").click()
    page.get_by_test_id("stDialog").get_by_role("textbox").fill("For *the* talk")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("For *the* talk")).to_be_visible()

    # The filter is in the address.
    find = page.get_by_role("searchbox", name="Find")
    find.fill("the talk")
    find.press("Enter")
    expect(page.get_by_role("link", name="Seed 1")).to_have_count(0)
    expect(page).to_have_url(re.compile(r"find=the(\+|%20)talk"))
    page.reload()
    expect(page.get_by_role("link", name="Seed 2")).to_be_visible()
    expect(page.get_by_text("1 of 14 runs")).to_be_visible()
    page.goto("/runs")

    # Ticked at the end of a long list, the button is in sight at once.
    for run in trained:
        page.locator(f".st-key-run_tick_{run.id} label").click()
    compare = page.get_by_role("button", name="Compare 2")
    expect(compare).to_be_in_viewport()
    page.locator("[data-testid=stMain]").evaluate("(node) => node.scrollTo(0, 0)")
    expect(compare).to_be_in_viewport()
    compare.click()
    expect(page).to_have_url(re.compile(r"/compare\?runs=[0-9a-f]{8}(,|%2C)[0-9a-f]{8}$"))
    said = page.get_by_text("different validation pictures").or_(page.get_by_text("on the same"))
    expect(said.first).to_be_visible()
    expect(page.locator(".confusion-matrix")).to_have_count(2)
    page.get_by_text("By seconds").click()
    expect(page.get_by_text("pauses before a resumption are left out")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Settings that differ")).to_be_visible()

    # On a phone no name is cut off.
    page.set_viewport_size(NARROW)
    page.goto("/runs?find=gone")
    name = page.get_by_role("link", name=LONG_NAME)
    expect(name).to_be_visible()
    assert name.evaluate(IS_WHOLE)
    page.set_viewport_size(WIDE)
    assert name.evaluate(IS_WHOLE)

    early = [run for run in store.list() if run.name in ("Early 3", "Early 4")]
    for run in early:
        page.locator(f".st-key-run_tick_{run.id} label").click()
    page.get_by_role("button", name="Delete 2").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("link", name="Early 3")).to_have_count(0)
    wait_until(lambda: len(store.list()) == 12, END_SECONDS)


@pytest.mark.shared_server
def test_the_sign_tells_on_any_page_what_was_started_elsewhere(page: Page, server: Server, dataset):
    page.goto("/train")
    expect(page.get_by_role("button", name="Start training")).to_be_visible()
    sign = page.get_by_role("button", name="at work")
    expect(sign).to_have_count(0)
    page.evaluate("window.isSamePage = true")

    run = queue.submit(server.runs, dataset.id, LONG, name="From elsewhere")
    expect(sign).to_have_text(re.compile("1 at work"))
    waiting = server.runs.create(dataset.id, dataset.name, LONG, name="Next")
    expect(sign).to_have_text(re.compile("2 at work"))
    sign.click()
    link = page.get_by_role("link", name="From elsewhere")
    expect(link).to_be_visible()
    expect(page.get_by_text("place 1 in the queue")).to_be_visible()
    # It stays open while it is kept up to date.
    server.runs.request_stop(waiting.id)
    expect(sign).to_have_text(re.compile("1 at work"))
    expect(link).to_be_visible()
    assert page.evaluate("window.isSamePage")
    link.click()
    expect(page).to_have_url(re.compile(f"/run\\?run={run.id}"))
    expect(sign).to_be_visible()

    queue.stop(server.runs, run.id)
    wait_until(lambda: not server.runs.unfinished(), END_SECONDS)
    expect(sign).to_have_count(0)
