import errno
import json
import shutil
import threading

import numpy as np
import pytest

from core.errors import RunError, Stopped
from core.features import feature_space
from core.features.feature_space import FeatureSpace, MissingRows, rows_of, space_name

KEY = {"backbone": "tiny", "image_size": 32}


def batch(first: int, count: int) -> tuple[list[str], np.ndarray]:
    numbers = np.arange(first, first + count)
    return [f"digest {n}" for n in numbers], (numbers[:, None] * np.ones((1, 4))).astype(np.float16)


def test_rows_come_back_in_the_order_asked(tmp_path):
    space = FeatureSpace.open(tmp_path, KEY)
    space.write(iter([batch(0, 3), batch(3, 3)]))
    rows = space.gather(["digest 5", "digest 0", "digest 5"])
    np.testing.assert_array_equal(rows[:, 0], [5, 0, 5])
    assert rows.dtype == np.float16


def test_another_process_finds_what_was_written(tmp_path):
    FeatureSpace.open(tmp_path, KEY).write(iter([batch(0, 3)]))
    again = FeatureSpace.open(tmp_path, dict(reversed(KEY.items())))
    assert again.missing(["digest 0", "digest 7", "digest 7"]) == ["digest 7"]
    again.write(iter([batch(7, 1)]))
    np.testing.assert_array_equal(again.gather(["digest 7", "digest 2"])[:, 0], [7, 2])


def test_another_way_of_computing_has_another_folder():
    assert space_name(KEY) != space_name({**KEY, "image_size": 64})
    assert space_name(KEY) == space_name(dict(reversed(KEY.items())))


def test_many_rows_are_written_in_several_shards(tmp_path, monkeypatch):
    monkeypatch.setattr(feature_space, "MAX_SHARD_ROWS", 4)
    space = FeatureSpace.open(tmp_path, KEY)
    space.write(batch(first, 2) for first in range(0, 10, 2))
    assert len(list(space.folder.glob("*.npy"))) == 3
    np.testing.assert_array_equal(space.gather([f"digest {n}" for n in range(10)])[:, 0], np.arange(10))


def test_what_a_stopped_run_computed_is_kept(tmp_path):
    def batches():
        yield batch(0, 2)
        raise Stopped

    with pytest.raises(Stopped):
        FeatureSpace.open(tmp_path, KEY).write(batches())
    assert FeatureSpace.open(tmp_path, KEY).missing(["digest 0", "digest 1", "digest 2"]) == ["digest 2"]


def test_a_shard_without_its_list_or_with_a_broken_array_is_ignored(tmp_path):
    space = FeatureSpace.open(tmp_path, KEY)
    space.write(iter([batch(0, 2)]))
    space.write(iter([batch(2, 2)]))
    space.write(iter([batch(4, 2)]))
    first, second, _ = sorted(space.folder.glob("*.npy"))
    first.with_name(first.stem + ".digests.json").unlink()
    second.write_bytes(second.read_bytes()[:-4])
    again = FeatureSpace.open(tmp_path, KEY)
    assert len(again.missing([f"digest {n}" for n in range(6)])) == 4


def test_a_full_disk_is_reported_and_leaves_no_shard(tmp_path, monkeypatch):
    space = FeatureSpace.open(tmp_path, KEY)

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(RunError, match="The disk is full"):
        space.write(iter([batch(0, 2)]))
    assert not list(space.folder.glob("*.npy"))
    assert "digest 0" not in FeatureSpace.open(tmp_path, KEY)


@pytest.mark.parametrize("memory_bytes", [0, 1_000_000])
def test_rows_are_the_same_from_memory_and_from_disk(tmp_path, memory_bytes):
    space = FeatureSpace.open(tmp_path, KEY)
    space.write(iter([batch(0, 6)]))
    rows = rows_of(space, ["digest 4", "digest 1", "digest 3"], memory_bytes)
    assert rows.num_rows == 3
    np.testing.assert_array_equal(rows.read(np.array([2, 0]))[:, 0], [3, 4])


