"""The player on a page."""

import json
from pathlib import Path

import streamlit as st

from core.experiments.recording import Recording
from pages.components.charts import chart_view
from pages.components.replay import exported_file

FOLDER = Path(__file__).parent
CHARTS = FOLDER.parent / "charts"
PARTS = ("schedule.js", "chart.js", "player.js")

_mount = st.components.v2.component(
    "replay",
    html='<section class="replay replay-on-page" tabindex="-1"></section>',
    css=(FOLDER / "player.css").read_text(encoding="utf-8"),
    js="".join(
        path.read_text(encoding="utf-8")
        for path in (CHARTS / "plotly_parts.js", *(FOLDER / name for name in (*PARTS, "component.js")))
    ),
    isolate_styles=False,
)


def show(recording: Recording, key: str, starts: bool = False) -> None:
    """Draws the player, and the button that downloads it as one file.

    Args:
        recording: what it plays.
        key: of the elements.
        starts: whether it plays by itself, because the user has just asked for it.
    """
    chart_view.load_plotly(key)
    data = {"recording": json.loads(recording.to_json()), "look": exported_file.LOOK, "starts": starts}
    _mount(key=key, data=data)
    st.download_button(
        "Download as one HTML file",
        # Made when it is asked for: it is nearly 5 MB.
        lambda: exported_file.html_file(recording),
        file_name=exported_file.file_name(recording),
        mime="text/html",
        icon=":material/download:",
        key=f"{key}_download",
        on_click="ignore",
        help="It plays in any browser, without the studio and without the internet.",
    )
