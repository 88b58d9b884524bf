"""Versions of data sets from end to end: what is made, what is recorded, and that nothing else changes."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.config.training_config import TrainingConfig
from core.datasets.edit import Edit
from core.datasets.quality.audit import audit, keep_one, read_audit
from core.datasets.quality.image_statistics import read_statistics
from core.datasets.store.manifest import MANIFEST_NAME, read_manifest
from core.datasets.store.store import DatasetStore
from core.datasets.store.versions import Comparison, children, compare, go_back, lineage, make_version
from core.datasets.versions.pending_edits import PendingEdits, decide, read_pending_edits
from core.errors import DatasetError, Stopped
from core.runs import queue
from core.runs.records.store import RunStore
from core.wording.dataset_notes import dataset_note
from tests.project import ROOT

NAMES = ("cat", "dog", "fox")


@pytest.fixture
def pets(store, zip_of, picture, tmp_path):
    path = tmp_path / "pets.zip"
    path.write_bytes(
        zip_of({f"{name}/{n}.png": picture(100 * label + n) for label, name in enumerate(NAMES) for n in range(4)})
    )
    return store.import_source(path)


def remove(dataset, *numbers):
    return Edit("remove", tuple(dataset.samples[number].path for number in numbers))


def left_behind(store):
    return sorted(path.name for path in store.settings.datasets.iterdir() if path.name != ".lock")


def files(dataset):
    return {path.name: (path.read_bytes(), path.stat().st_ino) for path in (dataset.folder / "pictures").iterdir()}


# Making


def test_a_version_is_a_data_set_of_its_own(store, pets):
    before, record = files(pets), (pets.folder / MANIFEST_NAME).read_bytes()
    version = store.derive(pets.id, [remove(pets, 0, 5)])
    assert (version.name, version.parent, version.edits) == ("pets, version 2", pets.id, (remove(pets, 0, 5),))
    assert version.samples == tuple(sample for number, sample in enumerate(pets.samples) if number not in (0, 5))
    assert version.folder.name == version.id != pets.id
    assert set(files(version)) == {Path(sample.path).name for sample in version.samples}
    assert version.created > pets.created
    assert DatasetStore(store.settings).get("pets, version 2") == version
    assert (files(pets), (pets.folder / MANIFEST_NAME).read_bytes()) == (before, record)


def test_a_version_survives_its_parent(store, pets):
    version = store.derive(pets.id, [remove(pets, 0)], "clean pets")
    store.delete(pets.id)
    assert store.list() == [version]
    assert all(version.picture_path(sample).read_bytes() for sample in version.samples)
    assert lineage(store, version) == (version,)


def test_versions_keep_the_share_that_is_held_out(store, pets):
    store.set_validation_split(pets.id, 0.4)
    assert store.derive(pets.id, [remove(pets, 0)]).validation_split == 0.4


def test_events_while_a_version_is_made(store, pets):
    events = []
    store.derive(pets.id, [remove(pets, 0)], on_event=events.append)
    version = [(event.step, event.total) for event in events if event.phase == "version"]
    assert (version[0], version[-1]) == ((0, 11), (11, 11))
    assert list(dict.fromkeys(event.phase for event in events)) == ["version", "audit"]
    assert events[-1].step == events[-1].total > 0


def test_the_same_content_is_not_made_twice(store, pets):
    first = store.derive(pets.id, [remove(pets, 0)])
    again = store.derive(pets.id, [remove(pets, 0)], "another name")
    assert (again.id, again.name) == (first.id, first.name)
    assert tuple(map(dataset_note, again.notes)) == (
        "pets, version 2 holds just these pictures already: no new version was made.",
    )
    same = store.derive(first.id, [Edit("subset", number=99)])
    assert (same.id, same.parent) == (first.id, pets.id)
    assert len(store.list()) == 2


def test_the_same_content_imported_later_is_the_version(store, pets, zip_of, picture, tmp_path):
    version = store.derive(pets.id, [Edit("leave_out_class", class_names=("fox",))])
    path = tmp_path / "two.zip"
    path.write_bytes(
        zip_of({f"{name}/{n}.png": picture(100 * label + n) for label, name in enumerate(NAMES[:2]) for n in range(4)})
    )
    imported = store.import_source(path)
    assert imported.id == version.id
    assert tuple(map(dataset_note, imported.notes)) == (
        "These 8 pictures were here already, as pets, version 2: nothing was added.",
    )


def test_names_are_made_free(store, pets):
    store.derive(pets.id, [remove(pets, 0)], "pets")
    assert {dataset.name for dataset in store.list()} == {"pets", "pets (2)"}


def test_a_change_that_cannot_be_leaves_nothing(store, pets):
    with pytest.raises(DatasetError, match="The class cat would have only one picture"):
        store.derive(pets.id, [remove(pets, 0, 1, 2)])
    assert left_behind(store) == [pets.id]


@pytest.mark.parametrize("phase", ["version", "audit"])
def test_stopping_leaves_nothing(store, pets, phase):
    phases = []
    with pytest.raises(Stopped):
        store.derive(
            pets.id,
            [remove(pets, 0)],
            on_event=lambda event: phases.append(event.phase),
            should_stop=lambda: phase in phases,
        )
    assert left_behind(store) == [pets.id]


def test_a_version_is_audited(store, zip_of, picture, tmp_path):
    files = {f"{name}/{n}.png": picture(100 * label + n) for label, name in enumerate(NAMES) for n in range(4)}
    path = tmp_path / "pets.zip"
    path.write_bytes(zip_of(files | {"cat/copy.png": files["cat/0.png"], "dog/copy.png": files["cat/0.png"]}))
    dataset = store.import_source(path)
    copies = [
        sample.path for sample in dataset.samples if sample.name.endswith("copy.png") or sample.name == "cat/0.png"
    ]
    version = store.derive(dataset.id, [Edit("relabel", (copies[2],), ("cat",))])
    assert read_audit(version).counts() == {"duplicate": 2}
    assert [sample.path for sample in version.samples if sample.group] == copies
    clean = store.derive(version.id, [Edit("remove", keep_one(version, read_audit(version)))])
    assert (read_audit(clean).dataset_id, read_audit(clean).counts()) == (clean.id, {})
    assert not any(sample.group for sample in clean.samples)


def test_a_version_needs_no_picture_decoded_again(store, pets):
    audit(pets)
    for sample in pets.samples:
        pets.picture_path(sample).write_bytes(b"no longer a picture, and nobody looks")
    version = store.derive(pets.id, [remove(pets, 0)])
    assert len(read_statistics(version)) >= 11
    assert read_audit(version).of_kind("blank") == ()


DERIVE_AND_WAIT = """
import sys
from pathlib import Path
from core.datasets.versions.edits import Edit
from core.datasets.store.store import DatasetStore
from core.settings import ImportLimits, Settings