def numbers(count: int) -> list[str]:
    return [f"digest {n}" for n in range(count)]


def filled(folder, count=12, shard=4) -> FeatureSpace:
    """A space of several shards, whose rows can be told apart."""
    space = FeatureSpace.open(folder, KEY)
    for first in range(0, count, shard):
        space.write(iter([batch(first, shard)]))
    return space


def without_checksums(space: FeatureSpace) -> None:
    """Rewrites the lists in the format of the version without checksums."""
    for listing in space.folder.glob("*.digests.json"):
        listing.write_text(json.dumps(json.loads(listing.read_text())["digests"]))


def flip(path, byte: int, bit: int = 1) -> None:
    content = bytearray(path.read_bytes())
    content[byte % len(content)] ^= bit
    path.write_bytes(content)


def save(path, array) -> None:
    with path.open("wb") as file:
        np.save(file, array)


def change_list(path, change) -> None:
    values = json.loads(path.read_text())
    change(values)
    path.write_text(json.dumps(values))


def swap(path) -> None:
    other = next(other for other in path.parent.glob("*.digests.json") if other != path)
    first, second = path.read_bytes(), other.read_bytes()
    path.write_bytes(second)
    other.write_bytes(first)


ARRAYS = {
    "emptied": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-3]),
    "cut off in its header": lambda path: path.write_bytes(path.read_bytes()[:40]),
    "a flipped bit": lambda path: flip(path, -5),
    "not a number": lambda path: save(path, np.full((4, 4), np.nan, np.float16)),
    "another type": lambda path: save(path, np.zeros((4, 4), np.float32)),
    "other rows": lambda path: save(path, np.zeros((4, 5), np.float16)),
    "maps": lambda path: save(path, np.zeros((4, 2, 2, 1), np.float16)),
    "fewer rows": lambda path: save(path, np.zeros((3, 4), np.float16)),
    "no rows": lambda path: save(path, np.zeros(4, np.float16)),
    "objects": lambda path: save(path, np.array([[None]] * 4)),
    "an archive": lambda path: np.savez(path.open("wb"), rows=np.zeros((4, 4))),
    "noise": lambda path: path.write_bytes(np.random.default_rng(0).bytes(300)),
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
}
LISTS = {
    "emptied": lambda path: path.write_bytes(b""),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:-9]),
    "not text": lambda path: path.write_bytes(b"\xff\xfe\xfd"),
    "numbers": lambda path: change_list(path, lambda values: values.update(digests=[1, 2, 3, 4])),
    "lists": lambda path: change_list(path, lambda values: values.update(digests=[["digest 0"]] * 4)),
    "a name": lambda path: path.write_text('"digest 0"'),
    "no list": lambda path: path.write_text("{}"),
    "nested too deep": lambda path: path.write_text("[" * 100_000),
    "too short": lambda path: change_list(path, lambda values: values["digests"].pop()),
    "fewer checksums": lambda path: change_list(path, lambda values: values["checksums"].pop()),
    "words for checksums": lambda path: change_list(path, lambda values: values.update(checksums=["a"] * 4)),
    "turned around": lambda path: change_list(path, lambda values: values["digests"].reverse()),
    "another shard's": swap,
}
DAMAGES = [
    *(pytest.param(damage, "*.npy", id=f"array {name}") for name, damage in ARRAYS.items()),
    *(pytest.param(damage, "*.digests.json", id=f"list {name}") for name, damage in LISTS.items()),
]


