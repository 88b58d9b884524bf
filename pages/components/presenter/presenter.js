// Keeps the presenter view in the address, without a step in the browser's history, and the page light.
const LOOK_AGAIN = 400; // milliseconds
const PRESENT = ["present", "1"];
// Streamlit reads it when the page loads.
const LIGHT = ["embed_options", "light_theme"];

// Returns whether the page was loaded without the option that makes it light.
function rewrite(isOn) {
  const address = new URL(window.location.href);
  const wanted = address.searchParams;
  [PRESENT, LIGHT].forEach(([name, value]) => {
    const others = wanted.getAll(name).filter((one) => one !== value);
    wanted.delete(name);
    (isOn ? [...others, value] : others).forEach((one) => wanted.append(name, one));
  });
  const before = new URL(window.location.href);
  const hadLight = before.searchParams.getAll(LIGHT[0]).includes(LIGHT[1]);
  before.searchParams.sort();
  const after = new URL(address);
  after.searchParams.sort();
  if (before.href !== after.href) {
    window.history.replaceState(window.history.state, "", address);
  }
  return !hadLight;
}

function isDark() {
  const numbers = getComputedStyle(document.querySelector(".stApp")).backgroundColor.match(/[0-9.]+/g).map(Number);
  return numbers[0] < 128;
}

// Whether the user's own choice, in Streamlit's menu or in the browser, is the dark theme.
function prefersDark() {
  const chosen = Object.keys(window.localStorage).find((name) => name.startsWith("stActiveTheme"));
  const stored = chosen ? window.localStorage.getItem(chosen) : "";
  return /dark/i.test(stored) || (!/light/i.test(stored) && window.matchMedia("(prefers-color-scheme: dark)").matches);
}

export default function ({ data, parentElement }) {
  const root = parentElement.firstElementChild ?? parentElement;
  const wasOn = root.isOn;
  root.isOn = data.isOn;
  clearInterval(root.keeping);
  const lacksLight = rewrite(data.isOn);
  root.keeping = setInterval(() => rewrite(root.isOn), LOOK_AGAIN);
  if (data.isOn ? lacksLight && isDark() : wasOn && prefersDark()) {
    window.location.reload();
  }
  return () => clearInterval(root.keeping);
}