def wait(event):
    if event.step == event.total:
        print("all but in place", flush=True)
        sys.stdin.readline()

store = DatasetStore(Settings(home=Path(sys.argv[1]), import_limits=ImportLimits(free_disk_bytes=0)))
store.derive(sys.argv[2], [Edit("subset", number=3)], on_event=wait)
"""


def test_leftovers_of_a_killed_derivation_are_removed_by_the_next(store, pets):
    command = [sys.executable, "-c", DERIVE_AND_WAIT, str(store.settings.home), pets.id]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline().strip() == b"all but in place"
        process.kill()
    assert len(left_behind(store)) > 1
    assert store.list() == [pets]
    version = store.derive(pets.id, [remove(pets, 0)])
    assert left_behind(store) == sorted([pets.id, version.id])
    assert files(pets).keys() == {Path(sample.path).name for sample in pets.samples}


def test_records_older_than_versions_are_read(pets):
    path = pets.folder / MANIFEST_NAME
    text = path.read_text().replace('"parent": "", "edits": [], ', "")
    path.write_text(text)
    assert "parent" not in text
    assert read_manifest(pets.folder) == pets


# Deleting


def test_a_data_set_that_a_run_needs_is_not_deleted(store, pets):
    store = queue.dataset_store(store.settings)
    runs = RunStore(store.settings.database)
    run = runs.create(pets.id, pets.name, TrainingConfig(), name="first try")
    version = store.derive(pets.id, [remove(pets, 0)])
    with pytest.raises(DatasetError) as caught:
        store.delete(pets.id)
    assert str(caught.value) == ("pets can't be deleted: the run first try is using it. Wait for its end, or stop it.")
    assert set(store.list()) == {pets, version}
    store.delete(version.id)
    runs.request_stop(run.id)
    store.delete(pets.id)
    assert store.list() == []


def test_a_version_in_the_middle_can_be_deleted(store, pets):
    second = store.derive(pets.id, [remove(pets, 0)])
    third = store.derive(second.id, [remove(pets, 5)])
    store.delete(second.id)
    third = store.get(third.id)
    assert (third.parent, third.edits) == (pets.id, (remove(pets, 0), remove(pets, 5)))
    assert lineage(store, third) == (pets, third)
    assert children(store, pets) == (third,)


# Descent


def test_lineage_and_children(store, pets):
    second = store.derive(pets.id, [remove(pets, 0)])
    third = store.derive(second.id, [remove(pets, 5)])
    other = store.derive(pets.id, [remove(pets, 9)])
    assert lineage(store, third) == (pets, second, third)
    assert children(store, pets) == (other, second)
    assert children(store, third) == ()


def test_going_back_to_a_deleted_ancestor_makes_no_circle(store, pets):
    there = Edit("relabel", (pets.samples[0].path,), ("dog",))
    back = Edit("relabel", (pets.samples[0].path,), ("cat",))
    version = store.derive(pets.id, [there])
    store.delete(pets.id)
    again = store.derive(version.id, [back])
    assert (again.id, again.parent, again.edits) == (pets.id, "", ())
    assert lineage(store, version) == (again, version)


# From decisions to a version


def test_decisions_become_a_version(store, pets):
    first, second, third, *_ = (sample.path for sample in pets.samples)
    decide(pets, [first], "remove")
    decide(pets, [second], "relabel:dog")
    decide(pets, [third], "keep")
    version = make_version(store, pets, "clean")
    assert version.name == "clean"
    assert version.edits == (Edit("remove", (first,)), Edit("relabel", (second,), ("dog",)))
    assert read_pending_edits(pets) == PendingEdits()
    assert read_pending_edits(version) == PendingEdits({third: "keep"})


def test_further_changes_come_after_the_decisions(store, pets):
    first, second = (sample.path for sample in pets.samples[:2])
    decide(pets, [first], "relabel:dog")
    decide(pets, [second], "keep")
    rename = Edit("rename_class", class_names=("dog", "hound"))
    version = make_version(store, pets, further=[rename])
    assert version.edits == (Edit("relabel", (first,), ("dog",)), rename)
    assert version.class_names == ("cat", "fox", "hound")
    assert read_pending_edits(version) == PendingEdits({second: "keep"})


def test_decisions_that_change_nothing_stay(store, pets):
    first, second = (sample.path for sample in pets.samples[:2])
    decide(pets, [first], "relabel:cat")
    pending = decide(pets, [second], "keep")
    version = make_version(store, pets)
    assert version.id == pets.id
    assert tuple(map(dataset_note, version.notes)) == (
        "pets holds just these pictures already: no new version was made.",
    )
    assert read_pending_edits(pets) == pending


def test_no_decisions_make_no_version(store, pets):
    decide(pets, [pets.samples[0].path], "keep")
    with pytest.raises(DatasetError) as caught:
        make_version(store, pets)
    assert str(caught.value) == (
        "There is nothing to change in pets yet. Remove or relabel pictures first, then make a version."
    )


def test_decisions_stay_if_no_version_is_made(store, pets):
    pending = decide(pets, [sample.path for sample in pets.samples[:4]], "remove")
    with pytest.raises(DatasetError, match="The class cat would have no picture"):
        make_version(store, pets)
    assert read_pending_edits(pets) == pending


def test_going_back_restores_the_decisions(store, pets):
    paths = [sample.path for sample in pets.samples]
    decide(pets, paths[:2], "remove")
    decide(pets, paths[4:5], "relabel:cat")
    decide(pets, paths[8:9], "keep")
    before = read_pending_edits(pets)
    version = make_version(store, pets)
    decide(pets, paths[1:2], "keep")
    go_back(version, pets)
    assert read_pending_edits(pets).decisions == {**before.decisions, paths[1]: "keep"}
    store.delete(version.id)
    assert len(make_version(store, pets).samples) == 11


# Comparing


def test_a_version_is_compared_with_its_parent(store, pets):
    paths = [sample.path for sample in pets.samples]
    version = store.derive(
        pets.id,
        [remove(pets, 0), Edit("relabel", (paths[4],), ("cat",)), Edit("rename_class", class_names=("fox", "wolf"))],
    )
    assert compare(pets, version) == Comparison(
        removed=(paths[0],),
        added=(),
        relabelled=(paths[4],),
        renamed={"fox": "wolf"},
        before={"cat": 4, "dog": 4, "wolf": 4},
        after={"cat": 4, "dog": 3, "wolf": 4},
    )
    back = compare(version, pets)
    assert (back.removed, back.added, back.relabelled, back.renamed) == ((), (paths[0],), (paths[4],), {"wolf": "fox"})


def test_merged_classes_are_not_relabelled_pictures(store, pets):
    version = store.derive(pets.id, [Edit("merge_classes", class_names=("dog", "fox", "dog"))])
    comparison = compare(pets, version)
    assert (comparison.relabelled, comparison.renamed) == ((), {"fox": "dog"})
    assert (comparison.before, comparison.after) == ({"cat": 4, "dog": 8}, {"cat": 4, "dog": 8})


def test_data_sets_that_have_nothing_in_common(store, pets, zip_of, picture, tmp_path):
    path = tmp_path / "other.zip"
    path.write_bytes(
        zip_of({f"{name}/{n}.png": picture(5000 + 100 * len(name) + n) for name in ("a", "bb") for n in (1, 2)})
    )
    comparison = compare(pets, store.import_source(path))
    assert len(comparison.removed) == 12 and len(comparison.added) == 4
    assert comparison.relabelled == () and comparison.renamed == {}
