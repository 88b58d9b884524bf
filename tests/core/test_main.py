"""The main program: what goes wrong is one line and an exit code, and light commands stay light."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.__main__ import commands
from core.settings import Settings
from tests.core.cli.conftest import python_core
from tests.core.conftest import Call
from tests.project import ROOT


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["show", "nothing"], "Error: There is no run 'nothing'."),
        (["stop", "nothing"], "Error: There is no run 'nothing'."),
        (["resume", "nothing"], "Error: There is no run 'nothing'."),
        (["delete", "nothing"], "Error: There is no run 'nothing'."),
        (["evaluate", "nothing"], "Error: There is no run 'nothing'."),
        (["predict", "nothing", "."], "Error: There is no run 'nothing'."),
        (
            ["predict", "nothing", "no such file"],
            "Error: Invalid value for 'PICTURES...': Path 'no such file' does not",
        ),
        (["predict", "nothing"], "Error: Missing argument 'PICTURES...'."),
        (["train", "nothing"], "Error: There is no data set 'nothing'."),
        (["train", "x", "--recipe", "stew"], "Error: Expected one of the recipes recommended, article, fine_tune."),
        (["train", "x", "--epochs", "many"], "Error: Invalid value for '--epochs': 'many' is not a valid integer."),
        (["train", "x", "--nonsense"], "Error: No such option '--nonsense'."),
        (["import", ""], "Error: Expected a zip, a tar.gz or a folder to import. Received nothing."),
        (["audit", ""], "Error: Expected a data set: its id, its name, or a zip or folder to import."),
        (["import", "no such file"], "Error: Expected a zip file or a folder at no such file."),
        (["trian"], "Error: No such command 'trian'."),
    ],
)
def test_wrong_use_is_one_line(call: Call, arguments: list[str], sentence: str) -> None:
    code, output, error = call(*arguments)
    assert code == 2 and output == "" and len(error.splitlines()) == 1
    assert error.startswith(sentence)


def test_invalid_settings_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSFER_STUDIO_SLOTS", "none")
    result = python_core(tmp_path, "runs")
    assert result.returncode == 2
    assert result.stderr.startswith("Error: Expected a whole number of at least 1 in TRANSFER_STUDIO_SLOTS.")


def test_data_home_that_cant_be_used_is_one_line(call: Call, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.write_text("a file where the data home should be")
    code, _, error = call("runs", home=home)
    assert code == 2 and len(error.splitlines()) == 1
    assert error.startswith(f"Error: The data home {home} can't be used: ") and "TRANSFER_STUDIO_HOME" in error


def test_bug_is_a_traceback_and_exit_code_1(tmp_path: Path) -> None:
    program = (
        "import sys; from core import __main__ as studio; from core.cli import runs;"
        "runs.queue = None; sys.exit(studio.main(['runs']))"
    )
    environment = os.environ | {"TRANSFER_STUDIO_HOME": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-c", program], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert result.returncode == 1 and "Traceback" in result.stderr


def test_no_command_shows_the_help(call: Call) -> None:
    code, _, error = call()
    assert code == 2 and "Usage: python -m core" in error
    code, output, _ = call("--help")
    assert code == 0 and all(name in output for name in commands.commands)


def test_light_commands_never_load_tensorflow(tmp_path: Path) -> None:
    program = "import sys; from core.__main__ import main; [main([name]) for name in ('runs', 'samples', 'backbones')];"
    program += "sys.exit('tensorflow' in sys.modules or 'keras' in sys.modules)"
    environment = os.environ | {"TRANSFER_STUDIO_HOME": str(tmp_path)}
    assert subprocess.run([sys.executable, "-c", program], env=environment, cwd=ROOT, timeout=60).returncode == 0


def test_a_closed_pipe_is_not_an_error(tmp_path: Path) -> None:
    command = f'"{sys.executable}" -m core backbones | head -n 1'
    environment = os.environ | {"TRANSFER_STUDIO_HOME": str(tmp_path)}
    result = subprocess.run(command, shell=True, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert result.stdout.startswith("name") and result.stderr == ""


def test_any_command_removes_what_a_killed_import_left(call: Call, home: Settings) -> None:
    left = home.datasets / ".importing-killed"
    left.mkdir(parents=True)
    (left / "picture.png").write_bytes(b"half of one")
    assert call("samples")[0] == 0
    assert not left.exists()
