"""How an archive is read: what is clear, what is asked, and what is never mistaken for classes."""

import hashlib

import pytest

from core.datasets.archives.members import TableFile
from core.datasets.layouts.candidates import candidates, choose_candidate
from core.datasets.layouts.layout import AmbiguousLayout, Assignment, LayoutCandidate
from core.datasets.layouts.options import ReadingOptions
from core.errors import DatasetError
from core.wording.coded import Note
from core.wording.dataset_notes import dataset_note
from core.wording.readings import reading
from core.wording.reasons import reason


def split(paths):
    return [tuple(path.split("/")) for path in paths]


def many(pattern, number=4):
    return [pattern.format(n) for n in range(1, number + 1)]


def names(paths, *tables):
    return [candidate.name for candidate in candidates(split(paths), tables)]


def table(text, name="labels.csv"):
    return TableFile(tuple(name.split("/")), text.encode())


def counted(candidate):
    return dict(zip(candidate.class_names, candidate.counts, strict=True))


SPECIES = [*many("animals/cats/{}.jpg"), *many("animals/dogs/{}.jpg"), *many("vehicles/cars/{}.jpg")]
BATCHES = [f"batch {n % 2}/{name}.{n}.jpg" for name in ("cat", "dog") for n in range(8)]


# One clear reading


@pytest.mark.parametrize(
    "paths",
    [
        [*many("cats/{}.jpg"), *many("dogs/{}.jpg")],
        [*many("cats/images/{}.jpg"), *many("dogs/images/{}.jpg")],
        [*many("cats/cat pictures/{}.jpg"), *many("dogs/dog pictures/{}.jpg")],
        [*many("cats/{}.jpg"), *many("cats/persian/{}.jpg"), *many("dogs/beagle/{}.jpg")],
        # Names that match the folders, and parts of a class: no other classes.
        [*many("cats/cat.{}.jpg"), *many("dogs/dog.{}.jpg")],
        [*many("cats/kitten_{}.jpg"), *many("cats/cat_{}.jpg"), *many("dogs/dog_{}.jpg")],
        [*many("persian/cat_{}.jpg"), *many("siamese/cat_{}.jpg"), *many("beagle/dog_{}.jpg")],
        [*many("cats/session_1/{}.jpg"), *many("cats/session_2/{}.jpg"), *many("dogs/session_3/{}.jpg")],
        [*many("cats/2019-05-01/{}.jpg"), *many("cats/2019-06-11/{}.jpg"), *many("dogs/2020-01-01/{}.jpg")],
        [f"{split}/{name}/{n}.jpg" for split in ("train", "val") for name in ("cats", "dogs") for n in range(3)],
        [f"{name}/{split}/{n}.jpg" for split in ("train", "val") for name in ("cats", "dogs") for n in range(3)],
    ],
)
def test_class_folders_are_clear(paths):
    assert names(paths) == ["class_folders"]


def test_one_misnamed_file_in_a_class_is_no_other_way_to_read_it():
    assert names([*many("cats/cat.{}.jpg", 30), *many("dogs/dog.{}.jpg", 30), "cats/dog.99.jpg"]) == ["class_folders"]


@pytest.mark.parametrize(
    "paths",
    [
        [*many("cat.{}.jpg"), *many("dog.{}.jpg")],
        [*many("pets/cat.{}.jpg"), *many("pets/dog.{}.jpg")],
        [*many("train/cat.{}.jpg"), *many("train/dog.{}.jpg"), *many("test1/{}.jpg")],
        [f"{split}/{name}_{n}.jpg" for split in ("train", "val") for name in ("cat", "dog") for n in range(3)],
    ],
)
def test_file_names_are_clear_where_folders_say_nothing(paths):
    (candidate,) = candidates(split(paths))
    assert candidate.name == "file_names"
    assert candidate.class_names == ("cat", "dog")