@pytest.mark.parametrize(("damage", "files"), DAMAGES)
def test_damaged_shards_are_left_out_and_replaced(tmp_path, damage, files):
    space = filled(tmp_path)
    damage(sorted(space.folder.glob(files))[0])
    again = FeatureSpace.open(tmp_path, KEY)
    again.check(numbers(12))
    missing = again.missing(numbers(12))
    assert 1 <= len(missing) <= 8
    kept = [n for n in range(12) if f"digest {n}" not in missing]
    np.testing.assert_array_equal(again.gather([f"digest {n}" for n in kept])[:, 0], kept)
    assert again.damaged == set(missing) or again.num_damaged_lists == 1

    again.write(iter([batch(int(digest.split()[1]), 1) for digest in missing]))
    np.testing.assert_array_equal(again.gather(numbers(12))[:, 0], np.arange(12))
    later = FeatureSpace.open(tmp_path, KEY)
    np.testing.assert_array_equal(later.gather(numbers(12))[:, 0], np.arange(12))
    assert later.damaged == set() and later.num_damaged_lists == 0


def test_flipped_bits_anywhere_never_give_wrong_numbers(tmp_path):
    space = filled(tmp_path / "whole")
    generator = np.random.default_rng(0)
    found = 0
    for number in range(300):
        folder = tmp_path / str(number)
        shutil.copytree(space.folder, folder / space.folder.name)
        files = sorted((folder / space.folder.name).iterdir())
        path = files[generator.integers(len(files))]
        flip(path, int(generator.integers(path.stat().st_size)), 1 << int(generator.integers(8)))
        again = FeatureSpace.open(folder, KEY)
        again.check(numbers(12))
        missing = again.missing(numbers(12))
        kept = [n for n in range(12) if f"digest {n}" not in missing]
        np.testing.assert_array_equal(again.gather([f"digest {n}" for n in kept])[:, 0], kept)
        assert len(missing) <= 4
        found += bool(missing)
    assert found > 150


def test_shards_older_than_checksums_are_used_and_checked(tmp_path):
    space = filled(tmp_path)
    without_checksums(space)
    again = FeatureSpace.open(tmp_path, KEY)
    np.testing.assert_array_equal(again.gather(numbers(12))[:, 0], np.arange(12))
    path = sorted(space.folder.glob("*.npy"))[0]
    rows = np.load(path)
    rows[1, 2] = np.inf
    save(path, rows)
    again = FeatureSpace.open(tmp_path, KEY)
    with pytest.raises(MissingRows) as caught:
        again.gather(numbers(12))
    assert again.missing(numbers(12)) == list(caught.value.digests) and len(caught.value.digests) == 1
    # It was removed from its list, so it isn't read again.
    later = FeatureSpace.open(tmp_path, KEY)
    assert later.missing(numbers(12)) == list(caught.value.digests) and later.damaged == set()


def test_given_type_and_shape_win_over_those_of_most_rows(tmp_path):
    space = filled(tmp_path)
    without_checksums(space)
    for path in sorted(space.folder.glob("*.npy"))[1:]:
        save(path, np.zeros((4, 7), np.float16))
    assert len(FeatureSpace.open(tmp_path, KEY, "float16", (4,)).missing(numbers(12))) == 8
    assert len(FeatureSpace.open(tmp_path, KEY, "float16").missing(numbers(12))) == 4
    assert len(FeatureSpace.open(tmp_path, KEY, "uint8", (4,)).missing(numbers(12))) == 12
    unsure = FeatureSpace.open(tmp_path, KEY, "float16")
    unsure.write(iter([batch(20, 2)]))  # tells what is right
    assert len(unsure.missing(numbers(12))) == 12
    np.testing.assert_array_equal(unsure.gather(["digest 21"]), np.full((1, 4), 21))


def test_array_that_is_cut_while_it_is_mapped_doesnt_end_the_process(tmp_path):
    space = filled(tmp_path)
    space.gather(numbers(12))
    with sorted(space.folder.glob("*.npy"))[0].open("r+b") as file:
        file.truncate(64)
    with pytest.raises(MissingRows):
        space.gather(numbers(12))
    assert len(space.missing(numbers(12))) == 4 and len(space.damaged) == 4


