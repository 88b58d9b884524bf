// Draws a confusion matrix and updates it in place; a click tells which cell was meant.
const CONFIG = { displayModeBar: false, responsive: true, typesetMath: false };

function withScale(traces, root) {
  const colors = getComputedStyle(root).getPropertyValue("--st-chart-sequential-colors").split(",");
  const colorscale = colors.map((color, index) => [index / (colors.length - 1), color.trim()]);
  return traces.map((trace) => ({ ...trace, colorscale }));
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".confusion-matrix");
  whenPlotlyIsThere(root, () => {
    root.setAttribute("aria-label", data.label);
    const isNew = !root.pick;
    root.pick = (cell) => setTriggerValue("picked", cell);
    window.Plotly.react(root, withScale(data.figure.data, root), themed(data.figure.layout, root), CONFIG);
    if (isNew) {
      root.on("plotly_click", ({ points }) => root.pick([points[0].y, points[0].x]));
    }
  });
  return () => {
    clearInterval(root.waiting);
    window.Plotly?.purge(root);
  };
}
