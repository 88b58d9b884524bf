"""Pictures and buttons are there before Plotly, however slowly their scripts come."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from core.datasets.store.store import DatasetStore
from tests.browser.conftest import Server
from tests.conftest import draw_folder

SLOW_SECONDS = 2.0
HOLD_MILLISECONDS = 1500
# Plotly announces itself there as soon as it runs: notes whether the pictures were there.
NOTE_WHEN_PLOTLY_RUNS = """
let plotly;
Object.defineProperty(window, "Plotly", {
  configurable: true,
  get: () => plotly,
  set(value) {
    plotly = value;
    const pictures = [...document.querySelectorAll("[data-testid=stMain] img")];
    window.werePicturesThere ??= pictures.length > 0 && pictures.every((one) => one.complete);
  },
});
"""


@pytest.mark.shared_server
def test_pictures_and_buttons_come_before_charts_and_charts_come(page: Page, server: Server, tmp_path: Path):
    dataset = DatasetStore(server.settings).import_source(draw_folder(tmp_path / "pictures", 6), name="Shapes")
    held: list[Route] = []

    def delay(route: Route) -> None:
        time.sleep(SLOW_SECONDS)
        route.continue_()

    def hold(route: Route) -> None:
        held.append(route)

    page.add_init_script(NOTE_WHEN_PLOTLY_RUNS)
    page.route("**/ImageList.*.js", delay)
    page.route("**/PlotlyChart.*.js?whole", hold)
    page.goto(f"/data?dataset={dataset.id}")
    expect(page.get_by_test_id("stMain").locator("img").first).to_be_visible()
    expect(page.get_by_test_id("stMain").get_by_role("button").first).to_be_visible()
    page.wait_for_timeout(HOLD_MILLISECONDS)
    assert held and page.get_by_test_id("stPlotlyChart").count() == 0

    page.unroute("**/PlotlyChart.*.js?whole")
    for route in held:
        route.continue_()
    expect(page.get_by_test_id("stPlotlyChart").first).to_be_visible()
    assert page.evaluate("window.werePicturesThere")


@pytest.mark.shared_server
def test_ages_stay_true_while_the_page_is_open(page: Page, server: Server):
    page.clock.install(time=time.time())
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    moment = page.evaluate("new Date().toISOString()")
    page.evaluate(
        """(moment) => {
          const age = document.createElement("time");
          Object.assign(age, {className: "age", dateTime: moment, title: "1 May 2026, 12:00", innerText: "just now"});
          document.querySelector("[data-testid=stMain]").append(age);
        }""",
        moment,
    )
    age = page.locator("time.age").last
    for passed, words in (("00:02:10", "2 min ago"), ("03:00:00", "3 h ago"), ("30:00:00", "1 May 2026")):
        page.clock.fast_forward(passed)
        expect(age).to_have_text(words)
