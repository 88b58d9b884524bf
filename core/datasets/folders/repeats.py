"""Data sets that are in a source twice: `chest_xray/chest_xray`, or a folder that repeats what lies beside it.

The content decides, not just the names: nearly all pictures of one have to be in the same folders of the other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.datasets.folders.tree import Folders
from core.datasets.splits import split_word

# Whole data sets lie near the top.
MOST_DEPTH = 6
# Fewer folders may be a coincidence: each class has its `images`.
FEWEST_FOLDERS = 2
SAME_SHARE = 0.9


@dataclass(frozen=True)
class Repeat:
    """A folder that repeats the content of another one.

    Attributes:
        folder: the folder.
        original: the folder whose content it repeats, possibly a parent.
    """

    folder: Folders
    original: Folders

    def place(self, path: Folders) -> Folders | None:
        """Returns where a picture of this folder would lie in the original; None for one that isn't in this folder."""
        depth = len(self.folder)
        return (*self.original, *path[depth:]) if path[:depth] == self.folder else None


def find_repeats(folders: Sequence[Folders], digests: Sequence[str]) -> list[Repeat]:
    """Returns the folders that are there twice.

    Args:
        folders: the folders that each picture lies in.
        digests: digest of each picture's content.
    """
    inside: defaultdict[Folders, set[str]] = defaultdict(set)
    with_pictures = set(folders)
    for path in with_pictures:
        for depth in range(min(len(path), MOST_DEPTH)):
            inside[path[:depth]].add(path[depth])
    pictures = _Pictures(folders, digests)
    found: list[Repeat] = []
    for repeat in _possible(inside, with_pictures):
        is_new = not any(other.place(repeat.folder) or other.place(repeat.original) for other in found)
        if is_new and pictures.are_same(repeat, inside[repeat.folder]):
            found.append(repeat)
    return found


def _possible(inside: Mapping[Folders, set[str]], with_pictures: set[Folders]) -> Iterator[Repeat]:
    """Yields folders that hold only folders, named like those beside them or inside another one."""
    for around in sorted(inside, key=lambda path: (len(path), path)):
        first: dict[frozenset[str], Folders] = {}
        for name in sorted(inside[around]):
            folder = (*around, name)
            within = inside.get(folder, set())
            if not within or folder in with_pictures:
                continue
            if name not in within and within <= inside[around]:
                yield Repeat(folder, around)
            elif not split_word(name):
                original = first.setdefault(frozenset(within), folder)
                if original != folder:
                    yield Repeat(folder, original)


class _Pictures:
    """The pictures of a source by the folders around them, looked up only as deep as necessary."""

    def __init__(self, folders: Sequence[Folders], digests: Sequence[str]) -> None:
        self._folders = folders
        self._digests = digests
        self._inside: dict[int, dict[Folders, list[int]]] = {}

    def are_same(self, repeat: Repeat, within: Collection[str]) -> bool:
        """Whether nearly all pictures in each of two folders are in the other one as well.

        Args:
            repeat: the two folders.
            within: the folders inside them to compare.
        """
        own = self._in(repeat.folder)
        others = [index for name in within for index in self._in((*repeat.original, name))]
        if min(len(own), len(others)) < SAME_SHARE * max(len(own), len(others)):
            return False
        here, there = self._content(own, repeat.folder), self._content(others, repeat.original)
        are_sorted = len({path for path, _ in here}) >= FEWEST_FOLDERS
        return are_sorted and len(here & there) >= SAME_SHARE * max(len(here), len(there))

    def _in(self, folder: Folders) -> Sequence[int]:
        depth = len(folder)
        if depth not in self._inside:
            found: defaultdict[Folders, list[int]] = defaultdict(list)
            for index, path in enumerate(self._folders):
                if len(path) >= depth:
                    found[path[:depth]].append(index)
            self._inside[depth] = dict(found)
        return self._inside[depth].get(folder, ())

    def _content(self, indices: Sequence[int], around: Folders) -> set[tuple[Folders, str]]:
        return {(self._folders[index][len(around) :], self._digests[index]) for index in indices}
