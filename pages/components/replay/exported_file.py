"""A replay as one HTML file that needs nothing else: it holds Plotly, the player and the data."""

import html
import json
import re
from pathlib import Path

from streamlit import config

from core.experiments.recording import Recording
from pages.components.charts import charts

FOLDER = Path(__file__).parent
SCRIPTS = ("schedule.js", "chart.js", "player.js", "exported.js")
LOOK = {"dashes": charts.DASHES, "markers": charts.MARKERS}
# The names of the theme's colours, and those of their variables.
COLORS = {
    "primaryColor": "primary-color",
    "backgroundColor": "background-color",
    "secondaryBackgroundColor": "secondary-background-color",
    "textColor": "text-color",
    "borderColor": "border-color",
    "chartCategoricalColors": "chart-categorical-colors",
}
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
# Even a fault in the file could not make it send a request.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
<main><section class="replay replay-in-file" tabindex="-1"></section></main>
<script id="recording" type="application/json">{data}</script>
<script>{plotly}</script>
<script>
{player}
</script>
</body>
</html>
"""
STYLE = """:root {{ color-scheme: light dark; --st-font: {font}; {light} }}
@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}
body {{ background: var(--st-background-color); margin: 0; }}
main {{ box-sizing: border-box; margin-inline: auto; padding: clamp(1rem, 3vw, 2.5rem); }}
"""
LONGEST_NAME = 60


def html_file(recording: Recording) -> bytes:
    """Returns the file that plays a recording. It sends no request, and names in the recording stay text."""
    # Not at the start of the server: it is slow.
    from plotly.offline import get_plotlyjs

    theme = STYLE.format(font=FONT, light=_colors("light"), dark=_colors("dark"))
    texts = {
        "policy": POLICY,
        "title": html.escape(recording.title),
        "style": theme + _file("player.css"),
        "data": _in_script(json.dumps({"recording": json.loads(recording.to_json()), "look": LOOK})),
        "plotly": get_plotlyjs(),
        "player": "".join(map(_file, SCRIPTS)),
    }
    # Not `format`: what is put in may contain braces, and must not be looked through again.
    return re.sub(r"\{(\w+)\}", lambda found: texts[found[1]], PAGE).encode()


def file_name(recording: Recording) -> str:
    """Returns a name for the file that every system accepts."""
    words = re.sub(r"[^\w-]+", " ", recording.title).split()
    return f"{'-'.join(['replay', *words])[:LONGEST_NAME]}.html"


def _in_script(text: str) -> str:
    """Returns JSON that nothing in it can end the script element of."""
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _colors(theme: str) -> str:
    """Returns the colours of the light or the dark theme as variables."""
    found = {variable: config.get_option(f"theme.{theme}.{name}") for name, variable in COLORS.items()}
    values = {name: ",".join(value) if isinstance(value, list | tuple) else value for name, value in found.items()}
    return " ".join(f"--st-{name}: {value};" for name, value in values.items() if value)


def _file(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")