def test_inner_folders_are_clear_where_each_outer_one_has_one_picture():
    paths = [f"patient {n}/{name}/scan.png" for n, name in enumerate(("benign", "malignant") * 3)]
    (candidate,) = candidates(split(paths))
    assert counted(candidate) == {"benign": 3, "malignant": 3}


def test_a_table_is_clear_where_folders_say_nothing():
    rows = "".join(f"{n},{'cat' if n % 2 else 'dog'}\n" for n in range(8))
    (candidate,) = candidates(split(f"images/{n}.jpg" for n in range(8)), [table("id,label\n" + rows)])
    assert (candidate.name, counted(candidate)) == ("csv", {"cat": 4, "dog": 4})


def test_a_table_that_says_what_folders_say_is_no_question():
    paths = [*many("cats/{}.jpg"), *many("dogs/{}.jpg")]
    rows = "".join(f"{path},{path.split('/')[0]}\n" for path in paths)
    assert names(paths, table("path,label\n" + rows)) == ["class_folders"]


def test_a_table_goes_before_names_that_say_the_same():
    paths = [*many("cat_{}.jpg"), *many("dog_{}.jpg")]
    rows = "".join(f"{path},{path[0]}\n" for path in paths)
    assert names(paths, table("path,label\n" + rows)) == ["csv"]


@pytest.mark.parametrize(
    "paths",
    [
        many("{}.jpg", 9),
        many("pets/{}.jpg", 9),
        [*many("IMG_{:04d}.jpg", 9), *many("DSC_{:04d}.jpg", 9)],
        [*many("train_{}.jpg", 9), *many("test_{}.jpg", 9)],
        [f"{hashlib.md5(bytes([n])).hexdigest()}.jpg" for n in range(200)],
        [f"WhatsApp Image 2024-05-{n:02d} at 12.{n:02d}.33.jpg" for n in range(20)],
        [],
    ],
)
def test_nothing_is_made_up(paths):
    assert names(paths) == []


# More than one


def test_folders_in_folders_are_asked_about():
    with pytest.raises(AmbiguousLayout) as caught:
        choose_candidate(split(SPECIES), [], "pets.zip")
    assert str(caught.value) == (
        "pets.zip can be read in two ways. Choose a layout: class_folders, 2 classes: animals (8), vehicles (4); or "
        "inner_folders, 3 classes: cars (4), cats (4), dogs (4)."
    )
    outer, inner = caught.value.candidates
    assert (outer.class_names, outer.counts) == (("animals", "vehicles"), (8, 4))
    assert (inner.class_names, inner.counts) == (("cars", "cats", "dogs"), (4, 4, 4))
    assert reading(outer.told_by) == "The outer folders are the classes: pictures in animals/cats are animals."
    assert reading(inner.told_by) == "The inner folders are the classes: pictures in animals/cats are cats."


def test_classes_inside_parts_are_asked_about():
    paths = [f"fold{part}/{name}/{n}.jpg" for part in range(3) for name in ("red", "blue") for n in range(2)]
    assert names(paths) == ["class_folders", "inner_folders"]


def test_folders_of_uneven_depth_are_asked_about():
    assert names([*many("a/cats/{}.jpg"), *many("b/c/dogs/{}.jpg"), *many("b/c/wolves/{}.jpg")]) == [
        "class_folders",
        "inner_folders",
    ]


def test_species_that_are_numbers_are_asked_about():
    paths = [*many("birds/1021/{}.jpg"), *many("birds/1043/{}.jpg"), *many("plants/2219/{}.jpg")]
    assert names(paths) == ["class_folders", "inner_folders"]


def test_a_folder_called_data_beside_others_is_asked_about():
    outer, inner = candidates(split([*many("data/cats/{}.jpg"), *many("data/dogs/{}.jpg"), *many("assets/{}.png")]))
    assert counted(outer) == {"assets": 4, "data": 8}
    assert counted(inner) == {"cats": 4, "dogs": 4}


def test_a_picture_beside_a_folder_called_data_hides_no_classes():
    found = candidates(split([*many("data/cats/c_{}.jpg"), *many("data/dogs/d_{}.jpg"), "assets/logo.png"]))
    assert [counted(candidate) for candidate in found] == [{"cats": 4, "dogs": 4}]


