"""Reading and changing the database even if its file is lost, damaged or replaced meanwhile: it is repaired."""

import sqlite3
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from core.errors import DatabaseDamagedError, RunError
from core.runs.records import database
from core.runs.records.database import DiskRefusesError
from core.runs.records.rebuilding import copy_to_look_at, ensure_database

Result = TypeVar("Result")


class DatabaseAccess:
    """The database of a data home. Thread-safe.

    If a database can't be used and the disk prevents its repair, runs are read from a repaired copy in a temporary
    folder, and changes are refused.

    Args:
        path: the SQLite file; it and its folder are created if necessary.

    Raises:
        RunError: it can't be used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mutex = threading.Lock()
        self._identity: tuple[int, int] | None = None
        self._copy: Path | None = None
        self._copy_folder: tempfile.TemporaryDirectory | None = None
        database.make_home(path)
        self._open()

    def read(self, look: Callable[[sqlite3.Connection], Result]) -> Result:
        """Returns the result of `look`.

        Args:
            look: reads through a connection. It may be called twice.

        Raises:
            RunError: the database can't be read.
        """
        if self._is_unsettled():
            self._open()
        try:
            return self._read(look)
        except DatabaseDamagedError:
            self._open(is_doubtful=True)
        return self._read(look)

    def change(self, change: Callable[[sqlite3.Connection], Result], is_frequent: bool = False) -> Result:
        """Makes a change in one transaction and returns the result of `change`.

        Args:
            change: writes through a connection. It may be called twice, the second time after a rollback.
            is_frequent: whether the change is so frequent that the database isn't checked before each one.

        Raises:
            RunError: the database can't be written. Nothing is changed.
        """
        if self._is_unsettled():
            self._mend()
        try:
            if not is_frequent:
                database.check_structure(self.path)
            with database.changing(self.path) as connection:
                return change(connection)
        except DatabaseDamagedError:
            self._mend(is_doubtful=True)
        with database.changing(self.path) as connection:
            return change(connection)

    def check(self) -> None:
        """Looks for damage that may hide runs, and repairs it.

        Raises:
            RunError: the database can't be used.
        """
        self._open()

    def _read(self, look: Callable[[sqlite3.Connection], Result]) -> Result:
        with database.reading(self._copy or self.path) as connection:
            return look(connection)

    def _is_unsettled(self) -> bool:
        """Returns whether this is no longer the file that was checked, or never was usable."""
        return self._copy is not None or self._identity != _identity(self.path)

    def _open(self, is_doubtful: bool = False) -> None:
        try:
            self._mend(is_doubtful)
        except DiskRefusesError as error:
            with self._mutex:
                if self._copy is None or is_doubtful:
                    self._make_copy(error)

    def _mend(self, is_doubtful: bool = False) -> None:
        with self._mutex:
            ensure_database(self.path, is_doubtful)
            self._copy = self._copy_folder = None
            self._identity = _identity(self.path)

    def _make_copy(self, error: DiskRefusesError) -> None:
        try:
            folder = tempfile.TemporaryDirectory(prefix="transfer-studio-", ignore_cleanup_errors=True)
            self._copy = copy_to_look_at(self.path, Path(folder.name), str(error))
            self._copy_folder = folder
        except (RunError, OSError):
            raise error from None


def _identity(path: Path) -> tuple[int, int] | None:
    """Returns what distinguishes a file from one that replaced it; None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
