// Draws the given figures with Streamlit's own Plotly and updates them in place when new ones arrive.
const CONFIG = { displayModeBar: false, responsive: true };

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
