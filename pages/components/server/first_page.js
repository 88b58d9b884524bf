// Ages stay true while the page is open: "just now" becomes "1 min ago". React keeps the text node, so only that changes.
const STEPS = AGES; // seconds up to which each holds, seconds of its unit, words
const LOOK_AGAIN = 5000; // milliseconds

function keepAgesTrue() {
  for (const age of document.querySelectorAll("time.age")) {
    const passed = (Date.now() - Date.parse(age.dateTime)) / 1000;
    const step = STEPS.find(([limit]) => passed < limit);
    const words = step ? step[2].replace("{}", Math.floor(passed / step[1])) : age.title.split(",")[0];
    if (age.firstChild && age.firstChild.data !== words) {
      age.firstChild.data = words;
    }
  }
}

setInterval(keepAgesTrue, LOOK_AGAIN);