def test_a_table_that_also_labels_the_pictures_beside_class_folders_is_asked_about():
    tested = [f"test/{n}.jpg" for n in range(4)]
    trained = [*many("train/cats/c{}.jpg"), *many("train/dogs/d{}.jpg")]
    rows = [f"{path},{path.split('/')[1]}" for path in trained] + [f"{path},cats" for path in tested]
    folders, told = candidates(split([*trained, *tested]), [table("\n".join(["file,label", *rows]))])
    assert counted(folders) == {"cats": 4, "dogs": 4}
    assert counted(told) == {"cats": 8, "dogs": 4}
    assert {own.split for own in folders.assignments} == {""}


def test_names_that_cut_across_folders_are_asked_about():
    folders, files = candidates(split(BATCHES))
    assert counted(folders) == {"batch 0": 8, "batch 1": 8}
    assert counted(files) == {"cat": 8, "dog": 8}
    assert reading(files.told_by) == "The beginnings of the file names are the classes, such as cat in cat.0.jpg."


def test_names_inside_a_folder_called_train_are_asked_about():
    paths = [*many("train/cat.{}.jpg"), *many("train/dog.{}.jpg"), *many("extra/{}.jpg")]
    assert names(paths) == ["class_folders", "file_names"]


def test_a_table_that_contradicts_folders_is_asked_about():
    paths = [*many("cats/{}.jpg"), *many("dogs/{}.jpg")]
    rows = "".join(f"{path},{'dogs' if path == 'cats/1.jpg' else path.split('/')[0]}\n" for path in paths)
    folders, said = candidates(split(paths), [table("path,label\n" + rows)])
    assert counted(folders) == {"cats": 4, "dogs": 4}
    assert counted(said) == {"cats": 3, "dogs": 5}
    assert reading(said.told_by) == (
        "From labels.csv, column label, files from path: 8 of 8 rows name a picture, 8 pictures."
    )


# The user's choice


@pytest.mark.parametrize(
    ("layout", "class_names"),
    [("class_folders", ("animals", "vehicles")), ("inner_folders", ("cars", "cats", "dogs"))],
)
def test_a_choice_is_followed(layout, class_names):
    assert choose_candidate(split(SPECIES), [], "pets.zip", ReadingOptions(layout)).class_names == class_names


def test_a_choice_goes_before_what_is_clear():
    paths = split([*many("cats/kitten_{}.jpg"), *many("cats/cat_{}.jpg"), *many("dogs/dog_{}.jpg")])
    assert choose_candidate(paths, [], "pets.zip").name == "class_folders"
    assert choose_candidate(paths, [], "pets.zip", ReadingOptions("file_names")).class_names == ("cat", "dog", "kitten")


@pytest.mark.parametrize(
    ("layout", "why"),
    [
        ("inner_folders", "not all of its pictures lie in folders inside folders"),
        ("csv", "it has no CSV with a column of picture names and one of classes"),
        ("file_names", "its file names don't begin with a class and end in a number, as cat.12.jpg does"),
    ],
)
def test_a_choice_that_doesnt_fit(layout, why):
    paths = split([*many("cats/{}.jpg"), *many("dogs/{}.jpg")])
    with pytest.raises(DatasetError) as caught:
        choose_candidate(paths, [], "pets.zip", ReadingOptions(layout))
    assert str(caught.value) == f"pets.zip can't be read by the layout {layout}: {why}. Choose class_folders."


def test_a_choice_that_doesnt_exist():
    with pytest.raises(DatasetError) as caught:
        choose_candidate([], [], "pets.zip", ReadingOptions("flat"))
    assert str(caught.value) == (
        "Expected one of the layouts class_folders, inner_folders, csv, file_names. Received 'flat'. Fix the name."
    )


