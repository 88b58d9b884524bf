"""What was done to bring lost runs back, in words."""

from collections.abc import Sequence
from typing import Protocol

from core.wording.lists import counted

NAMED_FOLDERS = 5


class Rebuilt(Protocol):
    """The parts of a `core.runs.records.rebuilding.Rebuild` that the words need."""

    @property
    def restored(self) -> int:
        """How many runs came back."""

    @property
    def unreadable(self) -> Sequence[str]:
        """Folders from which no run could be restored."""

    @property
    def moved_to(self) -> str:
        """Where the damaged database is now; empty if there was none."""

    @property
    def whole(self) -> bool:
        """Whether the whole list was rebuilt."""

    @property
    def hindrance(self) -> str:
        """Why the list could not be rebuilt for good; empty if it was."""


def rebuild(done: Rebuilt) -> str:
    """Returns what was done to bring runs back, in one sentence."""
    parts = [f"{counted(done.restored, 'run')} came back"]
    if done.unreadable:
        named = ", ".join(done.unreadable[:NAMED_FOLDERS]) + (", ..." if len(done.unreadable) > NAMED_FOLDERS else "")
        parts.append(f"{counted(len(done.unreadable), 'folder')} could not be read ({named})")
    if done.moved_to:
        parts.append(f"the damaged file is now {done.moved_to}")
    told = ", ".join(parts)
    if done.hindrance:
        return f"The list of runs is lost or damaged, and was read from their folders for now: {told}. {done.hindrance}"
    if not done.whole:
        return f"The list of runs was incomplete and was completed from their folders: {told}."
    return f"The list of runs was lost or damaged, and was rebuilt from their folders: {told}."
