// One chart of a replay, drawn with Plotly as it was at a moment.
const CHART_CONFIG = { displayModeBar: false, staticPlot: true, typesetMath: false };
const MOST_MARKERS = 25;
const LONGEST_LABEL = 22;
const NARROW = 420; // pixels
const LINE_SPACING = 1.25;
const [TOP, BOTTOM] = [0.6, 3.1]; // margins, in letters
const WIDEST_LABEL = 0.28; // of the chart
const STACKED = 2.3; // the height of a label on two lines, against one
const LABEL = 1.05; // size of labels against all other text

// Plotly takes some HTML in texts for markup.
function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function shortened(text) {
  return text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL - 1)}…` : text;
}

// Of bold text, in pixels.
function widthOf(text, size, font) {
  widthOf.canvas ??= document.createElement("canvas").getContext("2d");
  widthOf.canvas.font = `bold ${size}px ${font}`;
  return widthOf.canvas.measureText(text).width;
}

function valueWords(value, isShare) {
  if (!isShare) {
    return Math.abs(value) < 100 ? value.toFixed(Math.abs(value) < 10 ? 3 : 1) : Math.round(value).toLocaleString("en");
  }
  return value >= 1 ? "100 %" : `${Math.min(value * 100, 99.9).toFixed(1)} %`;
}

// The points that are there at a moment, and the end of the line that grows towards the next one.
function reached(lane, moment, isSmooth) {
  const points = lane.points.filter(({ at }) => at <= moment);
  const last = points.at(-1);
  const next = lane.points[points.length];
  if (!last || !next || !isSmooth || next.at === last.at) {
    return { points, last, tip: last };
  }
  const share = (moment - last.at) / (next.at - last.at);
  return { points, last, tip: { x: last.x + share * (next.x - last.x), y: last.y + share * (next.y - last.y) } };
}

function rangesOf(panel) {
  const points = panel.lanes.flatMap(({ points }) => points);
  const xs = points.map(({ x }) => x);
  const ys = points.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]);
  const [least, most] = [Math.min(...xs), Math.max(...xs)];
  const areWhole = xs.every(Number.isInteger) && most < 1000;
  const room = most > least ? (most - least) * 0.04 : 0.5;
  const x = [areWhole || least > most / 3 ? least - room : 0, most + room];
  if (!panel.is_share) {
    return { x, y: [Math.min(0, ...ys), (Math.max(...ys) || 1) * 1.06], areWhole };
  }
  const bottom = Math.min(0.9, Math.max(0, Math.floor(Math.min(...ys) * 10 - 0.5) / 10));
  return { x, y: [bottom, 1 + (1 - bottom) * 0.04], areWhole };
}

// Moves labels apart that would cover one another; heights in pixels from the top.
function spread(labels, least, height) {
  labels.sort((one, other) => one.top - other.top);
  labels.forEach((label, index) => {
    label.top = Math.max(label.top, index ? labels[index - 1].top + least : 0);
  });
  labels.reverse().forEach((label, index) => {
    label.top = Math.min(label.top, index ? labels[index - 1].top - least : height);
  });
}

function bandTraces({ points }, color) {
  const known = points.filter(({ low }) => low !== null);
  const side = (y, fill) => ({
    x: known.map(({ x }) => x), y, mode: "lines", line: { width: 0 }, fillcolor: `${color}2e`, ...fill,
  });
  return known.length ? [side(known.map(({ low }) => low), {}), side(known.map(({ high }) => high), { fill: "tonexty" })] : [];
}

class ReplayChart {
  constructor(plot, panel, look) {
    Object.assign(this, { plot, panel, look, ranges: rangesOf(panel) });
  }

  // Draws it as it was at a moment. Lines grow between their points if it is to be smooth.
  draw(moment, isSmooth) {
    const { panel, plot } = this;
    const style = getComputedStyle(plot);
    const color = (name) => style.getPropertyValue(`--st-${name}`).trim();
    const size = parseFloat(style.fontSize);
    const colors = color("chart-categorical-colors").split(",").map((one) => one.trim());
    const lanes = panel.lanes.map((lane, index) => ({
      ...reached(lane, moment, isSmooth), name: lane.name, index, color: colors[this.look.order.indexOf(lane.name) % colors.length],
    }));
    const shown = lanes.filter(({ last }) => last);
    plot.setAttribute("aria-label", this.label(shown));
    const isNarrow = plot.clientWidth < NARROW;
    const widest = (words) => Math.max(...words.map((text) => widthOf(text, size * LABEL, color("font"))), 0);
    const names = lanes.length < 2 || isNarrow ? lanes.map(() => "") : lanes.map(({ name }) => shortened(name));
    const height = plot.clientHeight - size * (TOP + BOTTOM);
    // Long names go below their values or, where there is no room for that, are left to the board.
    const isLong = widest(names.map((name) => `99.9 % ${name}`)) > plot.clientWidth * WIDEST_LABEL;
    const isStacked = isLong && height > lanes.length * size * LINE_SPACING * STACKED;
    const areNamed = !isNarrow && (isStacked || !isLong);
    const right = widest(areNamed && !isStacked ? names.map((name) => `99.9 % ${name}`) : ["99.9 %", ...(areNamed ? names : [])]);
    const text = ({ last, index }) =>
      `<b>${valueWords(last.y, panel.is_share)}</b>${areNamed && names[index] ? `${isStacked ? "<br>" : " "}${escaped(names[index])}` : ""}`;
    const margin = { l: size * 3.6, r: Math.min(right + size, plot.clientWidth / 2), t: size * TOP, b: size * BOTTOM };
    const layout = {
      ...this.layout(color, size), margin, width: plot.clientWidth, height: plot.clientHeight,
      annotations: this.annotations(shown, text, size, height, isStacked ? STACKED : 1),
    };
    const traces = shown.flatMap((lane) => [...bandTraces(lane, lane.color), this.leader(lane), this.line(lane, size)]);
    window.Plotly.react(plot, traces, layout, CHART_CONFIG);
  }

  label(shown) {
    const parts = shown.map(({ name, last }) => `${name} ${valueWords(last.y, this.panel.is_share)}`);
    return `${this.panel.title}: ${parts.join(", ") || "nothing yet"}`;
  }

  layout(color, size) {
    const { x, y, areWhole } = this.ranges;
    const axis = {
      gridcolor: color("border-color"), linecolor: color("border-color"), zeroline: false, fixedrange: true,
    };
    const whole = areWhole && x[1] - x[0] < 8 ? { dtick: 1, tick0: 0 } : {};
    return {
      template: {}, showlegend: false, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: color("text-color"), family: color("font"), size },
      xaxis: { ...axis, range: x, nticks: this.plot.clientWidth / size < 25 ? 5 : 8, title: { text: escaped(this.panel.x_label), standoff: size / 2 }, ...whole },
      yaxis: { ...axis, range: y, nticks: 6, ...(this.panel.is_share ? { tickformat: ".0%" } : {}) },
    };
  }

  line({ points, tip, last, color, name }, size) {
    const width = size / 5;
    const marker = points.length > MOST_MARKERS ? 0 : size * 0.55;
    const sizes = [...points.map((point) => (point === last ? size * 0.8 : marker)), 0];
    return {
      x: [...points.map(({ x }) => x), tip.x], y: [...points.map(({ y }) => y), tip.y], mode: "lines+markers",
      line: { color, width, dash: this.lookOf("dashes", name) },
      marker: { color, size: sizes, symbol: this.lookOf("markers", name), line: { color, width: width / 1.5 } },
    };
  }

  // From the end of a line to its label at the side.
  leader({ tip, color }) {
    return { x: [tip.x, this.ranges.x[1]], y: [tip.y, tip.y], mode: "lines", opacity: 0.55, line: { color, width: 1, dash: "dot" } };
  }

  annotations(shown, text, size, height, lines) {
    const [bottom, top] = this.ranges.y;
    const labels = shown.map((lane) => ({ lane, top: ((top - lane.tip.y) / (top - bottom)) * height }));
    spread(labels, size * LINE_SPACING * lines, height);
    return labels.map(({ lane, top: from }) => ({
      xref: "paper", x: 1, xanchor: "left", xshift: size * 0.3, yref: "paper", y: 1 - from / height, yanchor: "middle",
      showarrow: false, text: text(lane), font: { color: lane.color, size: size * LABEL }, align: "left",
    }));
  }

  lookOf(kind, name) {
    const looks = this.look[kind];
    return looks[this.look.order.indexOf(name) % looks.length];
  }
}
