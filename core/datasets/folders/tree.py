"""Where pictures lie, by the folders of each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from core.datasets.names import trim_name

Folders = tuple[str, ...]


def wrapping_depth(folders: Sequence[Folders]) -> int:
    """Returns how many wrapping folders lie around all others: each is alone and holds further folders."""
    depth = 0
    while True:
        level = _names_at(folders, depth)
        is_wrapping = len(level) == 1 and any(len(path) > depth + 1 for path in folders)
        if not is_wrapping:
            return depth
        depth += 1


def by_folder(folders: Iterable[Folders], depth: int) -> dict[str, list[Folders]]:
    """Returns, for each folder at a depth, where pictures lie inside it. Pictures higher up don't count."""
    found: defaultdict[str, list[Folders]] = defaultdict(list)
    for path in folders:
        if len(path) > depth:
            found[path[depth]].append(path[depth + 1 :])
    return dict(found)


def class_folders(folders: Sequence[Folders]) -> set[str]:
    """Returns the outermost folders that differ; none if pictures aren't in folders."""
    return _names_at(folders, wrapping_depth(folders))


def _names_at(folders: Sequence[Folders], depth: int) -> set[str]:
    return set(map(trim_name, {path[depth] for path in folders if len(path) > depth}))
