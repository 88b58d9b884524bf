"""Groups of pictures, and how differently a model does on them, in words."""

from collections.abc import Sequence

from core.datasets.attributes.groupings import BRIGHTNESS, FOLDER, OWN, SHAPE, SHARPNESS, SIZE
from core.evaluation.slices import FEWEST_TO_TELL, Gap, GroupScore, Slices
from core.wording.coded import Catalogue, Note, words_of
from core.wording.lists import counted, listed

GROUPINGS = {
    FOLDER: "Folder",
    SIZE: "Picture size",
    SHAPE: "Shape",
    BRIGHTNESS: "Brightness",
    SHARPNESS: "Sharpness",
}
UNKNOWN = "Unknown"
GROUPS: Catalogue = {
    "folder": lambda folder: folder or "No folder",
    "value": "{value}",
    "upright": "Upright",
    "square": "Nearly square",
    "wide": "Wide",
    "size_lowest": "Smallest (up to {low:,.0f} px)",
    "size_middle": "Middle (up to {high:,.0f} px)",
    "size_highest": "Largest (over {high:,.0f} px)",
    "brightness_lowest": "Darkest (up to {low:.0f})",
    "brightness_middle": "Middle (up to {high:.0f})",
    "brightness_highest": "Brightest (over {high:.0f})",
    "sharpness_lowest": "Least sharp (up to {low:.2f})",
    "sharpness_middle": "Middle (up to {high:.2f})",
    "sharpness_highest": "Sharpest (over {high:.2f})",
    "own_lowest": "Lowest (up to {low:g})",
    "own_middle": "Middle (up to {high:g})",
    "own_highest": "Highest (over {high:g})",
}
EXPLANATIONS = {
    FOLDER: "The folder that a picture had when it was imported.",
    SIZE: "The shorter side in pixels, in thirds.",
    SHAPE: "Nearly square: one side is at most a tenth longer than the other.",
    BRIGHTNESS: "The mean brightness, from 0 (black) to 255 (white), in thirds.",
    SHARPNESS: "How hard the strongest edges are, in thirds: about 0.7 in a photograph, more with hard edges or noise.",
}


def grouping_name(name: str) -> str:
    """Returns what a grouping is called: one of `READY_MADE`, or a column."""
    if name in GROUPINGS:
        return GROUPINGS[name]
    column = name.removeprefix(OWN)
    return f"{column} (from the table)" if column in GROUPINGS.values() else column


def address_name(name: str) -> str:
    """Returns a grouping's name as it is typed on the command line: without `own:`, unless that would be another."""
    column = name.removeprefix(OWN)
    return name if column in GROUPINGS else column


def group_name(group: Note) -> str:
    """Returns what a group is called."""
    return words_of(group, GROUPS, "{code}")


def gap_sentence(slices: Slices, names: Sequence[str]) -> str:
    """Returns the largest gap between two groups, or why there is none to speak of.

    Args:
        slices: the metrics by group.
        names: of all groups.
    """
    gap = slices.gap
    if gap is None:
        return f"Fewer than two groups have {FEWEST_TO_TELL} pictures or more, so they can't be compared."
    if not gap.difference:
        return f"There is no gap: {_both(gap, names)}."
    size = f"{_points(gap.difference)} points (plausibly {_points(gap.interval[0])} to {_points(gap.interval[1])})"
    if gap.is_sure:
        return f"{_both(gap, names)}: a gap of {size}."
    return f"Within what chance does: {_both(gap, names)}, a difference of {size}."


def pairs_sentence(slices: Slices) -> str:
    """Returns how the interval of the gap allows for the number of groups; empty if it needn't."""
    if slices.gap is None or slices.gap.num_pairs == 1:
        return ""
    return (
        f"Of {slices.gap.num_pairs:,} pairs of groups some differ by chance: "
        "the interval of the gap is so wide that it holds for all of them."
    )


def small_sentence(slices: Slices, names: Sequence[str]) -> str:
    """Returns which groups are too small to be compared; empty if none is."""
    small = [names[score.group] for score in slices.groups if score.is_too_small]
    if not small:
        return ""
    each, end = ("", "isn't") if len(small) == 1 else (" each", "aren't")
    verb = "has" if len(small) == 1 else "have"
    return f"Too small to tell: {listed(small)} {verb} fewer than {FEWEST_TO_TELL} pictures{each} and {end} compared."


def unknown_sentence(slices: Slices) -> str:
    """Returns of how many pictures the group isn't known; empty if it is known of all."""
    if slices.unknown is None:
        return ""
    number = slices.unknown.num_pictures
    return f"Of {counted(number, 'picture')} the group isn't known. What isn't known isn't compared."


def _both(gap: Gap, names: Sequence[str]) -> str:
    better, worse = gap.better, gap.worse
    return f"{_right(better)} right for {names[better.group]}, {_right(worse)} for {names[worse.group]}"


def _right(score: GroupScore) -> str:
    return f"{score.num_right:,} of {score.num_pictures:,}"


def _points(share: float) -> str:
    points = abs(share * 100)
    shown = f"{points:.0f}" if points >= 1 or not points else f"{points:.1f}"
    return f"−{shown}" if share < 0 and float(shown) else shown
