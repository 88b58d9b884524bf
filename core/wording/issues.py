"""Issues of pictures, and advice about a data set as a whole, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.wording import reasons
from core.wording.coded import Catalogue, Coded, Reason, words_of
from core.wording.lists import listed

UNKNOWN_DETAIL = "for a reason that this version of the studio doesn't know ({code})"
UNKNOWN_ADVICE = "There is advice on this data set that this version of the studio doesn't know ({code})."
KIND_TITLES = {
    "corrupt": "Unreadable files",
    "label_conflict": "Copies in two classes",
    "leak": "Copies in train and validation",
    "duplicate": "Exact copies",
    "near_duplicate": "Near copies",
    "suspect_label": "Doubtful labels",
    "blank": "Blank pictures",
    "tiny": "Tiny pictures",
    "dark": "Very dark pictures",
    "bright": "Very bright pictures",
    "blurry": "Blurry pictures",
    "odd_shape": "Odd shapes",
    "outlier": "Unlike all others",
}
# What each kind is, why it matters and what to do.
KIND_EXPLANATIONS = {
    "corrupt": (
        "These files are damaged or aren't pictures, so they are not part of the data set. Repair them and import "
        "again, or do without them."
    ),
    "label_conflict": (
        "The same picture is in more than one class, so one of them must be wrong and teaches the model a "
        "contradiction. Move each to the right class, or remove the wrong one."
    ),
    "leak": (
        "These validation or test pictures are also among the training pictures, so the accuracy looks better than "
        "it is. Remove one of the two."
    ),
    "duplicate": "The very same file is here more than once, so it counts more than others. Keep one of them.",
    "near_duplicate": (
        "Nearly the same picture is here more than once: saved again, resized, brightened or barely cropped. It "
        "counts more than others. Keep one of them."
    ),
    "suspect_label": (
        "A model trained on the other pictures is sure that these belong to another class. Look at them, and "
        "correct those that are wrong."
    ),
    "blank": "One plain colour, with nothing on it to learn from. Remove them.",
    "tiny": (
        "So few pixels that little can be seen, far fewer than the others have. Replace them with larger ones, or "
        "remove them."
    ),
    "dark": "Nearly black all over. Remove them if you can't tell what they show.",
    "bright": "Nearly white all over. Remove them if you can't tell what they show.",
    "blurry": (
        "Out of focus, or enlarged from something small: unlike the others, they have no sharp edges. "
        "Remove them if you can't tell what they show."
    ),
    "odd_shape": (
        "Much wider or taller than the others. Pictures are made square for training, which distorts these "
        "badly. Crop them, or remove them."
    ),
    "outlier": (
        "Nothing else in the data set looks like these. Remove those that don't belong here, and get more of those "
        "that do."
    ),
}


def issue_detail(found: Reason) -> str:
    """Returns what is wrong with one picture, such as `the same picture as dogs/12.jpg`."""
    return words_of(found, DETAILS, UNKNOWN_DETAIL)


def advice(kind: str, parameters: Mapping[str, Any]) -> str:
    """Returns advice about a data set in whole sentences: what was found, what it means, what to do."""
    if "text" in parameters:  # from an older version, which stored sentences
        return str(parameters["text"])
    return words_of(Coded(kind, parameters), ADVICE, UNKNOWN_ADVICE)


def _copy(name: str, is_exact: bool, split: str = "", class_name: str = "") -> str:
    words = f"{'the same' if is_exact else 'nearly the same'} picture as {name}"
    if class_name:
        return f"{words}, which is in the class {class_name}"
    return f"{words}, which is in {split}" if split else words


def _blurry(times: float) -> str:
    return f"its sharpest edges are {times:.1f} times as soft as usual here" if times > 1.1 else "it has no clear edges"


def _odd_shape(width: int, height: int) -> str:
    ratio, how = (width / height, "wide as tall") if width > height else (height / width, "tall as wide")
    return f"{ratio:.1f} times as {how}"


DETAILS: Catalogue = {
    **reasons.WORDS,
    "copy": _copy,
    "plain_colour": "one plain colour all over",
    "brightness": "its average brightness is {share:.0%} of white",
    "blurry": _blurry,
    "tiny": "{width:,} x {height:,} pixels, where {usual_width:,} x {usual_height:,} are usual",
    "odd_shape": _odd_shape,
    "looks_like": "looks like {class_name} ({probability:.2f})",
    "unlike_others": "likeness to other pictures {likeness:.2f}, usual for {class_name} is {usual:.2f}",
}


def _leak(count: int) -> str:
    what = "1 picture is" if count == 1 else f"{count:,} pictures are"
    return (
        f"{what} in the train folder and among the validation or test pictures as well. The model will have seen "
        "them before, so its accuracy will look better than it is. Keep one of each."
    )


def _few_pictures(count: int, limit: int, classes: Sequence[tuple[str, int]]) -> str:
    which = "This class has" if count == 1 else f"These {count} classes have"
    shown = [f"{name} ({number})" for name, number in classes]
    if count > len(shown):
        shown.append(f"{count - len(shown):,} more")
    return (
        f"{which} fewer than {limit} different pictures to learn from: {listed(shown)}. What a model learns from so "
        "few is mostly chance. Add pictures: 50 or more of each class work well."
    )


def _imbalance(large: str, large_count: int, small: str, small_count: int) -> str:
    return (
        f"The classes are uneven: {large} has {large_count:,} pictures, {large_count / max(small_count, 1):.1f} times "
        f"as many as {small} with {small_count:,}. A model leans towards large classes, and accuracy says little about "
        "small ones. Training weighs the classes to make up for it; more pictures of the small ones are better still."
    )


def _small_validation(count: int, accuracy: float, low: float, high: float) -> str:
    pictures = "1 picture" if count == 1 else f"{count:,} pictures"
    return (
        f"Validation has {pictures}: {accuracy:.2f} means anything from {low:.2f} to {high:.2f}. Two models whose "
        "accuracies are closer together than that can't be told apart. Hold out a larger share, or add pictures."
    )


ADVICE: Catalogue = {
    "leak": _leak,
    "label_conflict": (
        "{count:,} pictures are copies of each other in different classes. One class of each must be wrong: look at "
        "them before training."
    ),
    "few_pictures": _few_pictures,
    "imbalance": _imbalance,
    "small_validation": _small_validation,
    "small_pictures": (
        "Most pictures are only about {side} pixels a side. They are enlarged for training, but what can't be seen in "
        "them can't be learned. Use larger ones if there are any."
    ),
}
