"""A data home written by the version that stored sentences opens with all its contents.

`old_home` is such a home: two data sets with files that were left out, notes and audits, and four runs, one of which
has no record of its end but its last words.
"""

import shutil
from pathlib import Path

import pytest

from core.datasets.quality.audit import Audit, audit, read_audit
from core.datasets.store.store import DatasetStore
from core.nn.training.notes import load_notes
from core.runs import queue
from core.runs.records.store import Run, RunStatus, RunStore
from core.settings import Settings
from core.wording.dataset_notes import dataset_note
from core.wording.failures import failure
from core.wording.issues import advice, issue_detail
from core.wording.reasons import reason
from core.wording.run_notes import run_note

OLD_HOME = Path(__file__).with_name("old_home")
OUT_OF_MEMORY = (
    "The training ran out of memory. Lower the batch size or the image size, or close other programs, then start again."
)
BUG = (
    "The training failed because of a bug (KeyError). The run's log, log.txt, has the details: please report them. "
    "Starting it again with other settings may work."
)


@pytest.fixture
def old(tmp_path: Path) -> Settings:
    return Settings(home=shutil.copytree(OLD_HOME, tmp_path / "home"))


def test_files_left_out_of_data_sets_keep_their_words(old: Settings) -> None:
    pets, things = sorted(DatasetStore(old).list(), key=lambda dataset: dataset.name)
    assert {item.name: reason(item.reason) for item in pets.skipped} == {
        "train/cats/broken.jpg": "not a picture that can be read, it is a text file",
        "train/dogs/nothing.png": "empty, it has 0 bytes",
        "outside.png": "it lies outside the class folders",
    }
    assert [dataset_note(note) for note in pets.notes] == [
        "train/cats/same.png differs from another name only by case or accents. Both are kept.",
        "1 film beside the pictures wasn't read.",
        "1 validation or test picture is also in the train folder, so accuracy will look better than it is.",
    ]
    assert [(item.name, reason(item.reason)) for item in things.skipped] == [
        ("7.png", "labels.csv says no class for it")
    ]


def told(found: Audit | None) -> list[tuple[object, ...]]:
    """Returns the issues of an audit in words, and its kinds of advice, whose words may change."""
    assert found is not None
    issues = [(item.kind, item.path, issue_detail(item.detail), item.score, item.group) for item in found.issues]
    return [*issues, *((item.kind,) for item in found.advice)]


def test_stored_audits_keep_their_words_and_find_what_a_new_audit_finds(old: Settings) -> None:
    """Even for data sets stored with sentences, codes now decide which files are faulty."""
    for dataset in DatasetStore(old).list():
        stored = read_audit(dataset)
        assert told(stored) == told(audit(dataset))
        assert stored is not None
        assert all(advice(item.kind, item.parameters) == item.parameters["text"] for item in stored.advice)


def test_notes_of_a_run_keep_their_words(old: Settings) -> None:
    run = RunStore(old.database).get("Stopped with notes")
    assert [run_note(note) for note in load_notes(old.runs / run.id)] == [
        "Computed by Keras.",
        "The run was ended once and went on after epoch 3.",
    ]


def runs_of(store: RunStore) -> dict[str, Run]:
    return {run.name: run for run in store.list()}


def test_failures_of_runs_keep_their_words(old: Settings) -> None:
    store = RunStore(old.database)
    assert store.rebuilds(in_terminal=True) == []
    before = runs_of(store)
    assert {name: failure(run.failure) for name, run in before.items()} == {
        "Out of memory": OUT_OF_MEMORY,
        "Came upon a bug": BUG,
        "Stopped with notes": "",
        "Ended without a record": "",
    }
    queue.reconcile(store)
    ended = runs_of(store)["Ended without a record"]
    assert ended.status == RunStatus.FAILED
    assert failure(ended.failure) == "The disk is full. Free some space, then start again."
    # The old manifests are read if the database is lost.
    old.database.unlink()
    assert runs_of(RunStore(old.database)) == before | {ended.name: ended}
