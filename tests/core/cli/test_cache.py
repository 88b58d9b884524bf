"""The command `cache`: features of frozen blocks are shown, and cleared where nothing needs them."""

import os
import shutil
from pathlib import Path

import numpy as np
import psutil
import pytest

from core.config.training_config import TrainingConfig
from core.features.feature_space import FeatureSpace
from core.runs.records.store import RunStatus, RunStore
from core.settings import GIGABYTE, Settings
from tests.core.cli.conftest import Trained, last_json
from tests.core.conftest import Call
from tests.disks import SmallDisk, read_only


def test_cache_is_shown_and_cleared(trained_home: Trained, call: Call, tmp_path: Path) -> None:
    home = tmp_path / "copied"
    shutil.copytree(trained_home[0] / "features", home / "features")
    code, output, _ = call("cache", home=home)
    lines = output.splitlines()
    assert code == 0 and lines[0].split()[:4] == ["backbone", "features", "pixels", "version"]
    assert any("EfficientNet-Lite0  stages and style, average" in line and " plain " in line for line in lines)
    assert f" of at most 10 GB (TRANSFER_STUDIO_CACHE_GB) in {home / 'features'}" in lines[-1]
    before = last_json(call("cache", "--json", home=home)[1])
    assert {entry["view"] for entry in before["entries"]} == {0, 1}  # plain and flipped
    assert before["num_bytes"] == sum(entry["num_bytes"] for entry in before["entries"])
    assert (before["limit_bytes"], before["cleared_bytes"]) == (10 * GIGABYTE, 0)

    store = RunStore(home / "studio.sqlite")
    run = store.create("d", "Textures", TrainingConfig(), name="Busy")
    store.claim(1)
    code, _, error = call("cache", "--clear", home=home)
    assert code == 2 and error.startswith("Error: The run 'Busy' is using the cache. Stop it, or wait for its end")
    store.finish(run.id, RunStatus.STOPPED)
    after = last_json(call("cache", "--clear", "--json", home=home)[1])
    assert after["entries"] == [] and after["num_bytes"] == 0 and after["cleared_bytes"] == before["num_bytes"]
    code, output, _ = call("cache", "--clear", home=home)
    assert code == 0 and output.startswith("Cleared 0.0 MB\n0.0 MB of at most 10 GB")


@pytest.mark.parametrize("has_runs", [False, True])
def test_cache_is_cleared_on_a_full_disk(small_disk: SmallDisk, call: Call, has_runs: bool) -> None:
    home = small_disk.folder / "home"
    space = FeatureSpace.open(home / "features", {"boundary": "pixels"})
    space.write(iter([(["a"], np.zeros((1, 1000), np.uint8))]))
    if has_runs:
        store = RunStore(home / "studio.sqlite")
        run = store.create("d", "Textures", TrainingConfig(), name="Dead")
        store.claim(1)
        store.report_worker(run.id, os.getpid(), psutil.Process().create_time())
    small_disk.fill()
    code, _, error = call("cache", "--clear", home=home)
    assert (code, error) == (0, "")
    assert not list(home.glob("features/*/*.npy"))


def test_a_cache_that_cant_be_deleted_is_named(call: Call, home: Settings) -> None:
    FeatureSpace.open(home.features, {"boundary": "pixels"}).write(iter([(["a"], np.zeros((1, 1000), np.uint8))]))
    with read_only(home.home):
        assert call("cache")[0] == 0
        code, output, error = call("cache", "--clear")
    assert (code, output) == (2, "")
    assert error == f"Error: Nothing in {home.features} can be deleted. Make the folder writable, then clear it.\n"
    assert list(home.features.glob("*/*.npy"))


def test_nothing_is_cached_yet(call: Call, home: Settings) -> None:
    assert call("cache")[1] == f"0.0 MB of at most 10 GB (TRANSFER_STUDIO_CACHE_GB) in {home.features}\n"
    values = {"entries": [], "num_bytes": 0, "limit_bytes": 10 * GIGABYTE, "cleared_bytes": 0}
    assert last_json(call("cache", "--clear", "--json")[1]) == values
    assert not home.database.exists(), "looking at the cache makes no list of runs"
