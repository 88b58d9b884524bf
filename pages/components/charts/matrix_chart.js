// Draws a confusion matrix and updates it in place; a click tells which cell was meant.
const CONFIG = { displayModeBar: false, responsive: true, typesetMath: false };
const INKS = ["#0d171b", "#ffffff"];

function channels(color) {
  return [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
}

function luminance(rgb) {
  const [red, green, blue] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

// What is read best on a cell whose share of its row is this.
function inkOn(share, colors) {
  const place = share * (colors.length - 1);
  const below = Math.floor(place);
  const [start, end] = [colors[below], colors[Math.min(below + 1, colors.length - 1)]].map(channels);
  const cell = start.map((value, index) => value + (end[index] - value) * (place - below));
  return INKS.reduce((best, ink) => (contrast(channels(ink), cell) > contrast(channels(best), cell) ? ink : best));
}

function coloured([cells, ...others], root) {
  const names = getComputedStyle(root).getPropertyValue("--st-chart-sequential-colors").split(",");
  const colors = names.map((color) => color.trim());
  const colorscale = colors.map((color, index) => [index / (colors.length - 1), color]);
  const ink = cells.z.flat().map((share) => inkOn(share, colors));
  // Larger than the text around them.
  const size = textSize() * 1.15;
  const counts = others.map((trace) => ({ ...trace, textfont: { color: ink, size } }));
  return [{ ...cells, colorscale }, ...counts];
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".confusion-matrix");
  whenPlotlyIsThere(root, () => {
    root.setAttribute("aria-label", data.label);
    root.classList.toggle("picks", data.picks);
    const isNew = !root.pick;
    root.pick = (cell) => data.picks && setTriggerValue("picked", cell);
    window.Plotly.react(root, coloured(data.figure.data, root), themed(data.figure.layout, root), CONFIG);
    if (isNew) {
      root.on("plotly_click", ({ points }) => root.pick([points[0].y, points[0].x]));
    }
  });
  return () => {
    clearInterval(root.waiting);
    window.Plotly?.purge(root);
  };
}
