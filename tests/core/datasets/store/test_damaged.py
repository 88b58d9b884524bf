"""Data sets whose record, or a file beside it, is damaged."""

import json
import random
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import AUDIT_NAME, read_audit
from core.datasets.quality.embeddings import ANALYSIS_NAME, EmbeddingAnalysis, read_analysis, write_analysis
from core.datasets.quality.image_statistics import STATISTICS_NAME, read_statistics
from core.datasets.quality.issues import Issue
from core.datasets.store.manifest import MANIFEST_NAME, RECORD_FORMAT
from core.datasets.store.store import DatasetStore
from core.datasets.versions.pending_edits import KEEP, PENDING_EDITS_NAME, decide, read_pending_edits
from core.errors import DatasetError
from core.runs import queue
from core.runs.records.store import RunStore
from core.settings import Settings
from core.wording.coded import Reason
from core.wording.damaged_datasets import damaged_dataset
from tests.conftest import draw_folder

NUM_PICTURES = 12


@pytest.fixture
def pets(home: Settings, tmp_path: Path) -> DatasetIndex:
    return DatasetStore(home).import_source(draw_folder(tmp_path / "pets", 4))


def change_record(dataset: DatasetIndex, **values: object) -> None:
    path = dataset.folder / MANIFEST_NAME
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_damaged_data_sets_are_reported(home: Settings, pets: DatasetIndex) -> None:
    store = DatasetStore(home)
    assert store.damaged() == []
    (pets.folder / MANIFEST_NAME).write_bytes(b"")
    assert store.list() == []
    (broken,) = store.damaged()
    assert (broken.id, broken.reason, broken.num_pictures) == (pets.id, "unreadable", NUM_PICTURES)
    assert f"its 12 pictures are in {pets.folder / 'pictures'}" in damaged_dataset(broken)
    with pytest.raises(DatasetError, match=rf"{pets.id} can't be used: its record is damaged\. Import the original"):
        store.get(pets.id[:5])
    with pytest.raises(DatasetError, match=rf"There is no data set 'pets'.* records are damaged: {pets.id}\."):
        store.get("pets")


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (lambda dataset: (dataset.folder / MANIFEST_NAME).unlink(), "missing"),
        (lambda dataset: (dataset.folder / MANIFEST_NAME).write_bytes(b"\xff\x00" * 100), "unreadable"),
        (lambda dataset: change_record(dataset, format=RECORD_FORMAT + 1), "other_version"),
        (lambda dataset: change_record(dataset, class_names=["circle"]), "unreadable"),
        (lambda dataset: change_record(dataset, id="another"), "unreadable"),
        (
            lambda dataset: ((dataset.folder / MANIFEST_NAME).unlink(), (dataset.folder / MANIFEST_NAME).mkdir()),
            "unreadable",
        ),
    ],
)
def test_each_damage_has_its_reason_and_can_be_deleted(
    home: Settings, pets: DatasetIndex, damage: object, reason: str
) -> None:
    store = DatasetStore(home)
    damage(pets)
    assert [broken.reason for broken in store.damaged()] == [reason] and store.list() == []
    store.delete(pets.id[:6])
    assert store.damaged() == [] and not pets.folder.exists()


def test_other_folders_are_not_data_sets(home: Settings, pets: DatasetIndex) -> None:
    (home.datasets / "lost+found").mkdir()
    (home.datasets / "file").write_text("")
    assert DatasetStore(home).damaged() == []


def test_copied_folder_isnt_a_second_data_set(home: Settings, pets: DatasetIndex) -> None:
    store = DatasetStore(home)
    shutil.copytree(pets.folder, home.datasets / "copy of it")
    assert store.get(pets.id) == pets and [broken.id for broken in store.damaged()] == ["copy of it"]
    store.delete("copy of it")
    assert store.list() == [pets] and store.damaged() == []


