"""Homes on a read-only or full disk: they can be viewed, and commands that would write are refused in one line."""

import json
import os
import shutil
from pathlib import Path

import pytest

from core.config.training_config import TrainingConfig
from core.runs.records.store import RunStore
from tests.core.cli.conftest import Trained, copied_home, draw_pictures, python_core
from tests.core.conftest import Call
from tests.disks import full_disk, on_full_disk, read_only

LOOKING = (
    ("runs",),
    ("runs", "--json"),
    ("show", "Small"),
    ("datasets",),
    ("audit", "shades"),
    ("backbones",),
    ("cache",),
    ("samples",),
    ("evaluate", "Small"),
)


WRITING = (
    ("train", "shades"),
    ("train", "textures"),
    ("samples", "textures"),
    ("derive", "shades", "--subset", "2"),
    ("resume", "Small"),
    ("delete", "Small"),
    ("delete-dataset", "shades"),
    ("survey", "shades"),
    ("cache", "--clear"),
)


def assert_refused(code: int, error: str, arguments: tuple[str, ...]) -> None:
    assert code == 2, (arguments, error)
    lines = [line for line in error.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1 and error.splitlines()[-1] == lines[0] and "Traceback" not in error, arguments


@pytest.mark.slow
def test_home_that_is_read_only_can_be_looked_at(trained_home: Trained, call: Call, tmp_path: Path) -> None:
    home = copied_home(trained_home[0], tmp_path / "home")
    picture = str(draw_pictures(tmp_path / "new", {"dark": 0}))
    (run_id,) = [run.id for run in RunStore(home / "studio.sqlite").list()]
    with read_only(home):
        for arguments in (*LOOKING, ("predict", "Small", picture)):
            code, output, error = call(*arguments, home=home)
            assert code == 0 and output and "Error" not in error, (arguments, error)
        code, _, _ = call("pack", "shades", "--output", tmp_path / "shades.zip", home=home)
        assert code == 0 and (tmp_path / "shades.zip").is_file()
        for arguments in (*WRITING, ("pack", "shades", "--output", home / "shades.zip"), ("import", picture)):
            code, _, error = call(*arguments, home=home)
            assert_refused(code, error, arguments)
    assert [run.id for run in RunStore(home / "studio.sqlite").list()] == [run_id]


@pytest.mark.parametrize("damage", ["lost", "emptied", "damaged", "queued"])
def test_runs_of_a_read_only_home_are_shown_even_without_a_database(
    trained_home: Trained, call: Call, tmp_path: Path, damage: str
) -> None:
    home = copied_home(trained_home[0], tmp_path / "home")
    database = home / "studio.sqlite"
    if damage == "lost":
        database.unlink()
    elif damage == "queued":
        RunStore(database).create("d", "Textures", TrainingConfig(), name="Waiting")
    else:
        database.write_bytes(b"" if damage == "emptied" else os.urandom(10_000))
    with read_only(home):
        code, output, error = call("runs", home=home)
        assert code == 0 and "Small" in output and "read-only" in error
        assert ("1 run came back" in error) == (damage != "queued")
        code, output, _ = call("show", "Small", home=home)
        assert code == 0 and "Epoch 3 of 3" in output
        assert_refused(*call("delete", "Small", home=home)[::2], ("delete",))
    assert call("show", "Small", home=home)[0] == 0
    assert len(RunStore(database).list()) == 1 + (damage == "queued")


@pytest.mark.slow
@pytest.mark.parametrize("is_lost", [False, True])
def test_home_on_a_full_disk_can_be_looked_at(trained_home: Trained, tmp_path: Path, is_lost: bool) -> None:
    source = copied_home(trained_home[0], tmp_path / "source")
    RunStore(source / "studio.sqlite").create("d", "Textures", TrainingConfig(), name="Waiting")
    if is_lost:
        (source / "studio.sqlite").unlink()
    with full_disk(tmp_path / "home", source) as home:
        for arguments in (("runs", "--json"), ("show", "Small"), ("evaluate", "Small"), ("cache",)):
            result = python_core(home, *arguments, preexec_fn=on_full_disk)
            assert result.returncode == 0 and result.stdout, (arguments, result.stderr)
            assert arguments == ("cache",) or "full" in result.stderr or "refuses" in result.stderr
        listed = json.loads(python_core(home, "runs", "--json", preexec_fn=on_full_disk).stdout)["runs"]
        assert [run["name"] for run in listed] == ["Waiting", "Small"]
        for arguments in (("train", "shades"), ("samples", "textures"), ("stop", "Waiting")):
            result = python_core(home, *arguments, preexec_fn=on_full_disk)
            assert_refused(result.returncode, result.stderr, arguments)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can create a full disk")
def test_full_disk_gets_room_by_deleting_a_run(trained_home: Trained, tmp_path: Path) -> None:
    source = copied_home(trained_home[0], tmp_path / "source")
    with full_disk(tmp_path / "home", source) as home:
        result = python_core(home, "delete", "Small")
        assert result.returncode == 0, result.stderr
        assert json.loads(python_core(home, "runs", "--json").stdout)["runs"] == []
        assert shutil.disk_usage(home).free > 1_000_000
