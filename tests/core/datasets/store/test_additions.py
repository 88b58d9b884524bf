"""Adding pictures to a data set makes a version of it."""

import io

import pytest
from PIL import Image

from core.datasets.edit import Edit
from core.datasets.quality.audit import read_audit
from core.datasets.sample import Skipped
from core.datasets.store.versions import compare
from core.errors import DatasetError, Stopped
from core.wording.coded import Reason
from core.wording.dataset_notes import dataset_note
from core.wording.edits import describe_edit
from tests.conftest import draw_folder


@pytest.fixture
def imported(store, zip_of, tmp_path):
    def imported(files):
        path = tmp_path / "pets.zip"
        path.write_bytes(zip_of(files))
        return store.import_source(path)

    return imported


@pytest.fixture
def pets(imported, picture):
    return imported(
        {f"{name}/{n}.png": picture(100 * label + n) for label, name in enumerate(("cat", "dog")) for n in range(3)}
    )


def left_behind(store):
    return sorted(path.name for path in store.settings.datasets.iterdir() if path.name != ".lock")


def refusal(store, dataset, class_name, pictures):
    before = left_behind(store)
    with pytest.raises(DatasetError) as caught:
        store.add_pictures(dataset.id, class_name, pictures)
    assert left_behind(store) == before
    return str(caught.value)


def test_pictures_are_added_to_a_class(store, pets, picture, tmp_path):
    (tmp_path / "from disk.jpg").write_bytes(picture(500, "JPEG"))
    sources = [("from disk.jpg", tmp_path / "from disk.jpg"), ("upload.png", io.BytesIO(picture(501)))]
    version = store.add_pictures(pets.id, "dog", sources)
    added = version.samples[6:]
    assert version.samples[:6] == pets.samples
    assert [(sample.name, sample.label, sample.split) for sample in added] == [
        ("dog/from disk.jpg", 1, ""),
        ("dog/upload.png", 1, ""),
    ]
    assert [version.picture_path(sample).read_bytes() for sample in added] == [picture(500, "JPEG"), picture(501)]
    assert (version.name, version.parent) == ("pets, version 2", pets.id)
    assert version.edits == (Edit("add", tuple(sample.path for sample in added), ("dog",)),)
    assert describe_edit(version.edits[0]) == "2 pictures added to dog"
    assert len(list((version.folder / "pictures").iterdir())) == 8
    assert sorted(path.name for path in version.folder.iterdir()) == [
        "audit.json",
        "dataset.json",
        "looks.npz",
        "pictures",
    ]
    assert compare(pets, version).added == version.edits[0].paths


def test_a_new_class_takes_its_place_in_the_order(store, pets, picture):
    version = store.add_pictures(pets.id, "cow", [(f"{n}.png", io.BytesIO(picture(500 + n))) for n in range(2)])
    assert version.class_names == ("cat", "cow", "dog")
    assert dict(version.distribution().counts) == {"": (3, 2, 3)}
    assert compare(pets, version).relabelled == ()


def test_pictures_are_added_to_train_with_where_splits_are_given(store, imported, picture):
    places = [f"{split}/{name}/{n}.png" for split in ("train", "validation") for name in "ab" for n in (1, 2)]
    dataset = imported({place: picture(number) for number, place in enumerate(places)})
    version = store.add_pictures(dataset.id, "a", [("x.png", io.BytesIO(picture(500)))])
    assert dict(version.distribution().counts) == {"train": (3, 2), "validation": (2, 2)}


def test_files_that_cannot_be_added_are_listed(store, pets, picture):
    sources = [
        ("known.png", io.BytesIO(picture(0))),
        ("new.png", io.BytesIO(picture(500))),
        ("twice.png", io.BytesIO(picture(500))),
        ("broken.jpg", io.BytesIO(picture(501, "JPEG")[:300])),
        ("page.html", io.BytesIO(b"<html>")),
        (".DS_Store", io.BytesIO(b"\x00")),
        ("new.png", io.BytesIO(picture(502))),
    ]
    version = store.add_pictures(pets.id, "dog", sources)
    assert [sample.name for sample in version.samples[6:]] == ["dog/new.png", "dog/new (2).png"]
    assert set(version.skipped) == {
        Skipped("broken.jpg", Reason("cut_off")),
        Skipped("page.html", Reason("no_picture", {"kind": "web_page"})),
    }
    assert tuple(map(dataset_note, version.notes)) == (
        "2 of the pictures were left out as already in the data set: known.png, twice.png.",
    )
    assert [issue.path for issue in read_audit(version).of_kind("corrupt")] == ["broken.jpg", "page.html"]
    assert version.num_ignored == 1
    assert len(list((version.folder / "pictures").iterdir())) == 8


