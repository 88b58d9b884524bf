"""The code follows the rules of the architecture, and each rule notices a violation."""

from pathlib import Path

import pytest

from tests import architecture
from tests.architecture import RULES, House
from tests.project import ROOT

ROOM = '"""A room."""\n'
SMALL_HOUSE = {
    "app.py": "from pages.components import session\n",
    "pages/home.py": "import streamlit\n",
    "pages/components/session.py": "from core.runs import queue\n",
    "core/__init__.py": ROOM,
    "core/settings.py": "import os\n",
    "core/datasets/__init__.py": ROOM,
    "core/datasets/index.py": "from core import settings\n",
    "core/nn/__init__.py": ROOM,
    "core/nn/training.py": "import tensorflow\nfrom core.datasets import index\n",
    "core/runs/__init__.py": ROOM,
    "core/runs/queue.py": "from core.datasets import index\n\n\ndef run():\n    from core.nn import training\n",
    "tests/core/runs/test_queue.py": "",
}
BREACHES = {
    "circles": {"core/datasets/index.py": "def f():\n    from core.runs import queue\n"},
    "heavy_imports": {"core/datasets/index.py": "def f():\n    import keras\n"},
    "heavy_pages": {"pages/components/session.py": "from core.nn import training\n"},
    "forbidden_imports": {"core/nn/training.py": "from core.runs import queue\n"},
    "foundations": {"core/settings.py": "import numpy\n"},
    "other_starters": {"core/datasets/index.py": "import subprocess\n\nsubprocess.Popen(['ls'])\n"},
    "relative_imports": {"core/nn/training.py": "from ..datasets import index\n"},
    "long_files": {"core/nn/training.py": "\n" * 401},
    "full_rooms": {f"core/nn/part_{number}.py": "" for number in range(13)},
    "rooms_without_purpose": {"core/runs/__init__.py": ""},
    "names_of_packages": {"pages/random.py": ""},
    "modules_without_tests": {"core/runs/turns.py": "def turn():\n    pass\n", "tests/core/test_turns.py": ""},
    "foreign_top_level": {"src/other.py": ""},
}


def build(root: Path, *parts: dict[str, str]) -> House:
    for files in parts:
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return House(root)


@pytest.fixture(scope="module")
def house() -> House:
    """This project, read once for all rules."""
    return House(ROOT)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule, house):
    assert len(house.sources) > 150
    assert list(rule(house)) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_notices_a_breach(rule, tmp_path):
    assert list(rule(build(tmp_path, SMALL_HOUSE))) == []
    assert list(rule(build(tmp_path, BREACHES[rule.__name__])))


@pytest.mark.parametrize("start", ["app.py", "core/__main__.py"])
def test_start_up_does_not_wait_for_libraries(start, tmp_path):
    begin = {"app.py": "", "pages/components/session.py": "", start: "from core.datasets import index\n"}
    late = {"core/datasets/index.py": "def interval():\n    import scipy.stats\n"}
    early = {"core/datasets/index.py": "import scipy.stats\n"}
    assert list(architecture.heavy_pages(build(tmp_path, SMALL_HOUSE, begin, late))) == []
    assert list(architecture.heavy_pages(build(tmp_path, SMALL_HOUSE, begin, early))) == ["core.datasets.index"]


def test_a_main_program_is_tested_under_its_plain_name(tmp_path):
    files = {"core/__main__.py": "def main():\n    pass\n", "tests/core/test_main.py": ""}
    assert list(architecture.modules_without_tests(build(tmp_path, SMALL_HOUSE, files))) == []


def test_the_house_can_be_drawn(house, capsys):
    architecture.draw(house)
    rooms = [line.split(" (")[0] for line in capsys.readouterr().out.splitlines()]
    assert rooms.index("core/files") < rooms.index("core/datasets/store") < rooms.index("core/runs/worker")
    assert rooms.index("core/runs") < rooms.index("pages")
