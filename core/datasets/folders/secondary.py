"""Pictures that only accompany others: masks that mark a part of them, and thumbnails.

A name alone says little, because `mask` may be a class as well. So each needs a picture that it goes with: one of
the same name, beside it, around its folder or in a folder such as `images`.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from core.datasets.folders.tree import Folders
from core.datasets.names import fold_name
from core.datasets.splits import split_word

MASKS, THUMBNAILS = "masks", "thumbnails"
# What folders of masks are called where a picture of its own is drawn for each: `images` and `labels`, `img` and `gt`.
DRAWN = (
    r"masks?|segmentations?|segmentation(?:class|object)|trimaps?|labels?|annotations?|gts?|"
    r"ground[ _-]?truths?|targets?"
)
MASK_FOLDER = re.compile(rf"(?:(?P<of>.+)[ _-])?(?:{DRAWN})(?:[ _-]?(?:images?|png|jpg))?")
THUMBNAIL_FOLDER = re.compile(r"thumbs?|thumbnails?|previews?")
MASK_STEM = re.compile(r"(?P<of>.+?)[ _-]*(?:masks?|segmentations?|seg)(?:[ _-]?\d+)?")
# fmt: off
PICTURE_FOLDERS = (
    "image", "images", "img", "imgs", "picture", "pictures", "photo", "photos", "original", "originals", "jpg", "jpgs",
    "jpeg", "jpegs", "jpegimages", "input", "inputs", "scan", "scans",
)
# fmt: on
# The share of pictures in a folder of masks that have to go with another picture.
PAIRED_SHARE = 0.9


@dataclass(frozen=True)
class _Folder:
    """A folder that may hold masks or thumbnails.

    Attributes:
        around: the folders around it, folded.
        name: its own, folded.
        kind: masks or thumbnails.
        of: the folders beside it that may hold their pictures; an empty name for the one around it.
    """

    around: Folders
    name: str
    kind: str
    of: tuple[str, ...]


def find_secondary(paths: Sequence[Folders], digests: Sequence[str]) -> dict[int, str]:
    """Returns the pictures that only accompany others, and whether they are masks or thumbnails.

    Args:
        paths: the folders and the name of each picture.
        digests: digest of each picture's content.
    """
    folded = [(*map(fold_name, path[:-1]), _stem(path)) for path in paths]
    named = {path: index for index, path in enumerate(folded)}
    found: dict[int, str] = {}
    inside: defaultdict[_Folder, list[int]] = defaultdict(list)
    for index, path in enumerate(folded):
        match = MASK_STEM.fullmatch(path[-1])
        if match and (*path[:-1], match["of"]) in named:
            found[index] = MASKS
        elif folder := _folder(path):
            inside[folder].append(index)
    classes = _folders_of_classes(folded, inside)
    for folder, indices in inside.items():
        num_paired = sum(
            any(digests[other] != digests[index] for other in _partners(folded[index], folder, named))
            for index in indices
        )
        if num_paired >= PAIRED_SHARE * len(indices) and folder not in classes:
            found |= dict.fromkeys(indices, folder.kind)
    return found


def _folder(path: Folders) -> _Folder | None:
    """Returns the innermost folder around a picture that may hold masks or thumbnails."""
    for depth in range(len(path) - 2, -1, -1):
        if THUMBNAIL_FOLDER.fullmatch(path[depth]):
            return _Folder(path[:depth], path[depth], THUMBNAILS, ("", *PICTURE_FOLDERS))
        if of := _pictures_of_masks(path[depth]):
            return _Folder(path[:depth], path[depth], MASKS, of)
    return None


def _pictures_of_masks(name: str) -> tuple[str, ...]:
    """Returns the folders that may hold the pictures for a folder of masks; none if its name isn't of that kind."""
    match = MASK_FOLDER.fullmatch(name)
    if not match:
        return ()
    of = match["of"] or ""
    if not of or of in PICTURE_FOLDERS:
        return ("", *PICTURE_FOLDERS)
    return (of, *(f"{of}{by}{word}" for by in "_- " for word in PICTURE_FOLDERS)) if split_word(of) else ()


def _partners(path: Folders, folder: _Folder, named: dict[Folders, int]) -> Iterator[int]:
    """Yields the pictures of the same name that a mask or thumbnail may go with."""
    match = MASK_STEM.fullmatch(path[-1])
    below = path[len(folder.around) + 1 : -1]
    for stem in {path[-1], match["of"] if match else path[-1]}:
        for name in folder.of:
            place = (*folder.around, *filter(None, [name]), *below, stem)
            if place in named:
                yield named[place]


def _folders_of_classes(paths: Sequence[Folders], folders: Collection[_Folder]) -> set[_Folder]:
    """Returns the folders beside another one that mentions masks, such as `no_mask`: then both are classes."""
    beside: dict[Folders, set[str]] = {folder.around: set() for folder in folders}
    for path in paths if folders else ():
        for depth in range(len(path) - 1):
            if path[:depth] in beside:
                beside[path[:depth]].add(path[depth])
    return {
        folder
        for folder in folders
        if any("mask" in name and not _pictures_of_masks(name) for name in beside[folder.around])
    }


def _stem(path: Folders) -> str:
    name = fold_name(path[-1])
    return name.rpartition(".")[0] or name