def test_importing_the_original_repairs_it(home: Settings, pets: DatasetIndex, tmp_path: Path) -> None:
    store = DatasetStore(home)
    (pets.folder / MANIFEST_NAME).write_text("{")
    again = store.import_source(tmp_path / "pets")
    assert again.id == pets.id and store.list() == [again] and store.damaged() == []
    assert not again.notes and all(again.picture_path(sample).is_file() for sample in again.samples)


def test_import_leaves_a_data_set_of_a_newer_version_alone(home: Settings, pets: DatasetIndex, tmp_path: Path) -> None:
    change_record(pets, format=RECORD_FORMAT + 1)
    with pytest.raises(DatasetError, match="newer version"):
        DatasetStore(home).import_source(tmp_path / "pets")
    assert len(list((pets.folder / "pictures").iterdir())) == NUM_PICTURES


def test_damaged_data_set_that_a_run_needs_isnt_deleted(home: Settings, pets: DatasetIndex) -> None:
    run = RunStore(home.database).create(pets.id, pets.name, TrainingConfig(image_size=32))
    (pets.folder / MANIFEST_NAME).unlink()
    with pytest.raises(DatasetError, match=f"the run {run.name} is using it"):
        queue.dataset_store(home).delete(pets.id)
    home.database.unlink()
    with pytest.raises(DatasetError, match="is using it"):
        queue.dataset_store(home).delete(pets.id)


def test_files_beside_a_record_may_be_damaged(pets: DatasetIndex) -> None:
    """Each file is read correctly, or ignored, or refused with a message."""
    paths = tuple(sample.path for sample in pets.samples)
    issue = Issue("outlier", paths[0], Reason.of_text("unlike the others"), 0.5)
    write_analysis(pets, EmbeddingAnalysis(pets.id, "b", paths, np.zeros((len(paths), 2), np.float32), (issue,), 0.5))
    decide(pets, paths[:2], KEEP)
    readers = {
        AUDIT_NAME: read_audit,
        ANALYSIS_NAME: read_analysis,
        PENDING_EDITS_NAME: read_pending_edits,
        STATISTICS_NAME: read_statistics,
    }
    generator = random.Random(0)
    for name, read in readers.items():
        path = pets.folder / name
        sound = path.read_bytes()
        assert read(pets) is not None
        for _ in range(60):
            damaged = bytearray(sound)
            start, size = generator.randrange(len(sound)), generator.choice((1, 4, 40))
            damaged[start : start + size] = generator.choice((generator.randbytes(size), bytes(size)))
            path.write_bytes(damaged[: generator.choice((len(damaged), generator.randrange(len(damaged))))])
            try:
                read(pets)
            except DatasetError as error:
                assert name == PENDING_EDITS_NAME and "can't be read" in str(error)
        for content in (b"", b"[]", b"null", b"{}", b'{"format": 1}', b"[" * 100_000):
            path.write_bytes(content)
            if name == PENDING_EDITS_NAME:
                with pytest.raises(DatasetError, match="can't be read"):
                    read(pets)
            elif name == STATISTICS_NAME:
                assert len(read(pets)) == 0
            else:
                assert read(pets) is None


def test_an_audit_with_unknown_kinds_counts_as_missing(pets: DatasetIndex) -> None:
    path = pets.folder / AUDIT_NAME
    values = json.loads(path.read_text())
    for changes in (
        {"issues": [{"kind": "unheard of", "path": "x", "detail": "", "score": 1}]},
        {"issues": [{"kind": "blank", "path": 3, "detail": "", "score": 1}]},
        {"issues": [{"kind": "blank", "path": "x", "detail": {"code": 1}, "score": 1}]},
        {"advice": [{"kind": "leak", "text": None}]},
        {"advice": [{"kind": "leak", "parameters": 3}]},
        {"seconds": "long"},
    ):
        path.write_text(json.dumps(values | changes))
        assert read_audit(pets) is None
    path.write_text(json.dumps(values))
    assert read_audit(replace(pets)) is not None