def test_many_known_pictures_are_summarised(store, pets, picture):
    known = [(f"{n}.png", io.BytesIO(picture(n % 3))) for n in range(8)]
    version = store.add_pictures(pets.id, "dog", [*known, ("new.png", io.BytesIO(picture(500)))])
    assert tuple(map(dataset_note, version.notes)) == (
        "8 of the pictures were left out as already in the data set: 0.png, 1.png, 2.png, 3.png, 4.png and 3 more.",
    )
    assert version.skipped == ()


def test_a_path_means_the_same_picture_in_all_versions(store, pets, picture):
    shorter = store.derive(pets.id, [Edit("remove", (pets.samples[2].path,))])
    longer = store.add_pictures(shorter.id, "cat", [("x.png", io.BytesIO(picture(500)))])
    assert longer.samples[-1].path not in {sample.path for sample in pets.samples}
    comparison = compare(pets, longer)
    assert (comparison.removed, comparison.added) == ((pets.samples[2].path,), (longer.samples[-1].path,))


def test_near_copies_of_what_is_there_are_grouped_with_it(store, tmp_path):
    dataset = store.import_source(draw_folder(tmp_path / "shapes", 12))
    original = dataset.samples[0]
    buffer = io.BytesIO()
    Image.open(dataset.picture_path(original)).save(buffer, "JPEG", quality=90)
    version = store.add_pictures(dataset.id, "square", [("again.jpg", buffer)])
    grouped = [sample.name for sample in version.samples if sample.group]
    assert grouped == [original.name, "square/again.jpg"]
    assert [issue.path for issue in read_audit(version).of_kind("label_conflict")] == [
        original.path,
        version.samples[-1].path,
    ]


def test_names_that_are_paths_stay_labels(store, pets, picture):
    version = store.add_pictures(pets.id, "dog", [("../../etc/x\u202e.png", io.BytesIO(picture(500)))])
    assert version.samples[-1].name == "dog/x\\u202e.png"


def test_an_addition_of_nothing_is_refused(store, pets, picture):
    assert refusal(store, pets, "dog", []) == "Expected pictures to add to the class dog. Received none. Choose some."
    assert refusal(store, pets, "dog", [("a.png", io.BytesIO(picture(0)))]) == (
        "The picture can't be added to the class dog. a.png: it is in pets already, in the class cat. Choose others."
    )
    assert refusal(store, pets, "dog", [(f"{n}.png", io.BytesIO(picture(n))) for n in (0, 1)]) == (
        "None of the 2 pictures can be added to the class dog. 0.png: it is in pets already, in the class cat. "
        "Choose others."
    )


def test_a_new_class_needs_a_name_and_two_pictures(store, pets, picture):
    assert "can't be the name of a folder" in refusal(store, pets, "../x", [("a.png", io.BytesIO(picture(500)))])
    assert refusal(store, pets, "cow", [("a.png", io.BytesIO(picture(500)))]) == (
        "The class cow would have only one picture. Each class needs at least two different ones, preferably twenty. "
        "Keep or add more, or leave the class out."
    )


@pytest.mark.parametrize("phase", ["extract", "pictures", "version", "audit"])
def test_stopping_leaves_nothing(store, pets, picture, phase):
    phases = []
    with pytest.raises(Stopped):
        store.add_pictures(
            pets.id,
            "dog",
            [("x.png", io.BytesIO(picture(500)))],
            on_event=lambda event: phases.append(event.phase),
            should_stop=lambda: phase in phases,
        )
    assert phases[-1] == phase
    assert left_behind(store) == [pets.id]
