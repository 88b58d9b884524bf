"""Training, validation and test pictures: names of such folders, and which pictures are held out."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from core.datasets.names import fold_name
from core.datasets.sample import Sample
from core.errors import DatasetError

TRAIN, VALIDATION, TEST, UNDECIDED = "train", "validation", "test", ""
SPLITS = (TRAIN, VALIDATION, TEST)
SMALLEST_SHARE, LARGEST_SHARE, DEFAULT_SHARE = 0.05, 0.5, 0.2
SPLIT_WORDS = {
    "train": TRAIN,
    "training": TRAIN,
    "validation": VALIDATION,
    "valid": VALIDATION,
    "val": VALIDATION,
    "validate": VALIDATION,
    "publictest": VALIDATION,
    "dev": VALIDATION,
    "test": TEST,
    "testing": TEST,
    "eval": TEST,
    "evaluation": TEST,
    "holdout": TEST,
    "privatetest": TEST,
}
# `training_set`, `test1`, `images_val`, `validation-data`, `01_train`, `train_mini`, `test (1)`, `train.v2`.
SPLIT_NAME = re.compile(
    r"(?:\d+_)?(?:(?:images?|imgs?|pictures?)_)?((?:public|private)_test|[a-z]+?)"
    r"(?:_?(?:set|dataset|data|dir|split|mini|images?|imgs?|pictures?))?(?:_?\d*|_v\d+)"
)


def split_word(folder: str) -> str:
    """Returns the split that a folder with this name holds, empty for other names. `Training_set` counts."""
    match = SPLIT_NAME.fullmatch(re.sub(r"[\s._()-]", "_", fold_name(folder)).replace("__", "_").rstrip("_"))
    return SPLIT_WORDS.get(match[1].replace("_", ""), UNDECIDED) if match else UNDECIDED


def check_share(validation_split: float) -> float:
    """Returns the share unchanged.

    Raises:
        DatasetError: it is out of range.
    """
    if not SMALLEST_SHARE <= validation_split <= LARGEST_SHARE:
        raise DatasetError(
            f"Expected a validation share from {SMALLEST_SHARE} to {LARGEST_SHARE}. Received {validation_split}. "
            "Choose one within that range."
        )
    return validation_split


def without_lone_train(samples: Iterable[Sample]) -> tuple[Sample, ...]:
    """If all pictures are training pictures, returns them without a split, so that a share of them is held out."""
    samples = tuple(samples)
    if {sample.split for sample in samples} != {TRAIN}:
        return samples
    return tuple(sample.in_split(UNDECIDED) for sample in samples)


def held_out_digests(samples: Iterable[Sample], share: float, seed: int) -> set[str]:
    """Returns the digests of the pictures that go to validation; see `DatasetIndex.with_split`.

    Args:
        samples: pictures of all classes that may be held out.
        share: the share to hold out, 0.05-0.5.
        seed: a different seed gives a different choice.
    """
    families: defaultdict[str, set[str]] = defaultdict(set)
    classes: defaultdict[int, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for sample in samples:
        family = sample.group or sample.digest
        families[family].add(sample.digest)
        classes[sample.label][family].add(sample.digest)
    held_out: set[str] = set()
    decided: set[str] = set()
    for label in sorted(classes):
        own = classes[label]
        digests = set().union(*own.values())
        wanted = _num_held_out(len(digests), share) - len(digests & held_out)
        if len(own) == 1 and decided.isdisjoint(own):
            # All are copies of one picture. Without some on both sides the class could not be validated.
            held_out.update(sorted(digests, key=lambda digest: _rank(digest, seed))[:wanted])
        else:
            sizes = {family: len(own[family]) for family in own if family not in decided}
            held_out.update(*(families[family] for family in _chosen(sizes, wanted, seed)))
        decided.update(own)  # `|=` with the keys of a dictionary would copy the whole set, once per class
    return held_out


def drawn(samples: Iterable[Sample], pictures_per_class: int, draw: int) -> tuple[Sample, ...]:
    """Returns the pictures without those training pictures that a draw leaves out, in the same order.

    Those of each class are ordered by a hash of draw and content, so a smaller number is part of a larger one.

    Args:
        samples: pictures of all splits.
        pictures_per_class: how many training pictures of each class to keep; at least 1.
        draw: a different draw keeps others.
    """
    samples = tuple(samples)
    classes: defaultdict[int, list[int]] = defaultdict(list)
    for index, sample in enumerate(samples):
        if sample.split == TRAIN:
            classes[sample.label].append(index)
    kept: set[int] = set()
    for own in classes.values():
        own.sort(key=lambda index: _rank(samples[index].digest, draw))
        kept.update(own[:pictures_per_class])
    return tuple(sample for index, sample in enumerate(samples) if sample.split != TRAIN or index in kept)


def _chosen(sizes: Mapping[str, int], wanted: int, seed: int) -> list[str]:
    """Returns families of copies that together have the wanted number of a class's pictures, or nearly so.

    They are taken in the order of a hash. One that is too large is skipped, so that a hundred copies of one picture
    don't become the validation set.

    Args:
        sizes: how many pictures of the class each family has.
        wanted: how many pictures to hold out.
        seed: a different seed gives a different order.
    """
    chosen = []
    left = wanted
    for family in sorted(sizes, key=lambda family: _rank(family, seed)):
        if sizes[family] <= left:
            chosen.append(family)
            left -= sizes[family]
    if wanted > 0 and not chosen:
        return sorted(sizes, key=lambda family: (sizes[family], family))[:1]
    return chosen


def _num_held_out(num_pictures: int, share: float) -> int:
    if num_pictures < 2:
        return 0
    return min(max(round(num_pictures * share), 1), num_pictures - 1)


def _rank(digest: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed}:{digest}".encode()).digest()
