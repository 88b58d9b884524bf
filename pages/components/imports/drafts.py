"""Data sets that are being put together by hand, class by class, kept on disk until they are made.

A browser that is reloaded finds its draft by the id in the address. A draft belongs to no session, so it is shared.
"""

import secrets
import shutil
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import streamlit as st

from core.datasets.store.store import DatasetStore
from core.settings import settings

# Only the newest are kept: the others were left by users who went away.
MOST_KEPT = 20


@dataclass(frozen=True)
class DraftPicture:
    """A picture of a draft.

    Attributes:
        id: unique.
        name: the file's name.
        path: where it is kept.
    """

    id: str
    name: str
    path: Path


@dataclass(frozen=True)
class DraftClass:
    """A class of a draft.

    Attributes:
        id: unique within the draft.
        name: as typed; empty at first.
        pictures: its pictures, in the order in which they were added.
    """

    id: str
    name: str = ""
    pictures: tuple[DraftPicture, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A data set that isn't made yet.

    Attributes:
        id: unique; in the address of the page.
        name: its name, as typed.
        classes: its classes.
    """

    id: str
    name: str
    classes: tuple[DraftClass, ...]


EMPTY = Draft("", "My pictures", (DraftClass("1"), DraftClass("2")))


class Drafts:
    """The drafts of one server. Thread-safe.

    Args:
        store: provides a folder for the pictures of each.
    """

    def __init__(self, store: DatasetStore) -> None:
        self._store = store
        self._drafts: dict[str, Draft] = {}
        self._folders: dict[str, tuple[Path, ExitStack]] = {}
        self._lock = threading.RLock()

    def get(self, draft_id: str) -> Draft:
        """Returns a draft; an empty one if it is gone."""
        return self._drafts.get(draft_id, EMPTY)

    def begin(self) -> str:
        """Begins a draft and returns its id. The oldest is dropped if there are too many."""
        draft_id = secrets.token_hex(8)
        stack = ExitStack()
        folder = stack.enter_context(self._store.workspace())
        with self._lock:
            self._drafts[draft_id] = replace(EMPTY, id=draft_id)
            self._folders[draft_id] = (folder, stack)
            outdated = list(self._drafts)[:-MOST_KEPT]
        for other in outdated:
            self.discard(other)
        return draft_id

    def rename(self, draft_id: str, name: str) -> None:
        """Sets the name of a draft."""
        self._change(draft_id, lambda draft: replace(draft, name=name))

    def add_class(self, draft_id: str) -> None:
        """Adds a class without a name."""

        def add(draft: Draft) -> Draft:
            number = 1 + max((int(own.id) for own in draft.classes), default=0)
            return replace(draft, classes=(*draft.classes, DraftClass(str(number))))

        self._change(draft_id, add)

    def remove_class(self, draft_id: str, class_id: str) -> None:
        """Removes a class with its pictures."""
        self._change(
            draft_id,
            lambda draft: replace(draft, classes=tuple(own for own in draft.classes if own.id != class_id)),
        )

    def name_class(self, draft_id: str, class_id: str, name: str) -> None:
        """Sets the name of a class."""
        self._change_class(draft_id, class_id, lambda own: replace(own, name=name))

    def add_pictures(self, draft_id: str, class_id: str, files: Iterable[tuple[str, BinaryIO]]) -> None:
        """Adds pictures to a class.

        Args:
            draft_id: of the draft. Nothing is done if it is gone.
            class_id: of the class.
            files: the name and the content of each picture.

        Raises:
            OSError: they can't be written.
        """
        if draft_id not in self._folders:
            return
        folder, _ = self._folders[draft_id]
        added = []
        for name, content in files:
            picture = DraftPicture(key := secrets.token_hex(8), name, folder / key)
            content.seek(0)
            with picture.path.open("xb") as file:
                shutil.copyfileobj(content, file)
            added.append(picture)
        self._change_class(draft_id, class_id, lambda own: replace(own, pictures=(*own.pictures, *added)))

    def remove_picture(self, draft_id: str, class_id: str, picture_id: str) -> None:
        """Removes a picture from a class."""
        self._change_class(
            draft_id,
            class_id,
            lambda own: replace(own, pictures=tuple(one for one in own.pictures if one.id != picture_id)),
        )

    def discard(self, draft_id: str) -> None:
        """Drops a draft and its files."""
        with self._lock:
            self._drafts.pop(draft_id, None)
            _, stack = self._folders.pop(draft_id, (None, ExitStack()))
        stack.close()

    def _change(self, draft_id: str, change: Callable[[Draft], Draft]) -> None:
        """Replaces a draft; the files of pictures that it no longer has are deleted."""
        with self._lock:
            before = self._drafts.get(draft_id)
            if before is None:
                return
            after = self._drafts[draft_id] = change(before)
        for path in _paths(before) - _paths(after):
            path.unlink(missing_ok=True)

    def _change_class(self, draft_id: str, class_id: str, change: Callable[[DraftClass], DraftClass]) -> None:
        self._change(
            draft_id,
            lambda draft: replace(
                draft, classes=tuple(change(own) if own.id == class_id else own for own in draft.classes)
            ),
        )


def _paths(draft: Draft) -> set[Path]:
    return {picture.path for own in draft.classes for picture in own.pictures}


# The data home is part of the cache's key, so that two homes in one process (tests) never mix.
@st.cache_resource(show_spinner=False)
def _drafts(home: Path, _store: DatasetStore) -> Drafts:
    return Drafts(_store)


def drafts(store: DatasetStore) -> Drafts:
    """Returns the drafts of this server.

    Args:
        store: the data sets of the data home.
    """
    return _drafts(settings().home, store)
