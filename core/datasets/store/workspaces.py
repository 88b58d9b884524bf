"""Private folders beside the data sets, in which imports are built, and what killed ones left behind."""

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
        folder: that of the data sets; made with the first private one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: set[Path] = set()

    def locked(self) -> FileLock:
        """Returns the lock under which data sets come, change and go. Its folder is there."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self._folder / LOCK)

    @contextmanager
    def one(self) -> Iterator[Path]:
        """Yields a private folder, gone afterwards.

        A lock says that its owner is alive; the next import removes what a killed one left.
        """
        workspace = self._folder / f"{IMPORTING}{uuid.uuid4().hex}"
        # It may be given back by another thread than the one that took it.
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
        """Removes the private folders that are still held by this process, as it is to end."""
        for workspace in list(self._held):
            _remove(workspace)
            _remove(_lock_of(workspace))

    def move_to_trash(self, folder: Path) -> Path:
        """Moves a data set's folder out of the way, at once, and returns where it is to be deleted."""
        trashed = self._folder / f"{DELETED}{uuid.uuid4().hex}"
        folder.rename(trashed)
        return trashed

    def sweep(self) -> None:
        """Removes what killed imports and deletions left behind. Each import does so by itself.

        What the disk doesn't let go of now is tried again the next time.
        """
        with suppress(OSError):
            if any(path.name.startswith((IMPORTING, DELETED)) for path in self._folder.iterdir()):
                with self.locked():
                    self._sweep()

    def _sweep(self) -> None:
        """Removes what was left behind, whatever it is called. Call it under the lock."""
        for path in list(self._folder.iterdir()):
            if path.name.startswith(DELETED):
                _remove(path)
            elif path.name.startswith(IMPORTING) and path.suffix == LOCK and not path.is_dir():
                self._sweep_workspace(path.with_name(path.name.removesuffix(LOCK)))
            elif path.name.startswith(IMPORTING) and not _lock_of(path).exists():
                # Nobody works in it: its lock is there before it is, and until after it is gone.
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
    """Removes a folder with all that is in it, or a file, as far as the disk lets go of it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
