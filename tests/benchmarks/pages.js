// Notes when what was asked for by the latest click is there. Installed before a page's own scripts.
const STEADY = 400; // milliseconds for which it must stay so
const LOOK_AGAIN = 16; // milliseconds
const CHART = '[class*="st-key-chart_"]';

window.watched = { wanted: null, clicked: 0, content: null, settled: null };
let contentSince = null;
let changed = 0;

// To be called before the click; without one, counts from when the page was asked for.
window.watchFor = (wanted, isClick) => {
  window.watched = { wanted, clicked: isClick ? null : 0, content: null, settled: null };
  contentSince = null;
};

function isOnScreen(element) {
  const { top, bottom, width } = element.getBoundingClientRect();
  return width > 0 && bottom > 0 && top < window.innerHeight;
}

function isContentThere() {
  const main = document.querySelector("[data-testid=stMain]");
  const missing = [...document.querySelectorAll("[data-testid=stSkeleton]")].filter((part) => !part.closest(CHART));
  return (
    new RegExp(window.watched.wanted).test(location.pathname + location.search) &&
    document.querySelector(".stApp")?.dataset.testScriptState === "notRunning" &&
    main?.querySelector("h1") &&
    missing.length === 0 &&
    !main.querySelector('[data-stale="true"]') &&
    [...main.querySelectorAll("img")].every((picture) => picture.complete || !isOnScreen(picture))
  );
}

function areChartsThere() {
  const charts = [...document.querySelectorAll(`${CHART}, .curves`)];
  return (
    !document.querySelector("[data-testid=stSkeleton]") &&
    charts.every((chart) => chart.querySelector(".main-svg") || !isOnScreen(chart))
  );
}

function look() {
  const watched = window.watched;
  if (!watched.wanted || watched.clicked === null || watched.settled !== null) return;
  const now = performance.now();
  if (!isContentThere()) {
    // A page that polls is drawn again now and then; what was there stays there.
    if (watched.content === null) contentSince = null;
    return;
  }
  contentSince ??= now;
  if (watched.content === null && now - contentSince > STEADY) watched.content = contentSince - watched.clicked;
  if (watched.content !== null && areChartsThere() && now - changed > STEADY) {
    watched.settled = Math.max(changed, contentSince) - watched.clicked;
  }
}

addEventListener("click", () => {
  if (window.watched.clicked === null) window.watched.clicked = performance.now();
}, true);
addEventListener("DOMContentLoaded", () => {
  new MutationObserver(() => { changed = performance.now(); }).observe(document.body, { childList: true, subtree: true });
});
setInterval(look, LOOK_AGAIN);