def test_nothing_to_choose_from():
    with pytest.raises(DatasetError, match=r"lie in two or more folders. Sort its pictures into one folder per class."):
        choose_candidate(split(many("{}.jpg")), [], "pets.zip", ReadingOptions("class_folders"))


# What is left out


def test_few_pictures_without_a_class_are_listed_and_many_counted():
    paths = [*many("train/cat.{}.jpg", 40), *many("train/dog.{}.jpg", 40), "train/cover.jpg", *many("test1/{}.jpg", 20)]
    candidate = choose_candidate(split(paths), [], "pets.zip")
    assert counted(candidate) == {"cat": 40, "dog": 40}
    assert {assignment.split for assignment in candidate.assignments} == {""}
    assert reason(candidate.assignments[80].reason) == "its name doesn't begin with a class and end in a number"
    assert {assignment.reason for assignment in candidate.assignments[81:]} == {None}
    assert tuple(map(dataset_note, candidate.notes)) == ("20 pictures in test1 have no class and were left out.",)
    few = choose_candidate(split(paths[:-1]), [], "pets.zip")
    assert not few.notes
    assert reason(few.assignments[-1].reason) == "its name doesn't begin with a class and end in a number"


def test_unlabelled_test_pictures_beside_class_folders():
    paths = [*many("seg_train/seg_train/sea/{}.jpg"), *many("seg_train/seg_train/ice/{}.jpg")]
    paths += [*many("seg_test/seg_test/sea/{}.jpg"), *many("seg_test/seg_test/ice/{}.jpg")]
    candidate = choose_candidate(split(paths), [], "scenes.zip")
    assert counted(candidate) == {"ice": 8, "sea": 8}
    assert [assignment.split for assignment in candidate.assignments] == ["train"] * 8 + ["test"] * 8
    candidate = choose_candidate(split(paths + many("seg_pred/seg_pred/{}.jpg", 14)), [], "scenes.zip")
    assert candidate.assignments[16:] == (Assignment(""),) * 14
    assert [dataset_note(note) for note in candidate.notes] == [
        "14 pictures in seg_pred were left out: judging by its name and place, the folder isn't a class."
    ]


CLASSES_IN_TRAIN = [*many("train/cat/{}.jpg"), *many("train/dog/{}.jpg")]


@pytest.mark.parametrize("beside", ["unlabeled", "predict", "sample_predictions", "extraimages/extraimages", "test"])
@pytest.mark.parametrize("number", [2, 60])
def test_a_folder_of_unlabelled_pictures_beside_train_is_no_class(beside, number):
    candidate = choose_candidate(split([*CLASSES_IN_TRAIN, *many(f"{beside}/{{}}.jpg", number)]), [], "pets.zip")
    assert counted(candidate) == {"cat": 4, "dog": 4}
    assert [dataset_note(note) for note in candidate.notes] == [
        f"{number} pictures in {beside.split('/')[0]} were left out: judging by its name and place, the folder isn't "
        "a class."
    ]
    assert {assignment.reason for assignment in candidate.assignments} == {None}


def test_a_large_folder_of_unlabelled_pictures_hides_no_splits():
    paths = [path.replace("train", part) for part in ("train", "val") for path in CLASSES_IN_TRAIN]
    for beside in ("unlabeled", "whatever"):
        candidate = choose_candidate(split([*paths, *many(f"{beside}/{{}}.jpg", 60)]), [], "pets.zip")
        assert [assignment.split for assignment in candidate.assignments][:16] == ["train"] * 8 + ["validation"] * 8
        assert [note.parameters for note in candidate.notes] == [{"count": 60, "folder": beside}]


@pytest.mark.parametrize("classes", [("cat", "dog"), ("0", "1")])
def test_train_is_never_a_class_without_asking(classes):
    paths = split([f"train/{name}/{n}.jpg" for name in classes for n in range(4)] + many("mine/{}.jpg"))
    with pytest.raises(AmbiguousLayout) as caught:
        choose_candidate(paths, [], "pets.zip")
    outer, inner = caught.value.candidates
    assert (counted(outer), counted(inner)) == ({"mine": 4, "train": 8}, dict.fromkeys(classes, 4))
    assert [note.parameters for note in inner.notes] == [{"count": 4, "folder": "mine"}]
    assert counted(choose_candidate(paths, [], "pets.zip", inner.options)) == counted(inner)


