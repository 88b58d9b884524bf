"""Imports in a separate process: the same results, the same messages, and nothing left behind by its death."""

import io
import threading
from dataclasses import replace

import pytest

from core.datasets.edit import Edit
from core.datasets.layouts.layout import AmbiguousLayout
from core.datasets.quality.audit import AUDIT_NAME, read_audit
from core.datasets.quality.image_statistics import STATISTICS_NAME
from core.datasets.versions.pending_edits import PendingEdits, decide, read_pending_edits
from core.errors import DatasetError, Stopped
from core.processes.dataset_jobs import (
    add_pictures_in_subprocess,
    audit_in_subprocess,
    import_in_subprocess,
    import_pictures_in_subprocess,
    import_sample_in_subprocess,
    make_version_in_subprocess,
)
from core.wording.dataset_notes import dataset_note
from tests.processes import children, kill_children

JOBS = "core.processes.dataset_jobs"
NAMES = ("cats", "dogs")


@pytest.fixture
def pets(zip_of, picture):
    return zip_of({f"{name}/{n}.png": picture(1000 * label + n) for label, name in enumerate(NAMES) for n in range(9)})


def left_behind(tmp_path):
    folder = tmp_path / "home" / "datasets"
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def jobs():
    return children(JOBS)


def test_it_gives_what_an_import_in_this_process_gives(store, pets, tmp_path):
    (tmp_path / "pets.zip").write_bytes(pets)
    events = []
    dataset = import_in_subprocess(store, tmp_path / "pets.zip", on_event=events.append)
    assert dataset.name == "pets"
    phases = {event.phase: (event.step, event.total) for event in events}
    assert phases == {"extract": (18, 18), "pictures": (18, 18), "audit": (18, 18)}
    assert store.list() == [dataset]
    assert left_behind(tmp_path) == [dataset.id]
    again = import_in_subprocess(store, tmp_path / "pets.zip")
    assert again == store.import_source(tmp_path / "pets.zip")
    assert again.samples == dataset.samples
    assert "were here already, as pets" in dataset_note(again.notes[0])
    assert not jobs()


def test_an_upload_is_written_to_disk_first_and_keeps_its_name(store, pets, tmp_path):
    upload = io.BytesIO(pets)
    upload.name = "../my pets.zip"
    upload.read(10)
    dataset = import_in_subprocess(store, upload)
    assert dataset.name == "my pets"
    assert left_behind(tmp_path) == [dataset.id]


def test_a_folder(store, tmp_path, picture):
    for label, name in enumerate(NAMES):
        (tmp_path / "folder" / name).mkdir(parents=True)
        for number in range(2):
            (tmp_path / "folder" / name / f"{number}.png").write_bytes(picture(10 * label + number))
    assert import_in_subprocess(store, tmp_path / "folder", "named").name == "named"


def test_refusals_have_the_same_words(store, tmp_path):
    upload = io.BytesIO(b"hello")
    upload.name = "pets.zip"
    with pytest.raises(DatasetError) as caught:
        import_in_subprocess(store, upload)
    assert str(caught.value) == (
        "Expected a zip of pictures in class folders. pets.zip is a text file. Make a zip of the folders and choose "
        "that."
    )
    assert left_behind(tmp_path) == []


def test_a_question_comes_back_and_its_answer_is_followed(store, tmp_path, picture, zip_of):
    files = {f"batch {n % 2}/{name}.{n}.png": picture(9 * k + n) for k, name in enumerate(NAMES) for n in range(4)}
    upload = io.BytesIO(zip_of(files | {f"others/{n}.png": picture(100 + n) for n in range(20)}))
    with pytest.raises(AmbiguousLayout) as caught:
        import_in_subprocess(store, upload, label="things.zip")
    with pytest.raises(AmbiguousLayout) as there:
        store.import_source(upload, label="things.zip")
    assert str(caught.value) == str(there.value)
    assert caught.value.candidates == tuple(replace(candidate, assignments=()) for candidate in there.value.candidates)
    assert left_behind(tmp_path) == []
    dataset = import_in_subprocess(store, upload, options=caught.value.candidates[1].options, label="things.zip")
    assert tuple(map(dataset_note, caught.value.candidates[1].notes)) == (
        "20 pictures in others have no class and were left out.",
    )
    assert (dataset.name, dataset.class_names, dataset.notes) == ("things", NAMES, caught.value.candidates[1].notes)


