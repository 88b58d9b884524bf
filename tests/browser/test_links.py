"""A link to the page that is shown leads where its address says, however early it is pressed, and nothing undoes it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from core.datasets.store.store import DatasetStore
from pages.components.guide.topics import TOPICS
from tests.browser.conftest import Server
from tests.conftest import draw_folder

# Presses a link in the moment in which it is there, before anything else has been drawn.
PRESS_AT_ONCE = """(selector) => new Promise((resolve) => {
  const press = () => {
    const link = document.querySelector(selector);
    if (!link) return false;
    link.click();
    resolve(location.search);
    return true;
  };
  if (!press()) {
    const observer = new MutationObserver(() => press() && observer.disconnect());
    observer.observe(document, {childList: true, subtree: true});
  }
})"""
FIRST, SECOND, THIRD = list(TOPICS)[:3]


def heading(page: Page, topic: str) -> Locator:
    return page.get_by_role("heading", name=TOPICS[topic].title, level=1)


def link_to(topic: str) -> str:
    return f".st-key-guide_list a[href$='topic={topic}']"


@pytest.mark.shared_server
def test_the_address_is_the_links_in_the_moment_in_which_it_is_pressed(page: Page):
    for _ in range(3):
        page.goto(f"/guide?topic={FIRST}", wait_until="commit")
        assert page.evaluate(PRESS_AT_ONCE, link_to(THIRD)) == f"?topic={THIRD}"
        expect(heading(page, THIRD)).to_be_visible()
        page.go_back()
        expect(heading(page, FIRST)).to_be_visible()
        page.go_forward()
        expect(heading(page, THIRD)).to_be_visible()


@pytest.mark.shared_server
def test_a_link_back_to_the_list_works_however_early_it_is_pressed(page: Page, server: Server, tmp_path: Path):
    dataset = DatasetStore(server.settings).import_source(draw_folder(tmp_path / "pictures", 3), name="Shapes")
    for _ in range(3):
        page.goto(f"/data?dataset={dataset.id}", wait_until="commit")
        assert page.evaluate(PRESS_AT_ONCE, ".st-key-breadcrumb a") == ""
        expect(page.get_by_role("heading", name="Data", exact=True)).to_be_visible()
        page.go_back()
        expect(page.get_by_role("heading", name="Shapes", exact=True)).to_be_visible()


@pytest.mark.shared_server
def test_what_a_link_has_opened_stays_when_something_else_is_pressed(page: Page):
    page.goto("/")
    page.get_by_role("link", name="How transfer learning works").click()
    expect(page).to_have_url(re.compile("topic=three-kinds"))
    page.locator(link_to("trust")).click()
    expect(heading(page, "trust")).to_be_visible()
    # It draws the whole page again.
    page.get_by_text("Present", exact=True).click()
    expect(page.get_by_role("switch", name="Present")).to_be_checked()
    expect(page.locator(".stApp")).to_have_attribute("data-test-script-state", "notRunning")
    expect(heading(page, "trust")).to_be_visible()
    assert "topic=trust" in page.url


@pytest.mark.shared_server
def test_a_link_that_opens_another_tab_leaves_the_page_where_it_is(page: Page):
    page.goto(f"/guide?topic={FIRST}")
    expect(heading(page, FIRST)).to_be_visible()
    with page.context.expect_page() as opened:
        page.locator(link_to(SECOND)).click(modifiers=["Control"])
    expect(heading(opened.value, SECOND)).to_be_visible()
    expect(heading(page, FIRST)).to_be_visible()
    assert page.url.endswith(f"topic={FIRST}")
