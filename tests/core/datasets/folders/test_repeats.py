"""Duplicates in a source are recognised by their content."""

import time

from core.datasets.folders.repeats import Repeat, find_repeats

PETS = [f"{name}/{n}" for name in ("cat", "dog") for n in range(5)]


def found(*paths):
    """Returns the repeats in `folder/content` paths, as (folder, original)."""
    folders = [tuple(path.split("/")[:-1]) for path in paths]
    repeats = find_repeats(folders, [path.rpartition("/")[2] for path in paths])
    return [("/".join(repeat.folder), "/".join(repeat.original)) for repeat in repeats]


def inside(folder, paths=PETS):
    return [f"{folder}/{path}" for path in paths]


def test_a_folder_that_holds_again_what_lies_beside_it():
    assert found(*PETS, *inside("pets")) == [("pets", "")]
    assert found(*inside("pets"), *inside("pets/pets")) == [("pets/pets", "pets")]
    splits = [*inside("train"), *inside("val", ["cat/x", "dog/y"])]
    assert found(*inside("a/b", splits), *inside("a/b/b", splits)) == [("a/b/b", "a/b")]


def test_what_lies_beside_it_may_have_more_in_it():
    assert found(*PETS, *inside("pets"), "other/1", "another/2") == [("pets", "")]


def test_two_folders_side_by_side():
    assert found(*inside("pets"), *inside("pets copy"), "x/y/1") == [("pets copy", "pets")]
    assert found(*inside("a"), *inside("b"), *inside("c")) == [("b", "a"), ("c", "a")]


def test_splits_that_hold_the_same_stay():
    assert found(*inside("train"), *inside("val")) == []


def test_nearly_all_is_enough_and_half_is_not():
    assert found(*PETS, *inside("pets", PETS[2:]), "pets/cat/99") == []
    many = [f"{name}/{n}" for name in ("cat", "dog") for n in range(40)]
    assert found(*many, *inside("pets", many[1:]), "pets/cat/99") == [("pets", "")]
    assert found(*many, *inside("pets", many[:40])) == []


def test_other_pictures_in_folders_of_the_same_names_stay():
    assert found(*PETS, *inside("more", ["cat/x", "dog/y"])) == []
    assert found(*(f"{name}/images/{n}{name}" for name in ("cat", "dog") for n in range(5))) == []


def test_pictures_that_are_there_unsorted_as_well_stay():
    assert found("images/1", "images/2", "cat/images/1", "dog/images/2") == []
    assert found("images/1", "images/2", "cat/images/1", "cat/images/2") == []
    assert found("1", "2", "cat/1", "dog/2") == []


def test_a_folder_in_one_of_the_same_name_is_no_copy():
    assert found("a/a/cat/1", "a/a/dog/2") == []


def test_the_place_in_the_original():
    repeat = Repeat(("pets", "pets"), ("pets",))
    assert repeat.place(("pets", "pets", "cat", "1.png")) == ("pets", "cat", "1.png")
    assert repeat.place(("pets", "cat", "1.png")) is None


def test_thousands_of_folders_take_no_time():
    paths = [f"{n // 20}/{side}/{n}{side}" for n in range(60_000) for side in ("left", "right")]
    deep = [f"{'/'.join(str(n) * 2)}/{n}" for n in range(20_000)]
    started = time.process_time()
    assert found(*paths, *deep) == []
    assert time.process_time() - started < 15