def test_array_that_is_cut_and_deleted_doesnt_end_the_process_either(tmp_path):
    space = filled(tmp_path)
    array = sorted(space.folder.glob("*.npy"))[0]
    with array.open("r+b") as file:
        file.truncate(64)
    array.unlink()
    with pytest.raises(MissingRows):
        space.gather(numbers(12))
    assert len(space.missing(numbers(12))) == 4


def test_shard_that_cant_be_opened_just_now_is_left_alone(tmp_path, monkeypatch):
    space = filled(tmp_path)
    opened = np.lib.format.open_memmap

    def refuse(path, mode):
        if path == sorted(space.folder.glob("*.npy"))[0]:
            raise OSError(errno.EMFILE, "Too many open files")
        return opened(path, mode=mode)

    monkeypatch.setattr(np.lib.format, "open_memmap", refuse)
    again = FeatureSpace.open(tmp_path, KEY)
    missing = again.missing(numbers(12))
    again.write(iter([batch(20, 2)]))
    assert len(missing) == 4 and again.damaged == set()
    monkeypatch.undo()
    assert FeatureSpace.open(tmp_path, KEY).missing(numbers(12)) == []


def test_deleted_folder_is_read_on_and_written_again(tmp_path):
    space = filled(tmp_path / "features")
    shutil.rmtree(tmp_path / "features")
    np.testing.assert_array_equal(space.gather(numbers(12))[:, 0], np.arange(12))

    def batches():
        for first in range(20, 26, 2):
            yield batch(first, 2)
            shutil.rmtree(tmp_path / "features", ignore_errors=True)

    space.write(batches())
    np.testing.assert_array_equal(space.gather(["digest 25", "digest 3"])[:, 0], [25, 3])
    again = FeatureSpace.open(tmp_path / "features", KEY)
    assert again.missing(numbers(12)) == numbers(12) and "digest 20" in again
    assert json.loads((space.folder / "key.json").read_text()) == KEY


def test_a_folder_that_keeps_being_deleted_is_still_written(tmp_path):
    folder, done = tmp_path / "features", threading.Event()

    def delete() -> None:
        while not done.wait(0.002):
            shutil.rmtree(folder, ignore_errors=True)

    deleting = threading.Thread(target=delete)
    deleting.start()
    try:
        space = FeatureSpace.open(folder, KEY)
        for first in range(0, 60, 3):
            space.write(iter([batch(first, 3)]))
    finally:
        done.set()
        deleting.join()
    np.testing.assert_array_equal(space.gather(numbers(60))[:, 0], np.arange(60))


@pytest.mark.parametrize("in_the_way", ["features", "space", "key"])
def test_an_obstacle_is_named(tmp_path, in_the_way):
    folder = tmp_path / "features"
    space = folder / space_name(KEY)
    path = {"features": folder, "space": space, "key": space / "key.json"}[in_the_way]
    path.parent.mkdir(parents=True, exist_ok=True)
    if in_the_way == "key":
        path.mkdir()
        filled(folder)  # The key isn't needed to continue.
        return
    path.write_text("a file where a folder should be")
    with pytest.raises(RunError, match=r"The features can't be written to .*: .*\. Fix that"):
        FeatureSpace.open(folder, KEY).write(iter([batch(0, 2)]))


def test_a_damaged_key_is_rewritten(tmp_path):
    space = filled(tmp_path)
    (space.folder / "key.json").write_bytes(b"\xff{")
    assert FeatureSpace.open(tmp_path, KEY).missing(numbers(12)) == []
    assert json.loads((space.folder / "key.json").read_text()) == KEY


def test_opening_a_space_needs_no_disk(small_disk):
    space = filled(small_disk.folder)
    small_disk.fill()
    again = FeatureSpace.open(small_disk.folder, KEY)
    np.testing.assert_array_equal(again.gather(numbers(12))[:, 0], np.arange(12))
    with pytest.raises(RunError, match="The disk is full"):
        again.write(iter([(numbers(4), np.zeros((4, 50_000), np.float16))]))
    assert len(list(space.folder.glob("*"))) == 7
