// Notes when what was asked for by the latest click is there. Installed before a page's own scripts.
// Milliseconds for which it must stay so; parts of some pages are drawn again every 300.
const STEADY = 60;
const LOOK_AGAIN = 16; // milliseconds
const CHART = '[class*="st-key-chart_"]';

window.watched = { wanted: null, heading: ".", clicked: 0, content: null, settled: null };
let contentSince = null;
let chartsSince = null;
// Whether the server has begun to draw since the click.
let hasRun = false;

// To be called before the click; without one, counts from when the page was asked for.
window.watchFor = (wanted, heading, isClick) => {
  hasRun = !isClick;
  window.watched = { wanted, heading, from: location.href, clicked: isClick ? null : 0, content: null, settled: null };
  contentSince = chartsSince = null;
};

function isOnScreen(element) {
  const { top, bottom, width } = element.getBoundingClientRect();
  return width > 0 && bottom > 0 && top < window.innerHeight;
}

function isContentThere() {
  const main = document.querySelector("[data-testid=stMain]");
  const missing = [...document.querySelectorAll("[data-testid=stSkeleton]")].filter((part) => !part.closest(CHART));
  return (
    hasRun &&
    new RegExp(window.watched.wanted).test(location.pathname + location.search) &&
    document.querySelector(".stApp")?.dataset.testScriptState === "notRunning" &&
    new RegExp(window.watched.heading).test(main?.querySelector("h1")?.innerText ?? "") &&
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
  // The shortest runs begin and end between two changes of the page: only their address tells of them.
  hasRun ||= location.href !== watched.from;
  const now = performance.now();
  if (watched.content === null) {
    contentSince = isContentThere() ? (contentSince ?? now) : null;
    if (contentSince !== null && now - contentSince > STEADY) watched.content = contentSince - watched.clicked;
    return;
  }
  chartsSince = areChartsThere() ? (chartsSince ?? now) : null;
  if (chartsSince === null || now - chartsSince <= STEADY) return;
  // What was there with the content was looked at later.
  watched.settled = chartsSince - contentSince < 2 * STEADY ? watched.content : chartsSince - watched.clicked;
}

addEventListener("click", () => {
  if (window.watched.clicked === null) window.watched.clicked = performance.now();
}, true);
addEventListener("DOMContentLoaded", () => {
  // A short run may have ended when this is told of it.
  new MutationObserver((changes) => {
    const isRunning = document.querySelector(".stApp")?.dataset.testScriptState === "running";
    if (isRunning || changes.some((change) => change.oldValue === "running")) hasRun = true;
  }).observe(document.body, {
    attributeFilter: ["data-test-script-state"], attributeOldValue: true, subtree: true,
  });
});
setInterval(look, LOOK_AGAIN);
