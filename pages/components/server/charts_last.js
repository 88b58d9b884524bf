// Stands in for Streamlit's Plotly until pictures and buttons are there, then loads it.
// Milliseconds in which nothing was added to the page. React waits up to 300 before it shows what has loaded.
const QUIET = 400;
const LONGEST = 15000; // milliseconds; some pages are never quiet
const CHART = '[class*="st-key-chart_"]';
const LOOK_AGAIN = 50; // milliseconds

function isOnScreen(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}

function isAtWork() {
  const isDrawing = document.querySelector(".stApp")?.dataset.testScriptState === "running";
  const isMissing = [...document.querySelectorAll("[data-testid=stSkeleton]")].some((part) => !part.closest(CHART));
  return isDrawing || isMissing || [...document.images].some((picture) => !picture.complete && isOnScreen(picture));
}

function restOfPage() {
  return new Promise((resolve) => {
    const started = performance.now();
    let changed = started;
    const observer = new MutationObserver(() => {
      changed = performance.now();
    });
    observer.observe(document.body, { childList: true, subtree: true });
    const waiting = setInterval(() => {
      const now = performance.now();
      if ((now - changed > QUIET && !isAtWork()) || now - started > LONGEST) {
        clearInterval(waiting);
        observer.disconnect();
        resolve();
      }
    }, LOOK_AGAIN);
  });
}

// Until what was added has been painted; pages in the background aren't.
function painted() {
  return new Promise((resolve) => {
    requestAnimationFrame(() => requestAnimationFrame(resolve));
    setTimeout(resolve, QUIET);
  });
}

// The scripts of pictures and buttons. One that can't be loaded is reported by Streamlit itself.
await Promise.allSettled(FIRST.map((script) => import(script)));
await restOfPage();
await painted();
const plotly = await import(PLOTLY);
export default plotly.default;
