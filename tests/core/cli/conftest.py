"""Shared by the tests of several commands: pictures that are quickly learnt, and one trained model."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.runs.records.store import RunStore
from tests.project import ROOT
from tests.shared_folders import shared_folder

DEADLINE_SECONDS = 120
Trained = tuple[Path, subprocess.CompletedProcess]


def draw_pictures(folder: Path, classes: dict[str, int], seed: int = 0, count: int = 10) -> Path:
    """Writes class folders of noise, each with the brightness of its class, and returns their parent."""
    generator = np.random.default_rng(seed)
    for name, darkest in classes.items():
        (folder / name).mkdir(parents=True)
        for number in range(count):
            pixels = generator.integers(darkest, darkest + 100, (40, 40, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    return folder


def python_core(home: Path, *arguments: str, **options: Any) -> subprocess.CompletedProcess:
    """Calls the command line in a process of its own, as users do."""
    return subprocess.run(
        [sys.executable, "-m", "core", *arguments],
        env=os.environ | {"TRANSFER_STUDIO_HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        **options,
    )


def last_json(text: str) -> dict[str, Any]:
    """Returns the JSON that a command printed."""
    return json.loads(text.splitlines()[-1])


def train_small(folder: Path) -> None:
    """Makes a data home with one completed run, called Small, and keeps what its training printed beside it."""
    pictures = draw_pictures(folder / "shades", {"dark": 0, "bright": 150})
    options = ["--name", "Small", "--image-size", "64", "--epochs", "3", "--batch-size", "4", "--flip", "--json"]
    result = python_core(folder / "home", "train", str(pictures), *options)
    assert not result.returncode, result.stderr
    (folder / "result.json").write_text(json.dumps(vars(result)))


@pytest.fixture(scope="session")
def trained_home(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """A data home with one completed run, called Small, and what its training printed.

    All tests of a process share it: those that write more to it than a picture's features use a copy.
    """
    source = shared_folder(tmp_path_factory, "small", train_small)
    home = shutil.copytree(source / "home", tmp_path_factory.mktemp("small") / "home")
    return home, subprocess.CompletedProcess(**json.loads((source / "result.json").read_text()))


def copied_home(home: Path, target: Path) -> Path:
    """Returns a copy of a data home in which only the run called Small is left."""
    shutil.copytree(home, target)
    store = RunStore(target / "studio.sqlite")
    for run in store.list():
        if run.name != "Small":
            store.delete(run.id)
    return target
