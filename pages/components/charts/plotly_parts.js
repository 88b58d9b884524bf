// What components have in common that draw with Streamlit's own Plotly: their scripts follow this one.
const LOOK_AGAIN = 50; // milliseconds
const PATIENCE = 30000; // milliseconds

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
      root.textContent = "This could not be drawn. Reload the page.";
    }
  }, LOOK_AGAIN);
}

// Of the text in charts, which grows with that of the page: 13 pixels unless that is larger than usual.
function textSize() {
  return (13 / 16) * parseFloat(getComputedStyle(document.documentElement).fontSize);
}

function themed(layout, root) {
  const style = getComputedStyle(root);
  const color = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const axis = { gridcolor: color("border-color"), zerolinecolor: color("border-color"), linecolor: color("border-color") };
  return {
    ...layout,
    template: {},
    colorway: color("chart-categorical-colors").split(","),
    font: { color: color("text-color"), family: color("font"), size: textSize() },
    hoverlabel: { bgcolor: color("secondary-background-color"), font: { color: color("text-color") } },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    xaxis: { ...layout.xaxis, ...axis },
    yaxis: { ...layout.yaxis, ...axis },
  };
}

