from pathlib import Path

import pytest

from core.runs.worker.reserve import ROOM_BYTES, WORDS_BYTES, Reserve
from tests.disks import SmallDisk


def test_room_is_taken_and_given_back(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path)
    reserve.take()
    assert reserve.path.stat().st_size == ROOM_BYTES and reserve.words() == ""
    reserve.give_back()
    assert reserve.path.stat().st_size == WORDS_BYTES and reserve.words() == ""
    reserve.remove()
    reserve.remove()
    assert list(tmp_path.iterdir()) == []
    assert reserve.words() == "" and not reserve.leave_words("nowhere to leave them")


def test_last_words_need_no_room(small_disk: SmallDisk) -> None:
    reserve = Reserve(small_disk.folder)
    reserve.take()
    small_disk.fill()
    assert reserve.leave_words("The disk is full. Größer wäre besser.")
    assert Reserve(small_disk.folder).words() == "The disk is full. Größer wäre besser."
    reserve.give_back()
    assert reserve.words() == "The disk is full. Größer wäre besser."
    (small_disk.folder / "something").write_bytes(bytes(ROOM_BYTES // 2))


def test_part_of_the_room_is_enough_for_last_words(small_disk: SmallDisk) -> None:
    small_disk.fill(left=3 * WORDS_BYTES)
    reserve = Reserve(small_disk.folder)
    with pytest.raises(OSError, match="No space left"):
        reserve.take()
    assert reserve.leave_words("There was hardly any room.") and reserve.words() == "There was hardly any room."


@pytest.mark.parametrize("content", [b"", bytes(100), b"\xff\xfe", b'{"a": 1}', b'"cut of'])
def test_what_is_no_sentence_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "reserve").write_bytes(content)
    assert Reserve(tmp_path).words() == ""
