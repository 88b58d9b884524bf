"""The guide and the tour in a real browser: every figure is there, topics are reached by click, keyboard and reload."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from pages.components.guide import figure_words, recorded
from pages.components.guide.topics import TOPICS, text_of
from pages.components.guide.tour import STEPS
from tests.browser.accessibility import DESKTOP, PHONE, settled
from tests.browser.conftest import PATIENCE_MILLISECONDS, Server

NAMES = list(TOPICS)


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    context = browser.new_context(base_url=server.url, viewport=DESKTOP)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    yield context.new_page()
    context.close()


def heading(page: Page, name: str):
    return page.get_by_role("heading", name=TOPICS[name].title, level=1)


@pytest.mark.shared_server
def test_every_topic_has_its_figures(page: Page):
    shown = set()
    for name in NAMES:
        page.goto(f"/guide?topic={name}")
        expect(heading(page, name)).to_be_visible()
        for figure in map(recorded.load, text_of(name).figures):
            card = page.locator(f".st-key-figure_{figure.name}")
            if figure.picture:
                expect(card.locator("img")).to_be_visible()
                loaded = "(picture) => picture.complete && picture.naturalWidth > 0"
                page.wait_for_function(loaded, arg=card.locator("img").element_handle())
            else:
                expect(card.locator(".main-svg").first).to_be_visible()
                # What Plotly drew of the values: lines, dots or cells.
                expect(card.locator(".trace, .hm").first).to_be_attached()
            expect(card.get_by_text(figure_words.title(figure), exact=True)).to_be_visible()
            expect(card.get_by_role("button", name="Make it on this machine")).to_be_enabled()
            shown.add(figure.name)
    assert shown == {path.stem for path in recorded.FOLDER.iterdir()}


@pytest.mark.shared_server
def test_topics_are_reached_by_click_keyboard_reload_and_back(page: Page):
    page.goto("/guide")
    expect(heading(page, NAMES[0])).to_be_visible()
    page.get_by_role("link", name=f"Next: {TOPICS[NAMES[1]].title}").click()
    expect(heading(page, NAMES[1])).to_be_visible()
    expect(page).to_have_url(re.compile(f"topic={NAMES[1]}"))
    page.reload()
    expect(heading(page, NAMES[1])).to_be_visible()

    link = page.locator(".st-key-guide_list").get_by_role("link", name=TOPICS["trust"].title)
    link.focus()
    page.keyboard.press("Enter")
    expect(heading(page, "trust")).to_be_visible()
    page.go_back()
    expect(heading(page, NAMES[1])).to_be_visible()
    page.get_by_role("link", name=f"Previous: {TOPICS[NAMES[0]].title}").click()
    expect(heading(page, NAMES[0])).to_be_visible()


@pytest.mark.shared_server
def test_on_a_phone_topics_are_chosen_above_the_text(page: Page):
    page.set_viewport_size(PHONE)
    page.goto(f"/guide?topic={NAMES[2]}")
    settled(page)
    choice = page.locator(".st-key-guide_select")
    expect(choice).to_be_visible()
    text, below = page.locator(".st-key-guide_text").bounding_box(), page.locator(".st-key-guide_list").bounding_box()
    assert text and below and below["y"] > text["y"] + text["height"] - 1
    choice.get_by_role("combobox").click()
    page.get_by_role("option", name=TOPICS["few-shots"].title).click()
    expect(heading(page, "few-shots")).to_be_visible()
    expect(page).to_have_url(re.compile("topic=few-shots"))
    page.reload()
    expect(heading(page, "few-shots")).to_be_visible()


@pytest.mark.shared_server
def test_the_tour_walks_through_the_pages_and_is_not_offered_again(page: Page):
    page.goto("/")
    # Nothing opens by itself, and what a newcomer wants is free.
    expect(page.get_by_role("button", name="Try it now")).to_be_enabled()
    assert page.get_by_test_id("stDialog").count() == 0
    page.get_by_role("button", name="Start the tour").click()
    bar = page.locator(".st-key-tour")
    for number, step in enumerate(STEPS, start=1):
        expect(bar).to_contain_text(f"{number} of {len(STEPS)} · {step.title}")
        path = step.page.removeprefix("pages/").removesuffix(".py").replace("home", "")
        expect(page).to_have_url(re.compile(rf"/{path}(\?.*)?$"))
        if number < len(STEPS):
            bar.get_by_role("button", name="Next").click()
    bar.get_by_role("button", name="Back").click()
    expect(bar).to_contain_text(f"{len(STEPS) - 1} of {len(STEPS)}")
    bar.get_by_role("button", name="Next").click()
    bar.get_by_role("button", name="Done").click()
    expect(bar).to_have_count(0)
    wait = "() => document.cookie.includes('tour=over')"
    page.wait_for_function(wait)
    page.goto("/")
    expect(page.get_by_role("button", name="Try it now")).to_be_enabled()
    settled(page)
    assert page.get_by_role("button", name="Start the tour").count() == 0


@pytest.mark.shared_server
def test_a_skipped_tour_stays_in_the_guide(page: Page):
    page.goto("/")
    page.locator(".st-key-tour_offer").get_by_role("button", name="Skip").click()
    expect(page.get_by_role("button", name="Start the tour")).to_have_count(0)
    page.wait_for_function("() => document.cookie.includes('tour=over')")
    page.reload()
    expect(page.get_by_role("button", name="Try it now")).to_be_enabled()
    settled(page)
    assert page.get_by_role("button", name="Start the tour").count() == 0

    page.goto("/guide")
    page.get_by_role("button", name="Take the tour").click()
    expect(page.locator(".st-key-tour")).to_contain_text("1 of")
    page.locator(".st-key-tour").get_by_role("button", name="Skip").click()
    expect(page.locator(".st-key-tour")).to_have_count(0)
