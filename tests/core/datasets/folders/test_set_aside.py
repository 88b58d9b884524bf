"""What remains of a source without its masks, copies and unlabelled pictures."""

from core.datasets.folders.set_aside import set_aside
from core.wording.dataset_notes import dataset_note


def remainder(*paths, digests=None):
    return set_aside([tuple(path.split("/")) for path in paths], digests or list(map(str, range(len(paths)))))


def kept(found):
    return ["/".join(path) if path else None for path in found.paths]


def words(found):
    return list(map(dataset_note, found.notes))


def test_nothing_to_leave_out():
    found = remainder("cat/1.png", "dog/1.png")
    assert kept(found) == ["cat/1.png", "dog/1.png"]
    assert found.kept == [("cat", "1.png"), ("dog", "1.png")]
    assert found.without_unlabelled() == found
    assert (found.notes, dict(found.copies)) == ((), {})


def test_copies_are_left_out_and_others_move_to_the_original():
    names = [f"{name}/{n}.png" for name in ("cat", "dog") for n in range(10)]
    paths = [*names, *(f"pets/{name}" for name in names), "pets/cat/new.png"]
    found = remainder(*paths, digests=[*map(str, range(20)), *map(str, range(20)), "new"])
    assert kept(found) == [*names, *[None] * 20, "cat/new.png"]
    assert found.copies == {20 + number: number for number in range(20)}
    assert words(found) == ["pets repeats what lies beside it: 20 pictures were taken only once."]


def test_masks_and_unlabelled_pictures_are_counted():
    found = remainder("train/cat/1.png", "train/dog/1.png", "train/cat/1_mask.png", "pred/a.png", "pred/b.png")
    assert kept(found) == ["train/cat/1.png", "train/dog/1.png", None, "pred/a.png", "pred/b.png"]
    labelled = found.without_unlabelled()
    assert kept(labelled) == ["train/cat/1.png", "train/dog/1.png", None, None, None]
    assert words(labelled) == [
        "1 picture was left out as a mask of others, such as train/cat/1_mask.png.",
        "2 pictures in pred were left out: judging by its name and place, the folder isn't a class.",
    ]


def test_many_folders_are_one_note():
    classes = ["train/cat/1.png", "train/dog/1.png"]
    found = remainder(*classes, *(f"extra{n}/{m}.png" for n in range(7) for m in range(2))).without_unlabelled()
    assert words(found) == ["14 pictures in 7 folders have no class and were left out."]
