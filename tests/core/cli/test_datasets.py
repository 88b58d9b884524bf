"""Data sets on the command line: imported from various sources, listed, and found by a word."""

import io
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.__main__ import INTERRUPTED
from core.cli.datasets import SHOWN_SKIPPED
from core.datasets.store.store import DatasetStore
from core.settings import Settings, settings
from tests.core.cli.conftest import draw_pictures, last_json
from tests.core.conftest import Call


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["pipe", "device"])
@pytest.mark.parametrize("command", ["import", "audit", "train", "pack"])
def test_a_source_that_isnt_a_file_is_bad_input(call: Call, tmp_path: Path, make: Callable, command: str) -> None:
    make(tmp_path / "pets.zip")
    options = ["--output", tmp_path / "out.zip"] if command == "pack" else []
    code, _, error = call(command, tmp_path / "pets.zip", *options)
    assert code == 2 and "not a file. Check the path." in error.splitlines()[-1]


@pytest.mark.parametrize("command", ["import", "audit", "train"])
def test_an_invalid_file_name_is_bad_input(call: Call, command: str) -> None:
    code, _, error = call(command, "a" * 5000)
    assert code == 2 and error.splitlines()[-1].startswith("Error: ")


def test_thousands_of_classes_are_listed_in_short(call: Call, tmp_path: Path) -> None:
    for number in range(102):
        draw_pictures(tmp_path / "many", {f"class {number:03d}": number}, seed=number)
        for spare in range(2, 10):
            (tmp_path / "many" / f"class {number:03d}" / f"{spare}.png").unlink()
    code, output, _ = call("import", tmp_path / "many")
    assert code == 0 and "class 099" in output and "class 100" not in output
    assert "and 2 more classes (--json lists all)" in output
    code, output, _ = call("import", tmp_path / "many", "--json")
    assert len(last_json(output)["class_names"]) == 102


def test_import_says_what_it_found(call: Call, tmp_path: Path) -> None:
    pictures = draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150})
    (pictures / "dark" / "broken.png").write_bytes((pictures / "dark" / "0.png").read_bytes()[:200])
    code, output, _ = call("import", pictures, "--name", "Mine")
    assert code == 0 and "Mine" in output and "Skipped: 1 file\n" in output and "broken.png: " in output
    code, output, _ = call("import", pictures, "--json")
    values = last_json(output)
    assert values["num_pictures"] == 20 and values["class_names"] == ["bright", "dark"] and len(values["skipped"]) == 1


def test_an_import_asks_for_the_layout(call: Call, tmp_path: Path) -> None:
    things = tmp_path / "things"
    for part in ("animals", "vehicles"):
        draw_pictures(things / part, {f"{part} {number}": 50 * number for number in range(2)}, seed=len(part))
    code, output, error = call("import", things)
    assert code == 2 and output == ""
    assert error.splitlines()[-1] == (
        "Error: things can be read in two ways. Choose a layout: class_folders, 2 classes: animals (20), "
        "vehicles (20); or inner_folders, 4 classes: animals 0 (10), animals 1 (10), vehicles 0 (10), vehicles 1 (10)."
    )
    code, output, _ = call("import", things, "--layout", "inner_folders", "--json")
    assert code == 0 and last_json(output)["num_pictures"] == 40 and len(last_json(output)["class_names"]) == 4
    code, _, error = call("import", things, "--layout", "flat")
    assert code == 2 and "'flat' is not one of 'class_folders', 'inner_folders', 'csv', 'file_names'" in error


def test_an_encoding_that_isnt_known_is_one_sentence(call: Call, tmp_path: Path) -> None:
    code, _, error = call("import", tmp_path, "--encoding", "klingon")
    assert code == 2 and len(error.splitlines()) == 1 and "There is no encoding 'klingon'." in error


def test_samples_are_listed_and_imported(call: Call) -> None:
    code, output, _ = call("samples")
    assert code == 0 and "textures" in output and "built in" in output and "download of" in output
    code, output, _ = call("samples", "faces", "--json")
    assert code == 0 and last_json(output)["num_pictures"] == 200
    code, _, error = call("samples", "nothing")
    assert code == 2 and error.startswith("Error: ") and len(error.splitlines()) == 1


def test_data_sets_are_found_by_their_beginning(call: Call, tmp_path: Path) -> None:
    pictures = draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150})
    identity = last_json(call("import", pictures, "--json")[1])["id"]
    for reference in ("shades", identity, identity[:6]):
        code, output, _ = call("audit", reference, "--json")
        assert code == 0 and last_json(output)["id"] == identity
    assert len(DatasetStore(settings()).list()) == 1


class Interrupting(io.StringIO):
    """The standard error of a user who presses Ctrl-C once a job has begun to check pictures."""

    def write(self, text: str) -> int:
        if text.startswith("Checking pictures"):
            signal.raise_signal(signal.SIGINT)
        return super().write(text)


@pytest.mark.parametrize("command", [("import", "shades"), ("samples", "faces")])
def test_an_interrupted_import_leaves_nothing(
    call: Call, home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, str]
) -> None:
    draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150})
    monkeypatch.chdir(tmp_path)
    errors = Interrupting()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", errors)
        assert call(*command)[:2] == (INTERRUPTED, "")
    assert errors.getvalue().splitlines()[-1] == "Interrupted."
    assert "Stopping the import." in errors.getvalue().splitlines()
    assert [path.name for path in home.datasets.iterdir()] == [".lock"]


def test_skipped_files_are_told_in_short(call: Call, tmp_path: Path) -> None:
    pictures = draw_pictures(tmp_path / "shades", {"dark": 0, "bright": 150})
    for number in range(SHOWN_SKIPPED + 2):
        (pictures / "dark" / f"broken {number}.png").write_bytes(b"")
    (pictures / "dark" / "notes.txt").write_text("no picture")
    _, output, _ = call("import", pictures)
    assert "Left out (not pictures): 1 file\n" in output
    assert f"Skipped: {SHOWN_SKIPPED + 2} files\n" in output and output.count("empty, it has 0 bytes") == SHOWN_SKIPPED
    assert output.endswith("  and 2 more (--json lists all)\n")
    skipped = last_json(call("import", pictures, "--json")[1])["skipped"]
    assert len(skipped) == SHOWN_SKIPPED + 2 and {item["code"] for item in skipped} == {"empty"}
