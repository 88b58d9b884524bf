// Shows the player on a page of the studio, with Streamlit's own Plotly.
export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".replay");
  whenPlotlyIsThere(root, () => {
    const shown = JSON.stringify(data.recording);
    if (root.shown === shown) {
      root.player.draw();
      return;
    }
    root.player?.end();
    root.shown = shown;
    root.player = new ReplayPlayer(root, data.recording, data.look, { starts: data.starts });
  });
  return () => {
    clearInterval(root.waiting);
    root.player?.end();
  };
}
