// Plays a recording: the charts grow, remarks appear, the result comes at the end. It computes nothing.
const RATES = [0.5, 1, 2];
const FRAME = 45; // milliseconds between two drawings
const STEP = 0.05; // of the whole, by the arrow keys
const SLIDER = 1000;
const LONG_RESULT = 120; // letters; a longer one is several sentences
const ICONS = {
  play: "M8 5v14l11-7z",
  pause: "M6 5h4v14H6zM14 5h4v14h-4z",
  again: "M12 5V1L7 6l5 5V7a6 6 0 1 1-6 6H4a8 8 0 1 0 8-8z",
  large: "M7 14H5v5h5v-2H7zM5 10h2V7h3V5H5zm12 7h-3v2h5v-5h-2zM14 5v2h3v3h2V5z",
  small: "M5 16h3v3h2v-5H5zm3-8H5v2h5V5H8zm6 11h2v-3h3v-2h-5zm2-11V5h-2v5h5V8z",
};

function make(tag, className, text = "", attributes = {}) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  return element;
}

function drawing(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
  return element;
}

function icon(name) {
  const picture = drawing("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
  picture.append(drawing("path", { d: ICONS[name] }));
  return picture;
}

function labelled(button, name, words) {
  button.replaceChildren(icon(name), make("span", "", words));
}

function secondsWords(seconds, decimals = seconds < 10 ? 1 : 0) {
  const rounded = Number(seconds.toFixed(decimals));
  const minutes = Math.floor(rounded / 60);
  return `${minutes ? `${minutes} min ` : ""}${(rounded - 60 * minutes).toFixed(decimals)} s`;
}

class ReplayPlayer {
  // Fills `root`. `look` has the dashes and markers of lines; `title` is the tag of the title.
  constructor(root, recording, look, { starts = false, title = "p" } = {}) {
    const names = recording.panels.flatMap(({ lanes }) => lanes.map(({ name }) => name));
    Object.assign(this, { root, recording, look: { ...look, order: [...new Set(names)] }, rate: 1, isPlaying: false });
    this.schedule = scheduleOf(recording);
    this.isCalm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    // Who wants no motion sees how it ended, and can still play it.
    this.time = this.isCalm ? this.schedule.length : 0;
    this.build(title);
    this.listen();
    this.draw();
    if (starts && !this.isCalm) {
      this.play();
    }
  }

  get hasEnded() {
    return this.time >= this.schedule.length;
  }

  build(title) {
    const { recording, root } = this;
    root.replaceChildren();
    root.setAttribute("aria-label", `Replay of ${recording.title}`);
    const head = make("header", "replay-head");
    const words = make("div", "replay-heading");
    words.append(make(title, "replay-title", recording.title), make("p", "replay-question", recording.question));
    head.append(words);
    root.append(head, this.buildBoard(), this.buildCharts(), this.buildWords(), this.buildControls());
  }

  // The lanes with their present values in large type.
  buildBoard() {
    const board = make("div", "replay-board");
    const list = make("ul", "", "", { "aria-label": "Present values" });
    this.clock = make("p", "replay-clock");
    this.clock.append(make("strong", ""), make("span", "", `of ${secondsWords(this.recording.seconds)}`));
    board.append(list, this.clock);
    const [panel] = this.recording.panels;
    this.scores = (panel?.lanes ?? []).map((lane) => {
      const item = make("li", "");
      const index = this.look.order.indexOf(lane.name);
      item.style.setProperty("--lane", `var(--replay-lane-${index % 10})`);
      const sample = drawing("svg", { viewBox: "0 0 40 8", "aria-hidden": "true" });
      const dashes = { solid: "", dash: "9 5", dot: "2 4", dashdot: "9 4 2 4", longdash: "14 5", longdashdot: "14 4 2 4" };
      sample.append(drawing("path", { d: "M0 4h40", "stroke-dasharray": dashes[this.look.dashes[index % this.look.dashes.length]] ?? "" }));
      const value = make("strong", "", "–");
      const name = make("span", "replay-lane");
      name.append(sample, document.createTextNode(lane.name));
      item.append(name, value);
      list.append(item);
      return { lane, panel, value };
    });
    return board;
  }

  buildCharts() {
    const charts = make("div", "replay-charts");
    this.charts = this.recording.panels.map((panel) => {
      const figure = make("figure", "");
      const plot = make("div", "replay-plot", "", { role: "img" });
      figure.append(make("figcaption", "", panel.title), plot);
      charts.append(figure);
      return new ReplayChart(plot, panel, this.look);
    });
    this.start = make("button", "replay-start", "", { type: "button", "aria-label": "Play the replay" });
    this.start.append(icon("play"));
    charts.append(this.start);
    return charts;
  }

  buildWords() {
    const words = make("div", "replay-words", "", { role: "group", "aria-label": "What happened", tabindex: 0 });
    this.now = make("p", "replay-now", "", { "aria-live": "polite" });
    this.before = make("ol", "replay-before", "", { "aria-label": "Said before" });
    const isLong = this.recording.result.length > LONG_RESULT;
    this.result = make("p", `replay-result${isLong ? " is-long" : ""}`, this.recording.result);
    words.append(this.result, this.now, this.before);
    return words;
  }

  buildControls() {
    const controls = make("div", "replay-controls", "", { role: "group", "aria-label": "Replay controls" });
    this.toggle = make("button", "replay-toggle", "", { type: "button" });
    this.slider = make("input", "replay-slider", "", { type: "range", min: 0, max: SLIDER, step: 1, "aria-label": "Time" });
    const rates = make("div", "replay-rates", "", { role: "group", "aria-label": "Speed" });
    this.rates = RATES.map((rate) => {
      const button = make("button", "", `${rate}×`, { type: "button", "aria-label": `${rate} times the speed` });
      button.addEventListener("click", () => this.setRate(rate));
      rates.append(button);
      return button;
    });
    this.full = make("button", "replay-full", "", { type: "button" });
    this.pace = make("p", "replay-pace");
    controls.append(this.toggle, this.slider, rates, this.full, this.pace);
    this.setRate(1);
    this.showFull();
    return controls;
  }

  listen() {
    this.toggle.addEventListener("click", () => this.turn());
    this.start.addEventListener("click", () => this.turn());
    this.slider.addEventListener("input", () => this.seek((this.slider.value / SLIDER) * this.schedule.length));
    this.slider.addEventListener("pointerdown", () => (this.isHeld = true));
    ["pointerup", "pointercancel", "change"].forEach((name) => this.slider.addEventListener(name, () => (this.isHeld = false)));
    this.full.addEventListener("click", () => this.turnFull());
    this.onKey = (event) => this.press(event);
    this.root.addEventListener("keydown", this.onKey);
    this.onFull = () => this.showFull();
    document.addEventListener("fullscreenchange", this.onFull);
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.root);
  }

  // Undoes what reaches beyond the player.
  end() {
    this.isPlaying = false;
    this.sizes.disconnect();
    document.removeEventListener("fullscreenchange", this.onFull);
    this.root.removeEventListener("keydown", this.onKey);
    this.charts.forEach(({ plot }) => window.Plotly?.purge(plot));
  }

  press(event) {
    const steps = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP };
    const isButton = event.target.tagName === "BUTTON";
    if (event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (event.key === " " && !isButton) {
      this.turn();
    } else if (event.key in steps) {
      this.seek(this.time + steps[event.key] * this.schedule.length);
    } else if (event.key === "Home" || event.key === "End") {
      this.seek(event.key === "Home" ? 0 : this.schedule.length);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  turn() {
    if (this.isPlaying) {
      this.pause();
    } else {
      this.play();
    }
  }

  play() {
    if (this.hasEnded) {
      this.time = 0;
    }
    this.isPlaying = true;
    let before = performance.now();
    let drawn = 0;
    const step = (now) => {
      if (!this.isPlaying) {
        return;
      }
      // A page in the background draws nothing; it goes on where it was.
      const passed = Math.min((now - before) / 1000, 0.25);
      before = now;
      if (!this.isHeld) {
        this.time = Math.min(this.schedule.length, this.time + Math.max(0, passed) * this.rate);
      }
      this.isPlaying = !this.hasEnded;
      if (now - drawn > FRAME || this.hasEnded) {
        drawn = now;
        this.draw();
      }
      requestAnimationFrame(step);
    };
    this.draw();
    requestAnimationFrame(step);
  }

  pause() {
    this.isPlaying = false;
    this.draw();
  }

  seek(time) {
    this.time = Math.min(this.schedule.length, Math.max(0, time));
    this.draw();
  }

  setRate(rate) {
    this.rate = rate;
    this.rates.forEach((button, index) => button.setAttribute("aria-pressed", RATES[index] === rate));
    this.pace.textContent = paceWords(this.schedule, rate);
  }

  turnFull() {
    if (document.fullscreenElement === this.root) {
      document.exitFullscreen();
    } else {
      this.root.requestFullscreen?.().then(() => this.root.focus());
    }
  }

  showFull() {
    const isFull = document.fullscreenElement === this.root;
    labelled(this.full, isFull ? "small" : "large", isFull ? "Leave full screen" : "Full screen");
  }

  draw() {
    if (!this.root.isConnected || !this.root.clientWidth) {
      return;
    }
    const moment = this.hasEnded ? this.recording.seconds : this.schedule.realTime(this.time);
    const isSmooth = this.isPlaying && !this.isCalm;
    getComputedStyle(this.root).getPropertyValue("--st-chart-categorical-colors").split(",")
      .forEach((color, index) => this.root.style.setProperty(`--replay-lane-${index}`, color.trim()));
    this.charts.forEach((chart) => chart.draw(moment, isSmooth));
    this.scores.forEach(({ lane, panel, value }) => {
      const last = lane.points.filter(({ at }) => at <= moment).at(-1);
      value.textContent = last ? valueWords(last.y, panel.is_share) : "–";
    });
    this.drawWords(moment);
    this.drawControls(moment);
  }

  drawWords(moment) {
    const said = this.recording.remarks.filter(({ at }) => at <= moment);
    if (this.said === said.length && this.didEnd === this.hasEnded) {
      return;
    }
    [this.said, this.didEnd] = [said.length, this.hasEnded];
    this.now.textContent = said.at(-1)?.text ?? "";
    this.before.replaceChildren(...said.slice(0, -1).reverse().map(({ text }) => make("li", "", text)));
    this.result.hidden = !this.hasEnded || !this.recording.result;
    this.root.classList.toggle("has-ended", this.hasEnded);
  }

  drawControls(moment) {
    // In slow motion whole seconds would stand still.
    const words = secondsWords(moment, moment < 10 || this.schedule.speed < 0.5 ? 1 : 0);
    this.clock.firstChild.textContent = words;
    this.start.hidden = this.isPlaying || this.time > 0;
    this.root.classList.toggle("is-playing", this.isPlaying);
    if (!this.isHeld) {
      this.slider.value = this.schedule.length ? (this.time / this.schedule.length) * SLIDER : SLIDER;
    }
    this.slider.setAttribute("aria-valuetext", `${words} of ${secondsWords(this.recording.seconds)}`);
    const shown = this.isPlaying ? "pause" : this.hasEnded ? "again" : "play";
    if (this.toggle.dataset.shown !== shown) {
      this.toggle.dataset.shown = shown;
      labelled(this.toggle, shown, { pause: "Pause", again: "Play again", play: "Play" }[shown]);
    }
  }
}
