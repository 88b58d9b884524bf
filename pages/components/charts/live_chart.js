// Draws the given figures with Streamlit's own Plotly and updates them in place when new ones arrive.
const LOOK_AGAIN = 50; // milliseconds
const PATIENCE = 30000; // milliseconds
const CONFIG = { displayModeBar: false, responsive: true };

function whenPlotlyIsThere(root, draw) {
  clearInterval(root.waiting);
  if (window.Plotly) {
    draw();
    return;
  }
  const started = Date.now();
  root.waiting = setInterval(() => {
    if (window.Plotly) {
      clearInterval(root.waiting);
      draw();
    } else if (Date.now() - started > PATIENCE) {
      clearInterval(root.waiting);
      root.textContent = "The curves could not be drawn. Reload the page.";
    }
  }, LOOK_AGAIN);
}

function themed(layout, root) {
  const style = getComputedStyle(root);
  const color = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const axis = { gridcolor: color("border-color"), zerolinecolor: color("border-color"), linecolor: color("border-color") };
  return {
    ...layout,
    template: {},
    colorway: color("chart-categorical-colors").split(","),
    font: { color: color("text-color"), family: color("font"), size: 13 },
    hoverlabel: { bgcolor: color("secondary-background-color"), font: { color: color("text-color") } },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    xaxis: { ...layout.xaxis, ...axis },
    yaxis: { ...layout.yaxis, ...axis },
  };
}

function figureFor(root, index) {
  if (!root.children[index]) {
    const figure = document.createElement("figure");
    figure.append(document.createElement("figcaption"), document.createElement("div"));
    figure.lastChild.className = "plot";
    figure.lastChild.setAttribute("role", "img");
    root.append(figure);
  }
  return root.children[index];
}

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".curves");
  whenPlotlyIsThere(root, () => {
    data.forEach(({ title, label, figure }, index) => {
      const [caption, plot] = figureFor(root, index).children;
      caption.textContent = title;
      plot.setAttribute("aria-label", label);
      const { height, ...layout } = figure.layout;
      plot.drawn = Promise.allSettled([plot.drawn, window.Plotly.react(plot, figure.data, themed(layout, root), CONFIG)]);
    });
  });
  return () => {
    clearInterval(root.waiting);
    // Not before it is drawn: Plotly would report the end of the drawing to a plot that can't hear it any more.
    root.querySelectorAll(".plot").forEach((plot) => plot.drawn?.then(() => window.Plotly.purge(plot)));
  };
}
