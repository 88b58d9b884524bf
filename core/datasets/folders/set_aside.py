"""Leaves out what isn't a labelled picture before the classes are read from the folders."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.datasets.folders.repeats import Repeat, find_repeats
from core.datasets.folders.secondary import find_secondary
from core.datasets.folders.tree import Folders
from core.datasets.folders.unlabelled import find_unlabelled
from core.wording.coded import Note

MAX_NOTES = 5
THERE_TWICE = "there_twice"


@dataclass(frozen=True)
class Remainder:
    """The pictures of a source whose folders remain to be read.

    Attributes:
        paths: the folders and the name that count for each picture; None for one that is left out.
        copies: for each left-out copy, the picture that stays.
        notes: notes on what was left out.
    """

    paths: tuple[Folders | None, ...]
    copies: Mapping[int, int] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()

    @property
    def kept(self) -> list[Folders]:
        """The paths of the pictures that stay."""
        return [path for path in self.paths if path is not None]

    def without_unlabelled(self, whatever_called: bool = False) -> "Remainder":
        """Leaves out folders of pictures without a class; see `find_unlabelled`."""
        folders = set(find_unlabelled((path[:-1] for path in self.kept), whatever_called))
        if not folders:
            return self
        depths = sorted({len(folder) for folder in folders})
        counts: Counter[Folders] = Counter()
        paths: list[Folders | None] = []
        for path in self.paths:
            folder = next((path[:depth] for depth in depths if path[:depth] in folders), None) if path else None
            counts.update([folder] if folder else ())
            paths.append(None if folder else path)
        return replace(self, paths=tuple(paths), notes=(*self.notes, *_notes_on_folders(counts)))


def set_aside(paths: Sequence[Folders], digests: Sequence[str]) -> Remainder:
    """Leaves out masks, thumbnails and duplicates.

    Args:
        paths: the folders and the name of each picture, safe to show.
        digests: digest of each picture's content.
    """
    kinds = find_secondary(paths, digests)
    kept = [index for index in range(len(paths)) if index not in kinds]
    repeats = find_repeats([paths[index][:-1] for index in kept], [digests[index] for index in kept])
    copies = _copies(kept, repeats, paths, digests)
    left_out = kinds.keys() | copies.keys()
    remaining = (None if index in left_out else _placed(path, repeats) for index, path in enumerate(paths))
    notes = (*_notes_on_kinds(kinds, paths), *_notes_on_repeats(copies, repeats, paths))
    return Remainder(tuple(remaining), copies, notes)


def _placed(path: Folders, repeats: Sequence[Repeat]) -> Folders:
    return next((place for repeat in repeats if (place := repeat.place(path))), path)


def _copies(
    kept: Sequence[int], repeats: Sequence[Repeat], paths: Sequence[Folders], digests: Sequence[str]
) -> dict[int, int]:
    """Returns the pictures of repeated folders that are in the original as well."""
    if not repeats:
        return {}
    places = {index: _placed(paths[index], repeats) for index in kept}
    originals = {
        (paths[index][:-1], digests[index]): index for index in reversed(kept) if places[index] == paths[index]
    }
    return {
        index: originals[content]
        for index, place in places.items()
        if place != paths[index] and (content := (place[:-1], digests[index])) in originals
    }


def _notes_on_kinds(kinds: dict[int, str], paths: Sequence[Folders]) -> list[Note]:
    examples = {kind: "/".join(paths[index]) for index, kind in sorted(kinds.items(), reverse=True)}
    counts = Counter(kinds.values())
    return [Note(f"{kind}_left_out", {"count": counts[kind], "example": examples[kind]}) for kind in sorted(counts)]


def _notes_on_repeats(copies: dict[int, int], repeats: Sequence[Repeat], paths: Sequence[Folders]) -> list[Note]:
    notes = []
    for repeat in repeats[:MAX_NOTES]:
        count = sum(repeat.place(paths[index]) is not None for index in copies)
        folders = {"folder": "/".join(repeat.folder), "original": "/".join(repeat.original)}
        notes.append(Note(THERE_TWICE, {"count": count, **folders}))
    return notes


def _notes_on_folders(counts: Counter[Folders]) -> list[Note]:
    if len(counts) > MAX_NOTES:
        return [Note("folders_without_class", {"count": counts.total(), "folders": len(counts)})]
    return [Note("unlabelled", {"count": count, "folder": "/".join(folder)}) for folder, count in counts.items()]
