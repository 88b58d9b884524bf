"""What axe finds on a page, in both themes and on a phone, for tests."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize

DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# Of the four impacts, all but "minor" are mended.
HARMLESS = "minor"
SETTLED = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  return document.querySelector(".stApp")?.dataset.testScriptState === "notRunning" && main?.querySelector("h1")
    && !document.querySelector('[data-testid=stSkeleton], [data-stale="true"]');
}"""
IS_DARK = """(isDark) => {
  const numbers = getComputedStyle(document.querySelector(".stApp")).backgroundColor.match(/[0-9.]+/g).map(Number);
  return (numbers[0] < 128) === isDark;
}"""
WIDER_BY = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  return main.scrollWidth - main.clientWidth;
}"""


def settled(page: Page) -> None:
    """Waits until the page is drawn, with its charts."""
    page.wait_for_function(SETTLED)


def found(page: Page, *rules: str) -> list[str]:
    """Returns what axe finds on the page as it is, one line for each kind of fault.

    Args:
        page: the page.
        rules: those to check; all by default.
    """
    options: dict[str, object] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = list(rules)
    violations = Axe().run(page, options=options).response["violations"]
    return [
        f"{violation['impact']} {violation['id']}: "
        + "; ".join(f"{node['html'][:150]} ({node['failureSummary'][:300]})" for node in violation["nodes"][:3])
        for violation in violations
        if violation["impact"] != HARMLESS
    ]


def found_everywhere(page: Page) -> list[str]:
    """Returns what axe finds on the page in the light and the dark theme and on a phone, and what is too wide there."""
    settled(page)
    faults = [f"light: {fault}" for fault in found(page)]
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(IS_DARK, arg=True)
    faults += [f"dark: {fault}" for fault in found(page, "color-contrast")]
    page.set_viewport_size(PHONE)
    settled(page)
    faults += [f"phone, dark: {fault}" for fault in found(page)]
    wider = page.evaluate(WIDER_BY)
    if wider > 0:
        faults.append(f"phone: {wider} pixels wider than the screen")
    page.emulate_media(color_scheme="light")
    page.wait_for_function(IS_DARK, arg=False)
    page.set_viewport_size(DESKTOP)
    return faults