def test_pictures_sorted_by_hand(store, tmp_path, picture):
    path = tmp_path / "0.png"
    path.write_bytes(picture(0))
    classes = {"cats": [("a.png", path), ("a.png", io.BytesIO(picture(1)))]}
    classes["dogs"] = [("a.png", io.BytesIO(picture(n))) for n in (2, 3)] + [("b.png", io.BytesIO(b"no"))]
    dataset = import_pictures_in_subprocess(store, classes, "pets")
    assert [sample.name for sample in dataset.samples] == [
        "cats/a.png",
        "cats/a (2).png",
        "dogs/a.png",
        "dogs/a (2).png",
    ]
    assert [item.name for item in dataset.skipped] == ["dogs/b.png"]
    assert path.exists()
    assert left_behind(tmp_path) == [dataset.id]
    with pytest.raises(DatasetError, match="Expected a class name"):
        import_pictures_in_subprocess(store, {"a/b": []}, "pets")
    assert left_behind(tmp_path) == [dataset.id]


def test_pictures_are_added(store, pets, tmp_path, picture):
    dataset = store.import_source(io.BytesIO(pets), "pets")
    (tmp_path / "new.png").write_bytes(picture(500))
    sources = [
        ("new.png", tmp_path / "new.png"),
        ("known.png", io.BytesIO(dataset.picture_path(dataset.samples[0]).read_bytes())),
    ]
    phases = []
    version = add_pictures_in_subprocess(
        store, dataset.name, dataset.class_names[1], sources, lambda event: phases.append(event.phase)
    )
    assert (version.parent, len(version.samples)) == (dataset.id, len(dataset.samples) + 1)
    assert tuple(map(dataset_note, version.notes)) == (
        "1 of the pictures was left out as already in the data set: known.png.",
    )
    assert {"extract", "pictures", "version"} <= set(phases)
    with pytest.raises(DatasetError, match="Expected pictures to add to the class cats"):
        add_pictures_in_subprocess(store, dataset.id, "cats", [])
    assert len(store.list()) == 2


def test_a_version_is_made_of_decisions_and_further_changes(store, pets, tmp_path):
    (tmp_path / "pets.zip").write_bytes(pets)
    dataset = store.import_source(tmp_path / "pets.zip")
    first, second = (sample.path for sample in dataset.samples[:2])
    decide(dataset, [first], "remove")
    decide(dataset, [second], "keep")
    rename = Edit("rename_class", class_names=("dogs", "hounds"))
    version = make_version_in_subprocess(store, dataset, further=[rename])
    assert version.edits == (Edit("remove", (first,)), rename)
    assert version.class_names == ("cats", "hounds")
    assert (read_pending_edits(dataset), read_pending_edits(version)) == (
        PendingEdits(),
        PendingEdits({second: "keep"}),
    )
    with pytest.raises(DatasetError, match="There is nothing to change in pets yet"):
        make_version_in_subprocess(store, dataset)
    again = make_version_in_subprocess(store, version, further=[Edit("rename_class", class_names=("hounds", "dogs"))])
    assert len(again.samples) == 17
    decide(dataset, [first], "remove")
    (note,) = make_version_in_subprocess(store, dataset).notes
    assert dataset_note(note).endswith("holds just these pictures already: no new version was made.")


