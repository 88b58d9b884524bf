// Draws the map of a data set and updates it in place: the zoom stays when another picture is chosen.
const CONFIG = { displayModeBar: false, responsive: true, scrollZoom: true, typesetMath: false };

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".picture-map");
  whenPlotlyIsThere(root, () => {
    root.setAttribute("aria-label", data.label);
    const layout = { ...themed(data.figure.layout, root), uirevision: "keep" };
    const isNew = !root.pick;
    root.pick = (number) => setTriggerValue("picked", number);
    window.Plotly.react(root, data.figure.data, layout, CONFIG);
    if (isNew) {
      root.on("plotly_click", ({ points }) => root.pick(points[0].customdata[0]));
    }
  });
  return () => {
    clearInterval(root.waiting);
    window.Plotly?.purge(root);
  };
}
