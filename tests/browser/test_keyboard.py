"""By keyboard alone: from the home page to a tested picture, with the place of the keyboard always in sight."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.accessibility import IS_DARK, settled
from tests.browser.conftest import Server, completed_run

# More than any page has.
MOST_STOPS = 150
# What has the focus: its role, its name, whether it is within the content, and what is wrong with how it is shown.
FOCUSED = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const numbers = (color) => color.match(/[0-9.]+/g).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = light(numbers(getComputedStyle(document.querySelector('.stApp')).backgroundColor));
  const ringOf = (element) => {
    const style = getComputedStyle(element);
    if (style.outlineStyle !== 'solid' || parseFloat(style.outlineWidth) < 3) return 0;
    const ring = light(numbers(style.outlineColor));
    return (Math.max(ring, behind) + 0.05) / (Math.min(ring, behind) + 0.05);
  };
  let ringed = focused;
  for (let i = 0; i < 4 && ringed.parentElement && ringOf(ringed) < 3; i += 1) ringed = ringed.parentElement;
  const { left, top, width, height, bottom, right } = ringed.getBoundingClientRect();
  const faults = [];
  if (ringOf(ringed) < 3) faults.push('no ring');
  if (bottom < 0 || top > innerHeight || right < 0 || left > innerWidth) faults.push('out of sight');
  else {
    const inside = (value, most) => Math.max(0, Math.min(value, most - 1));
    const over = document.elementFromPoint(inside(left + width / 2, innerWidth), inside(top + height / 2, innerHeight));
    // A table is drawn on a canvas, and what scrolls it is a transparent layer above.
    const isOwn = over && over.closest('[data-testid="stDataFrame"]')?.contains(ringed);
    if (over && !isOwn && !ringed.contains(over) && !over.contains(ringed)) faults.push('covered');
  }
  // The toolbar of a table is Streamlit's own, and only drawn under the mouse.
  if (focused.closest('[data-testid="stElementToolbar"]')) faults.length = 0;
  const label = focused.getAttribute('aria-label') || focused.labels?.[0]?.innerText || focused.innerText || '';
  const tag = focused.tagName.toLowerCase();
  return {
    role: focused.getAttribute('role') || { a: 'link', input: focused.type }[tag] || tag,
    // Icons are drawn by letters of a font.
    name: label.split('\\n').filter((line) => !/^[a-z_]+$/.test(line)).join(' ').trim() || label.trim(),
    faults: faults.map((fault) => `${tag} ${label.slice(0, 40)}: ${fault}`),
  };
}"""


def stops(page: Page) -> list[dict]:
    """Tabs once through the page, from its beginning, and returns all stops."""
    page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges(); document.body.focus();")
    found: list[dict] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None or (found and stop["name"] == found[0]["name"] and stop["role"] == found[0]["role"]):
            return found
        found.append(stop)
    raise AssertionError(f"The keyboard never leaves the page: {found[-5:]}")


def faults_of(page: Page) -> list[str]:
    """Returns where the place of the keyboard can't be seen."""
    return [fault for stop in stops(page) for fault in stop["faults"]]


def tab_to(page: Page, is_wanted: Callable[[dict], bool]) -> None:
    """Presses Tab until the keyboard has come to what is wanted."""
    seen = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is not None:
            assert stop["faults"] == []
            if is_wanted(stop):
                return
            seen.append(stop["name"])
    raise AssertionError(f"The keyboard doesn't come there, only to {seen}")


def enter(page: Page, role: str, name: str) -> None:
    """Comes to a link or a button by Tab, and presses Enter, once nothing moves on the page any more."""
    settled(page)
    tab_to(page, lambda stop: stop["role"] == role and stop["name"].startswith(name))
    page.keyboard.press("Enter")


def test_from_home_to_a_tested_picture_by_keyboard_alone(page: Page, server: Server):
    page.goto("/")
    settled(page)
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["name"] == "Skip to main content"
    page.keyboard.press("Enter")
    enter(page, "button", "Try it now")
    completed_run(page, server)

    enter(page, "link", "Test")
    expect(page.get_by_role("radio", name="Upload")).to_be_visible()
    tab_to(page, lambda stop: stop["role"] == "radio" and stop["name"].endswith("Upload"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_text("answers right")).to_be_visible()

    enter(page, "link", "Runs")
    expect(page.get_by_role("heading", level=1, name="Runs")).to_be_visible()
    enter(page, "link", "Textures, recommended")
    expect(page.get_by_role("heading", level=1, name="Textures, recommended")).to_be_visible()

    enter(page, "link", "Data")
    expect(page.get_by_role("heading", level=1, name="Data", exact=True)).to_be_visible()
    enter(page, "link", "Textures")
    expect(page.get_by_role("heading", level=1, name="Textures")).to_be_visible()
    # A link to another view of the same page changes the address too, and Back leads back.
    assert "dataset=" in page.url
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Data", exact=True)).to_be_visible()

    faults = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for address in ("/", "/data", "/data?section=pictures", "/train", "/runs", "/testing"):
            page.goto(address)
            settled(page)
            page.wait_for_function(IS_DARK, arg=scheme == "dark")
            faults += [f"{address}, {scheme}: {fault}" for fault in faults_of(page)]
    assert faults == []
