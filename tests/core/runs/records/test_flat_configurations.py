"""The database and manifest of an older home, with most fields of a configuration at the top level."""

import shutil
import sqlite3
from pathlib import Path

from core.config.recipes import recipe_config
from core.runs.records.manifest import read_record
from core.runs.records.store import RunStore

HOME = Path(__file__).parent / "flat_home"
RUN_ID = "acd02669"
EXPECTED = recipe_config(
    "fine_tune",
    image_size=64,
    epochs=7,
    batch_size=8,
    learning_rate=0.002,
    fine_tune_learning_rate=0.0003,
    rate_decay=0.25,
    label_smoothing=0.1,
    class_weighting=False,
    early_stopping_patience=4,
    weight_decay=0.1,
    cross_validation=False,
)


def put_manifest(home: Path) -> Path:
    folder = home / "runs" / RUN_ID
    folder.mkdir(parents=True)
    shutil.copy(HOME / "run.json", folder)
    return folder


def test_a_row_opens_and_stays_as_it_was_written(tmp_path: Path) -> None:
    put_manifest(tmp_path)
    connection = sqlite3.connect(tmp_path / "studio.sqlite")
    connection.executescript((HOME / "studio.sql").read_text())
    connection.close()
    store = RunStore(tmp_path / "studio.sqlite")
    assert store.get(RUN_ID).config == EXPECTED
    assert store.claim(slots=1).config == EXPECTED
    assert store.get("Old").config == EXPECTED


def test_a_manifest_opens(tmp_path: Path) -> None:
    assert read_record(put_manifest(tmp_path)).run.config == EXPECTED


def test_runs_are_restored_from_manifests(tmp_path: Path) -> None:
    put_manifest(tmp_path)
    assert [run.config for run in RunStore(tmp_path / "studio.sqlite").list()] == [EXPECTED]
