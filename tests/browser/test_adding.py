"""A data set from the webcam, and the way from the list to it and back."""

import pytest
from playwright.sync_api import Page, expect

from core.datasets.store.store import DatasetStore
from tests.browser.conftest import Server

pytestmark = pytest.mark.shared_server


# The webcam starts anew for each picture. Its pattern moves, so each one is taken later than the one before: pictures
# of the same moment would be copies of each other, and one of them would be left out.
LATER_MILLISECONDS = 700
THUMBNAILS = "[class*=st-key-gallery_draft_] img"


def take(page: Page, number: int) -> None:
    """Takes pictures by webcam, each once the webcam shows something, and waits for their thumbnails."""
    before = page.locator(THUMBNAILS).count()
    for taken in range(1, number + 1):
        page.wait_for_timeout(LATER_MILLISECONDS * taken)
        # Not before: the video may have been that of the picture before, which this page still showed.
        page.wait_for_function("() => document.querySelector('video')?.readyState > 2")
        page.get_by_role("button", name="Take Photo").click()
        expect(page.locator(THUMBNAILS)).to_have_count(before + taken)


def test_a_data_set_is_made_by_webcam_and_opened_from_the_list_by_keyboard(page: Page, server: Server):
    page.goto("/data?add=classes")
    for place, name in enumerate(("cup", "hand"), start=1):
        field = page.get_by_role("textbox", name=f"Class {place}")
        field.fill(name)
        field.press("Enter")
    page.get_by_role("button", name="Use the webcam").first.click()
    take(page, 3)
    page.get_by_role("button", name="Remove", exact=True).first.click()
    expect(page.get_by_text("2 pictures", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_text("2 pictures", exact=True)).to_be_visible()
    expect(page.locator(THUMBNAILS)).to_have_count(2)
    page.get_by_role("button", name="Add a class").click()
    page.get_by_role("button", name="Remove this class").first.click()
    expect(page.get_by_role("textbox", name="Class 1")).to_have_value("hand")

    page.get_by_role("textbox", name="Class 2").fill("cup")
    page.get_by_role("button", name="Use the webcam").first.click()
    take(page, 2)
    page.get_by_role("button", name="Close the webcam").click()
    page.get_by_role("button", name="Use the webcam").last.click()
    take(page, 2)
    page.get_by_role("button", name="Make the data set").click()
    expect(page.get_by_role("heading", level=1, name="My pictures")).to_be_visible()
    (dataset,) = DatasetStore(server.settings).list()
    assert dataset.distribution().totals == (2, 2)

    page.get_by_role("link", name="Data").first.click()
    expect(page.get_by_role("heading", level=1, name="Data", exact=True)).to_be_visible()
    assert page.url.endswith("/data")
    expect(page.locator("[class*=st-key-gallery_card_] img")).to_have_count(4)
    page.get_by_role("link", name="My pictures", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="My pictures")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Data", exact=True)).to_be_visible()
