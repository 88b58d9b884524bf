from pathlib import Path

import pytest

from core.runs.records.failures import DISK_FULL, Failure
from core.runs.worker.reserve import ROOM_BYTES, WORDS_BYTES, Reserve
from core.wording.failures import failure
from tests.disks import SmallDisk


def test_space_is_reserved_and_freed(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path)
    reserve.take()
    assert reserve.path.stat().st_size == ROOM_BYTES and reserve.failure() is None
    reserve.give_back()
    assert reserve.path.stat().st_size == WORDS_BYTES and reserve.failure() is None
    reserve.remove()
    reserve.remove()
    assert list(tmp_path.iterdir()) == []
    assert reserve.failure() is None and not reserve.leave(Failure("bug"))


def test_last_words_need_no_extra_space(small_disk: SmallDisk) -> None:
    reserve = Reserve(small_disk.folder)
    reserve.take()
    small_disk.fill()
    full = Failure("disk_full", {"message": "The disk is full. Größer wäre besser."})
    assert reserve.leave(full)
    assert Reserve(small_disk.folder).failure() == full
    reserve.give_back()
    assert reserve.failure() == full
    (small_disk.folder / "something").write_bytes(bytes(ROOM_BYTES // 2))


def test_part_of_the_reserve_is_enough_for_last_words(small_disk: SmallDisk) -> None:
    small_disk.fill(left=3 * WORDS_BYTES)
    reserve = Reserve(small_disk.folder)
    with pytest.raises(OSError, match="No space left"):
        reserve.take()
    assert reserve.leave(DISK_FULL) and reserve.failure() == DISK_FULL


@pytest.mark.parametrize("content", [b"", bytes(100), b"\xff\xfe", b'{"a": 1}', b'"cut of'])
def test_invalid_last_words_are_ignored(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "reserve").write_bytes(content)
    assert Reserve(tmp_path).failure() is None


def test_last_words_of_an_older_version_are_kept(tmp_path: Path) -> None:
    (tmp_path / "reserve").write_bytes(b'"The disk is full."' + bytes(100))
    assert failure(Reserve(tmp_path).failure()) == "The disk is full."
