"""What only a real browser shows: dialogs, first visits by address, narrow screens, contrast."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.runs.records.store import RunStore
from core.runs.worker.environment import WARM
from core.runs.worker.handoff import is_warm_worker_ready
from core.runs.worker.warm_worker_pool import LOG_NAME
from tests.browser.conftest import END_SECONDS, PATIENCE_MILLISECONDS, Server, completed_run, wait_until
from tests.conftest import draw_folder
from tests.processes import of_home

SECTIONS = ("pictures", "check", "classes", "versions")
# A worker that warms up yields to other work on the machine.
WARM_SECONDS = 150
PAGES = (
    "",
    "data",
    "data?add=classes",
    "data?add=samples",
    *(f"data?section={name}" for name in SECTIONS),
    "train",
    "runs",
    "compare",
    "testing",
    "run",
    "guide",
    "guide?topic=network-and-depth",
    "guide?topic=trust",
)
# Contrast of each caption with the page behind it, including its opacity.
CONTRASTS = """() => {
  const numbers = (color) => color.match(/[0-9.]+/g).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = numbers(getComputedStyle(document.querySelector('.stApp')).backgroundColor);
  const read = '[data-testid="stCaptionContainer"] p, .stButton button:not(:disabled) p';
  return [...document.querySelectorAll(read)].map((text) => {
    const color = numbers(getComputedStyle(text).color);
    let opacity = color[3] ?? 1, below = behind;
    for (let node = text; node; node = node.parentElement) {
      opacity *= Number(getComputedStyle(node).opacity);
      if (node.tagName === 'BUTTON') {
        const own = numbers(getComputedStyle(node).backgroundColor);
        if ((own[3] ?? 1) === 1) below = own;
      }
    }
    const mixed = color.slice(0, 3).map((v, i) => v * opacity + below[i] * (1 - opacity));
    const [high, low] = [light(mixed), light(below)].sort((a, b) => b - a);
    return [text.innerText, (high + 0.05) / (low + 0.05)];
  });
}"""


def settled(page: Page) -> None:
    page.wait_for_selector('.stApp[data-test-script-state="notRunning"]')
    page.wait_for_selector("h1")


def from_menu(page: Page, action: str) -> None:
    page.get_by_role("button", name="More").click()
    page.get_by_text(action, exact=True).click()


@pytest.fixture
def shapes(server: Server, tmp_path: Path):
    return DatasetStore(server.settings).import_source(draw_folder(tmp_path / "pictures", 6), name="Shapes")


@pytest.mark.shared_server
@pytest.mark.parametrize("path", ["runs", "testing"])
def test_first_visit_by_address_has_the_app_around_it(page: Page, path: str):
    page.goto(f"/{path}")
    expect(page.get_by_role("link", name="Home")).to_be_visible()
    expect(page.get_by_role("heading", name="Runs" if path == "runs" else "Test a model")).to_be_visible()
    assert page.get_by_text("Page not found").count() == 0


@pytest.mark.shared_server
def test_data_set_is_renamed_and_deleted_after_confirmation(page: Page, server: Server, shapes):
    store = DatasetStore(server.settings)
    page.goto(f"/data?dataset={shapes.id}")
    from_menu(page, "Rename")
    page.get_by_test_id("stDialog").get_by_role("textbox").fill("Forms")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_test_id("stDialog")).to_have_count(0)
    assert store.get(shapes.id).name == "Forms"

    from_menu(page, "Rename")
    page.get_by_test_id("stDialog").get_by_role("textbox").fill("  ")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Expected a name")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stDialog")).to_have_count(0)

    from_menu(page, "Delete")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_test_id("stDialog")).to_have_count(0)
    assert store.list()
    from_menu(page, "Delete")
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("No data set yet")).to_be_visible()
    assert store.list() == []


@pytest.mark.shared_server
def test_damaged_data_set_is_deleted_after_confirmation(page: Page, server: Server, shapes):
    store = DatasetStore(server.settings)
    (shapes.folder / "dataset.json").write_bytes(b"")
    page.goto("/data")
    expect(page.get_by_text("its record is damaged")).to_be_visible()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_text("its record is damaged")).to_have_count(0)
    assert store.damaged() == [] and not shapes.folder.exists()


def test_runs_come_back_when_the_database_is_lost_while_the_server_runs(page: Page, server: Server, shapes):
    run = RunStore(server.settings.database).create(shapes.id, "Shapes", TrainingConfig(), name="Waiting")
    RunStore(server.settings.database).request_stop(run.id)
    page.goto("/runs")
    expect(page.get_by_role("link", name="Waiting")).to_be_visible()
    server.settings.database.unlink()
    page.reload()
    expect(page.get_by_text("1 run came back")).to_be_visible()
    page.get_by_role("button", name="Got it").click()
    expect(page.get_by_text("1 run came back")).to_have_count(0)
    assert RunStore(server.settings.database).get("Waiting").id == run.id


@pytest.mark.shared_server
def test_a_bad_upload_shows_an_error(page: Page, server: Server, tmp_path: Path):
    (tmp_path / "poem.zip").write_text("roses are red")
    page.goto("/data")
    page.locator("input[type=file]").set_input_files(tmp_path / "poem.zip")
    expect(page.get_by_test_id("stAlert").filter(has_text="poem.zip")).to_be_visible()
    assert DatasetStore(server.settings).list() == []


@pytest.mark.shared_server
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_a_narrow_screen_and_can_be_read(browser: Browser, server: Server, shapes, scheme: str):
    context = browser.new_context(
        base_url=server.url, viewport={"width": 390, "height": 844}, color_scheme=scheme
    )  # fmt: skip
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = context.new_page()
    for path in PAGES:
        page.goto(f"/{path}")
        settled(page)
        wider = page.evaluate(
            "() => { const main = document.querySelector('[data-testid=stMain]');"
            " return main.scrollWidth - main.clientWidth; }"
        )
        assert wider <= 0, path
        for text, contrast in page.evaluate(CONTRASTS):
            assert contrast >= 4.5, (path, text, contrast)
    context.close()


def test_the_form_stays_usable_during_a_forecast_and_a_rate_search(page: Page, shapes):
    page.goto("/train")
    expect(page.get_by_text("Measuring this machine")).to_be_visible()
    expect(page.get_by_role("button", name="Start training")).to_be_enabled()
    page.get_by_text("Learning: how fast").click()
    page.get_by_role("button", name="Find a learning rate").click()
    expect(page.get_by_text("Looking for a learning rate")).to_be_visible()
    page.get_by_text("Augmentation: changed copies").click()
    page.get_by_text("Mirror left and right").click()
    expect(page.get_by_text("2 copies of each of", exact=False)).to_be_visible()

    use = page.get_by_role("button", name=re.compile("^Use "))
    expect(use).to_be_visible()
    rate = float(use.inner_text().split()[-1])
    use.click()
    field = page.get_by_label("Learning rate", exact=True)
    # While the page is drawn again, the field that was filled stands beside the one that it replaces.
    wait_until(lambda: field.count() == 1 and field.first.input_value() == f"{rate:g}", PATIENCE_MILLISECONDS / 1000)
    expect(page.get_by_text("s in all", exact=False)).to_be_visible()
    expect(page.get_by_text("Mirror left and right", exact=True)).to_be_visible()


def test_the_warm_worker_starts_with_the_first_browser_and_ends_with_the_server(page: Page, server: Server, shapes):
    assert not (server.settings.home / LOG_NAME).exists()
    page.goto("/")
    wait_until(lambda: is_warm_worker_ready(server.runs), WARM_SECONDS)
    (warm,) = of_home(server.settings.home, WARM)
    page.goto("/train")
    page.get_by_role("button", name="Start training").click()
    assert completed_run(page, server).pid == warm.pid
    wait_until(lambda: is_warm_worker_ready(server.runs), WARM_SECONDS)
    server.process.terminate()
    server.process.wait(END_SECONDS)
    wait_until(lambda: not of_home(server.settings.home), END_SECONDS)
