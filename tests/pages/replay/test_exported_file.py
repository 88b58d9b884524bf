"""The file that plays a recording: complete, and safe whatever names are in it."""

import html
import json
import re

from plotly.offline import get_plotlyjs

from core.experiments.recording import Lane, Panel, Point, Recording, Remark
from pages.components.replay import exported_file

EVIL = '</script><img src="https://elsewhere.example/x" onerror="alert(1)"> {data} & \u2028 "Cats"'


def recording(name: str = EVIL) -> Recording:
    panel = Panel(name, "Epoch", name, True, (Lane(name, (Point(1, 1, 0.5, 0.4, 0.6),)),))
    return Recording(name, name, (panel,), (Remark(1, name),), name, 2.0)


def test_the_recording_comes_back_out_of_the_file():
    text = exported_file.html_file(recording()).decode()
    (data,) = re.findall(r'<script id="recording" type="application/json">(.*?)</script>', text, re.DOTALL)
    assert Recording.from_json(json.dumps(json.loads(data)["recording"])) == recording()


def test_names_stay_text():
    text = exported_file.html_file(recording()).decode()
    assert f"<title>{html.escape(EVIL)}</title>" in text
    own = text.replace(get_plotlyjs(), "")
    assert "<img" not in own
    assert own.count("</script>") == own.count("<script") == 3


def test_all_that_it_needs_is_inside():
    text = exported_file.html_file(recording("Cats"))
    own = text.decode().replace(get_plotlyjs(), "")
    assert len(text) - len(own) > 4_000_000
    assert not re.search(r"""(src|href)=["'](?!data:)""", own)
    assert "default-src 'none'" in own
    assert "class ReplayPlayer" in own and "scheduleOf" in own and ".replay:fullscreen" in own


def test_its_colours_are_those_of_the_theme():
    own = exported_file.html_file(recording("Cats")).decode()
    assert "--st-text-color: #0d171b;" in own and "--st-text-color: #e6efee;" in own
    assert "--st-chart-categorical-colors: #0f766e,#c2570c," in own


def test_its_name_suits_every_system():
    assert exported_file.file_name(recording('a/b: "c" <d>')) == "replay-a-b-c-d.html"
    assert exported_file.file_name(recording("Größe 犬")) == "replay-Größe-犬.html"
    assert len(exported_file.file_name(recording("x" * 100))) < 80
