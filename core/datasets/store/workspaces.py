"""Private folders beside the data sets, in which imports are built, and the removal of abandoned ones."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

IMPORTING, DELETED = ".importing-", ".deleted-"
LOCK = ".lock"


class Workspaces:
    """The private folders in a folder of data sets. Safe to use from several threads and processes at once.

    Args:
        folder: the folder of the data sets; created with the first private one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: set[Path] = set()

    def locked(self) -> FileLock:
        """Returns the lock for adding, changing and deleting data sets, and creates its folder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self._folder / LOCK)

    @contextmanager
    def one(self) -> Iterator[Path]:
        """Yields a private folder, removed afterwards.

        A lock shows that its owner is alive; the next import removes what a killed one left.
        """
        workspace = self._folder / f"{IMPORTING}{uuid.uuid4().hex}"
        # It may be released by another thread than the one that acquired it.
        alive = FileLock(_lock_of(workspace), thread_local=False)
        with self.locked():
            self._sweep()
            alive.acquire()
            workspace.mkdir()
        self._held.add(workspace)
        try:
            yield workspace
        finally:
            self._held.discard(workspace)
            shutil.rmtree(workspace, ignore_errors=True)
            with self.locked():
                alive.release()
                Path(alive.lock_file).unlink(missing_ok=True)

    def let_go(self) -> None:
        """Removes the private folders still held by this process, before it ends."""
        for workspace in list(self._held):
            _remove(workspace)
            _remove(_lock_of(workspace))

    def move_to_trash(self, folder: Path) -> Path:
        """Moves a data set's folder to the trash, atomically, and returns its new path for deletion."""
        trashed = self._folder / f"{DELETED}{uuid.uuid4().hex}"
        folder.rename(trashed)
        return trashed

    def sweep(self) -> None:
        """Removes what killed imports and deletions left behind. Every import does this too.

        What can't be deleted now is tried again the next time.
        """
        with suppress(OSError):
            if any(path.name.startswith((IMPORTING, DELETED)) for path in self._folder.iterdir()):
                with self.locked():
                    self._sweep()

    def _sweep(self) -> None:
        """Removes what was left behind, whatever its name. Must be called under the lock."""
        for path in list(self._folder.iterdir()):
            if path.name.startswith(DELETED):
                _remove(path)
            elif path.name.startswith(IMPORTING) and path.suffix == LOCK and not path.is_dir():
                self._sweep_workspace(path.with_name(path.name.removesuffix(LOCK)))
            elif path.name.startswith(IMPORTING) and not _lock_of(path).exists():
                # Nobody is using it: its lock is created before the folder and removed after it.
                _remove(path)

    def _sweep_workspace(self, workspace: Path) -> None:
        alive = FileLock(_lock_of(workspace), timeout=0)
        try:
            alive.acquire()
        except (Timeout, OSError):
            return
        _remove(workspace)
        alive.release()
        _remove(_lock_of(workspace))


def _lock_of(workspace: Path) -> Path:
    return workspace.with_name(f"{workspace.name}{LOCK}")


def _remove(path: Path) -> None:
    """Removes a folder with its contents, or a file, as far as the disk allows."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
