"""The set-up of a run in a browser: Start in view, cards chosen with the keyboard, nothing large to load first."""

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.datasets.store.store import DatasetStore
from tests.browser.conftest import Server
from tests.conftest import draw_folder

SIZES = ((1440, 900), (1280, 720), (390, 844))
# Whether the middle of an element is in the window, and not covered.
IS_IN_VIEW = """(element) => {
  const {x, y, width, height} = element.getBoundingClientRect();
  return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}"""
SCROLL_TO_END = "() => { const main = document.querySelector('[data-testid=stMain]'); main.scrollTo(0, 1e6); }"


@pytest.fixture
def shapes(server: Server, tmp_path: Path):
    return DatasetStore(server.settings).import_source(draw_folder(tmp_path / "pictures", 6), name="Shapes")


def is_in_view(element: Locator) -> bool:
    return element.evaluate(IS_IN_VIEW)


@pytest.mark.shared_server
def test_start_is_always_in_view_and_cards_are_chosen_with_the_keyboard(page: Page, shapes):
    start = page.get_by_role("button", name="Start training")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto("/train")
        expect(start).to_be_enabled()
        # The last of the page: what comes above it doesn't move any more.
        expect(page.get_by_text("Augmentation: changed copies")).to_be_attached()
        assert is_in_view(start), (width, height)
        page.evaluate(SCROLL_TO_END)
        assert is_in_view(start), (width, height)

    cards = page.get_by_role("radiogroup", name="Recipe")
    cards.get_by_role("radio", name="Recommended").focus()
    page.keyboard.press("ArrowDown")
    expect(cards.get_by_role("radio", name="Article")).to_be_checked()
    expect(page.get_by_text("Two new layers on VGG16")).to_be_visible()
    # The whole card can be pressed, not only its name.
    cards.get_by_text("the end of the network learns too").click(force=True)  # the radio button lies over it
    expect(cards.get_by_role("radio", name="Fine-tune")).to_be_checked()
    expect(page.get_by_text("then the last 3 blocks of it too")).to_be_visible()
