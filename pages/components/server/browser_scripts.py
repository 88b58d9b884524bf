"""Streamlit's own scripts for the browser: which files they are in, and which of them our pages need.

The pages of a browser are drawn by elements (`Button`, `ImageList`), each in a script of its own that is loaded when
the first one is drawn. They are found by reading Streamlit's main script, where each is listed with the scripts that it
needs itself. If a later Streamlit lists them otherwise, none is found, and all loads as Streamlit made it.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from streamlit import file_util

FOLDER = "static/js"
MAIN = re.compile(rb'src="\./static/js/(index\.[\w-]+\.js)"')
FILES = re.compile(r"m\.f\|\|\(m\.f=(\[.*?\])\)")
ELEMENTS = re.compile(r"import\(`\./((\w+)\.[\w-]+\.js)`\),__vite__mapDeps\(\[([\d,]*)\]\)")
PLOTLY = "PlotlyChart"
# A part of the script of texts, for those with an age in them.
HTML_IN_TEXT = "rehype-raw"
# What most pages consist of, besides text, which the first page loads anyway.
COMMON = ("Button", "ButtonGroup", "PageLink", "ImageList", "Progress", "BidiComponent")


@cache
def index_page() -> bytes:
    """Returns Streamlit's first page, which loads its main script."""
    return (_root() / "index.html").read_bytes()


def script_of(element: str) -> Path | None:
    """Returns the script of an element, or None if there is none of that name."""
    found = _elements().get(element)
    return None if found is None else _root() / FOLDER / found[0]


def common_elements() -> list[str]:
    """Returns the names of the scripts of the most common elements."""
    return [_elements()[name][0] for name in COMMON if name in _elements()]


def common_scripts() -> list[str]:
    """Returns the names of all scripts that the most common elements need."""
    parts = [path.name for path in (_root() / FOLDER).glob(f"{HTML_IN_TEXT}.*.js")]
    return sorted({script for name in COMMON for script in _elements().get(name, ())} | set(parts))


@cache
def _elements() -> Mapping[str, tuple[str, ...]]:
    """Returns for each element its script, then the others that it needs."""
    main = MAIN.search(index_page())
    text = (_root() / FOLDER / main[1].decode()).read_text(encoding="utf-8") if main else ""
    listed = FILES.search(text)
    names = [name.removeprefix("./") for name in json.loads(listed[1])] if listed else []
    found = {}
    for script, element, needed in ELEMENTS.findall(text):
        others = [names[int(number)] for number in needed.split(",") if number and int(number) < len(names)]
        found[element] = tuple(dict.fromkeys([script, *(name for name in others if name.endswith(".js"))]))
    return found


def _root() -> Path:
    return Path(file_util.get_static_dir())
