"""The comparison of two runs in one sentence."""

from core.evaluation.comparison import PairedComparison, UnpairedComparison
from core.wording.lists import counted

# Differences are given in whole percentage points from here on.
WHOLE_POINTS = 1.0


def run_comparison(found: PairedComparison | UnpairedComparison, first: str, second: str) -> str:
    """Returns which of two runs is better, and how that is known.

    Args:
        found: their comparison.
        first: name of the first run.
        second: name of the second run.
    """
    return _paired(found, first, second) if isinstance(found, PairedComparison) else _unpaired(found, first, second)


def _paired(found: PairedComparison, first: str, second: str) -> str:
    pictures = f"on the same {counted(found.num_pictures, 'picture')}"
    differing = found.only_first + found.only_second
    if not found.better:
        split = f"they differ on {differing:,}, {found.only_first:,} to {found.only_second:,}"
        how = split if differing else "they are right and wrong on the same ones"
        return f"{first} and {second} can't be told apart: {pictures} {how}."
    better, other = (first, second) if found.better > 0 else (second, first)
    low, high = sorted(abs(bound) * 100 for bound in found.interval)
    form = "{:.0f}" if low >= WHOLE_POINTS else "{:.1f}"
    return f"{better} is better than {other}: by {form.format(low)} to {form.format(high)} points, {pictures}."


def _unpaired(found: UnpairedComparison, first: str, second: str) -> str:
    begin = (
        f"{first} and {second} have different validation pictures, so only the intervals can be compared: "
        f"{_percents(found.first)} and {_percents(found.second)}."
    )
    if not found.better:
        return f"{begin} They overlap, so neither is shown to be better."
    better = first if found.better > 0 else second
    return f"{begin} They don't overlap: {better} is better, unless its pictures were easier."


def _percents(interval: tuple[float, float]) -> str:
    return " to ".join(f"{bound * 100:.1f}" for bound in interval) + " %"
