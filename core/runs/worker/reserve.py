"""Disk space that a worker reserves for the record of its end, and its last words if even that isn't enough."""

import json
import os
from contextlib import suppress
from pathlib import Path

from core.runs.records.failures import Failure

NAME = "reserve"
ROOM_BYTES = 1024**2
WORDS_BYTES = 4096


class Reserve:
    """A file in the folder of a run. It exists while a worker works, and after one that couldn't record its end.

    Args:
        folder: the run's.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    def take(self) -> None:
        """Reserves the space.

        Raises:
            OSError: there is too little. What could be reserved is kept, for last words.
        """
        with self.path.open("wb", buffering=0) as file:
            for _ in range(ROOM_BYTES // WORDS_BYTES):
                file.write(bytes(WORDS_BYTES))
            os.fsync(file.fileno())

    def give_back(self) -> None:
        """Frees all of it except the space for last words."""
        with suppress(OSError):
            os.truncate(self.path, min(WORDS_BYTES, self.path.stat().st_size))

    def leave(self, failure: Failure) -> bool:
        """Overwrites the reserve with why the worker ended, which needs no extra space on a full disk.

        Returns:
            Whether that was possible.
        """
        words = json.dumps(failure.as_json()).encode()
        with suppress(OSError), self.path.open("r+b", buffering=0) as file:
            if len(words) <= self.path.stat().st_size:
                file.write(words)
                os.fsync(file.fileno())
                return True
        return False

    def failure(self) -> Failure | None:
        """Returns why the worker ended; None if it didn't say."""
        try:
            words = self.path.read_bytes()[:WORDS_BYTES].rstrip(b"\0")
            return Failure.from_json(json.loads(words)) if words else None
        except (OSError, ValueError, RecursionError):
            return None

    def remove(self) -> None:
        """Deletes it."""
        with suppress(OSError):
            self.path.unlink()
