import errno

import numpy as np
import pytest

from core.errors import RunError, Stopped
from core.nn import features
from core.nn.features import FeatureSpace, rows_of, space_name

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
    monkeypatch.setattr(features, "MAX_SHARD_ROWS", 4)
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


def test_a_shard_without_its_list_or_with_a_broken_array_is_as_if_it_were_not_there(tmp_path):
    space = FeatureSpace.open(tmp_path, KEY)
    space.write(iter([batch(0, 2)]))
    space.write(iter([batch(2, 2)]))
    space.write(iter([batch(4, 2)]))
    first, second, _ = sorted(space.folder.glob("*.npy"))
    first.with_name(first.stem + ".digests.json").unlink()
    second.write_bytes(second.read_bytes()[:-4])
    again = FeatureSpace.open(tmp_path, KEY)
    assert len(again.missing([f"digest {n}" for n in range(6)])) == 4


def test_a_full_disk_is_said_and_leaves_no_shard(tmp_path, monkeypatch):
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