def test_a_test_folder_with_one_folder_of_any_name_is_left_out():
    paths = [path.replace("train", part) for part in ("train", "val") for path in CLASSES_IN_TRAIN]
    candidate = choose_candidate(split([*paths, *many("test/test_folder/{}.jpg")]), [], "pets.zip")
    assert counted(candidate) == {"cat": 8, "dog": 8}
    assert [note.parameters for note in candidate.notes] == [{"count": 4, "folder": "test"}]


def test_what_is_there_twice_is_taken_once():
    splits = [path.replace("train", part) for part in ("train", "val") for path in CLASSES_IN_TRAIN]
    paths = split([f"pets/{path}" for path in splits] + [f"pets/pets/{path}" for path in splits])
    digests = [str(number) for number in range(16)] * 2
    candidate = choose_candidate(paths, [], "pets.zip", digests=digests)
    assert counted(candidate) == {"cat": 8, "dog": 8}
    assert [assignment.split for assignment in candidate.assignments] == (
        ["train"] * 8 + ["validation"] * 8 + [""] * 16
    )
    assert [dataset_note(note) for note in candidate.notes] == [
        "pets/pets repeats what is in pets: 16 pictures were taken only once."
    ]


def test_what_a_table_says_twice_is_taken_once():
    paths = [f"{whole}/{part}/{n}.png" for whole in ("a", "b") for part in ("x", "y") for n in range(4)]
    rows = "".join(f"{path},{'cat' if number % 2 else 'dog'}\n" for number, path in enumerate(paths))
    digests = [str(number) for number in range(8)] * 2
    candidate = choose_candidate(split(paths), [table("path,label\n" + rows)], "a.zip", ReadingOptions("csv"), digests)
    assert counted(candidate) == {"cat": 4, "dog": 4}
    assert [note.code for note in candidate.notes] == ["there_twice"]


def test_masks_are_no_class():
    paths = [f"{name}/{kind}/{n}.png" for name in ("lung", "heart") for kind in ("images", "masks") for n in range(4)]
    candidate = choose_candidate(split(paths), [], "scans.zip")
    assert (candidate.name, counted(candidate)) == ("class_folders", {"heart": 4, "lung": 4})
    assert [dataset_note(note) for note in candidate.notes] == [
        "8 pictures were left out as masks of others, such as lung/masks/0.png."
    ]


def test_many_folders_without_a_class_are_one_note():
    paths = [*many("train/cat.{}.jpg", 200), *many("train/dog.{}.jpg", 200), *many("val/cat.{}.jpg")]
    paths += [path for folder in range(6) for path in many(f"extra/{folder}/{{}}.jpg", 20)]
    assert tuple(map(dataset_note, choose_candidate(split(paths), [], "pets.zip").notes)) == (
        "120 pictures in 6 folders have no class and were left out.",
    )


def test_summaries_name_a_few_classes():
    assert LayoutCandidate("csv", Note("table"), ("a", "b"), (1000, 2)).summary() == "2 classes: a (1,000), b (2)"
    assert (
        LayoutCandidate("csv", Note("table"), tuple("abcdef"), (1,) * 6).summary()
        == "6 classes: a (1), b (1), c (1), 3 more"
    )
    assert LayoutCandidate("csv", Note("table"), ("a",), (3,)).summary() == "1 class: a (3)"


@pytest.mark.parametrize("folders", [(), ("loose",)])
def test_file_names_of_one_class_only_are_said_to_be_of_one_class(folders):
    paths = [(*folders, f"cat.{number}.jpg") for number in range(5)]
    with pytest.raises(DatasetError, match=r"Only one class, cat, was found in the names of .* loose.zip, such as cat"):
        choose_candidate(paths, [], "loose.zip")