def test_a_data_set_without_an_audit_is_audited(store, pets, tmp_path):
    (tmp_path / "pets.zip").write_bytes(pets)
    dataset = store.import_source(tmp_path / "pets.zip")
    known = read_audit(dataset)
    (dataset.folder / AUDIT_NAME).unlink()
    (dataset.folder / STATISTICS_NAME).unlink()
    audit_in_subprocess(store, dataset)
    assert read_audit(dataset).issues == known.issues
    store.delete(dataset.id)
    with pytest.raises(DatasetError, match="There is no data set"):
        audit_in_subprocess(store, dataset)


def test_stopping(store, pets, tmp_path):
    stopping = threading.Event()
    with pytest.raises(Stopped):
        import_in_subprocess(
            store, io.BytesIO(pets), on_event=lambda event: stopping.set(), should_stop=stopping.is_set
        )
    assert not jobs()
    assert left_behind(tmp_path) == []


def test_a_failing_listener_ends_the_process(store, pets, tmp_path):
    def fail(event):
        raise RuntimeError(event.phase)

    with pytest.raises(RuntimeError):
        import_in_subprocess(store, io.BytesIO(pets), on_event=fail)
    assert not jobs()


def test_a_sample_is_made_in_the_process_too(store, tmp_path):
    phases = []
    dataset = import_sample_in_subprocess(store, "faces", lambda event: phases.append(event.phase))
    assert (dataset.name, len(dataset.samples)) == ("Faces or not", 200)
    assert {"extract", "pictures", "audit"} <= set(phases)
    assert import_sample_in_subprocess(store, "faces") == dataset
    with pytest.raises(Stopped):
        import_sample_in_subprocess(store, "digits", should_stop=lambda: bool(jobs()))
    with pytest.raises(DatasetError, match="Expected one of the samples"):
        import_sample_in_subprocess(store, "nothing")
    assert left_behind(tmp_path) == [dataset.id]


@pytest.fixture(scope="module")
def many(zip_of, picture):
    """A zip of enough pictures that a job isn't done before it can be killed."""
    return zip_of({f"{name}/{n}.png": picture(n, side=200) for name in NAMES for n in range(60)})


def test_the_death_of_a_process_is_reported_by_its_job(store, tmp_path, picture, many):
    dataset = store.import_source(io.BytesIO(many), "pets")

    def kill(event):
        kill_children(JOBS)

    ended = "was killed by the system, most likely because memory ran out."
    with pytest.raises(DatasetError) as caught:
        audit_in_subprocess(store, dataset, kill)
    assert str(caught.value) == f"Checking pets {ended} Close other programs and start it again."
    rename = Edit("rename_class", class_names=("dogs", "hounds"))
    with pytest.raises(DatasetError) as caught:
        make_version_in_subprocess(store, dataset, kill, further=[rename])
    assert str(caught.value) == (
        f"Making a version of pets {ended} No version was made, and your decisions are still there. Close other "
        "programs and try again."
    )
    new = [(f"{n}.png", io.BytesIO(picture(1000 + n, side=200))) for n in range(30)]
    with pytest.raises(DatasetError, match=rf"^Adding pictures to pets {ended} Nothing of it was kept\."):
        add_pictures_in_subprocess(store, dataset.id, "cats", new, kill)
    with pytest.raises(DatasetError, match=rf"^The import of Faces or not {ended} Nothing of it was kept\."):
        import_sample_in_subprocess(store, "faces", kill)
    assert left_behind(tmp_path) == [dataset.id]


def test_a_killed_process_is_reported_in_words(store, many, tmp_path):
    upload = io.BytesIO(many)
    upload.name = "pets.zip"

    def kill(event):
        kill_children(JOBS)

    with pytest.raises(DatasetError) as caught:
        import_in_subprocess(store, upload, on_event=kill)
    assert str(caught.value) == (
        "The import of pets.zip was killed by the system, most likely because memory ran out. Nothing of it was kept. "
        "Close other programs, or leave out the largest pictures."
    )
    assert left_behind(tmp_path) == []
