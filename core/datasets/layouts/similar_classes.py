"""Classes whose names differ only by case, accents or width: the same class typed in two ways, or two classes.

The letters `A` and `a` are two classes in handwriting; `Cat` and `cat` are usually one. Nothing in the names
tells which, so the user is asked; but if one spelling is in the train folder and the other in the validation
folder, they can only be one.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from core.datasets.class_names import in_order
from core.datasets.layouts.layout import GIVEN_CLASSES, LayoutCandidate
from core.datasets.layouts.options import KEEP, MERGE, ReadingOptions
from core.datasets.names import fold_name, fold_spelling
from core.datasets.splits import TRAIN
from core.wording.coded import Note

SHOWN_GROUPS = 5
SIMILAR_KEPT, SIMILAR_MERGED, SIMILAR_IN_SPLITS = "similar_kept", "similar_merged", "similar_in_splits"

Group = tuple[str, ...]
Splits = Mapping[str, Counter[str]]


def settle(candidate: LayoutCandidate, options: ReadingOptions) -> tuple[LayoutCandidate, ...]:
    """Returns the ways to read a candidate's similar classes: one if there are none, or if it is clear or decided.

    Args:
        candidate: a way to read a source, with its assignments.
        options: the user's decisions.
    """
    if candidate.name == GIVEN_CLASSES or not _groups(candidate.class_names, fold_spelling):
        return (candidate,)
    candidate = _merged_across_splits(candidate)
    groups = _groups(candidate.class_names, fold_spelling)
    if not groups:
        return (candidate,)
    kept, merged = _kept(candidate, groups), _merged(candidate, groups, SIMILAR_MERGED)
    ways = {KEEP: (kept,), MERGE: (_with_choice(merged, MERGE),)}
    return ways.get(options.similar_classes, (kept, _with_choice(merged, MERGE)))


def _groups(names: Sequence[str], fold: Callable[[str], str]) -> list[Group]:
    """Returns the groups of names that are alike."""
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        alike[fold(name)].append(name)
    return [in_order(group) for group in alike.values() if len(group) > 1]


def _merged_across_splits(candidate: LayoutCandidate) -> LayoutCandidate:
    groups = _groups(candidate.class_names, fold_name)
    splits: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for assignment in candidate.assignments:
        splits[assignment.class_name][assignment.split] += 1
    apart = [group for group in groups if _are_in_different_splits(group, splits)]
    return _merged(candidate, apart, SIMILAR_IN_SPLITS, splits) if apart else candidate


def _are_in_different_splits(group: Group, splits: Splits) -> bool:
    found = Counter(split for name in group for split in splits[name])
    return max(found.values()) == 1


def _kept(candidate: LayoutCandidate, groups: Sequence[Group]) -> LayoutCandidate:
    return _with_choice(_noted(candidate, SIMILAR_KEPT, groups), KEEP)


def _merged(
    candidate: LayoutCandidate, groups: Sequence[Group], code: str, splits: Splits | None = None
) -> LayoutCandidate:
    """Returns the candidate with each group as one class, named as for most of its training pictures."""
    counts = dict(zip(candidate.class_names, candidate.counts, strict=True))
    spelling: dict[str, str] = {}
    for group in groups:
        usual = min(group, key=lambda name: (-(splits[name][TRAIN] if splits else 0), -counts[name]))
        spelling |= dict.fromkeys(group, usual)
    assignments = tuple(
        replace(assignment, class_name=spelling[assignment.class_name])
        if assignment.class_name in spelling
        else assignment
        for assignment in candidate.assignments
    )
    totals = Counter[str]()
    for name, count in counts.items():
        totals[spelling.get(name, name)] += count
    names = in_order(totals)
    noted = _noted(candidate, code, groups)
    return replace(noted, class_names=names, counts=tuple(totals[name] for name in names), assignments=assignments)


def _noted(candidate: LayoutCandidate, code: str, groups: Sequence[Group]) -> LayoutCandidate:
    counts = dict(zip(candidate.class_names, candidate.counts, strict=True))
    shown = [[[name, counts[name]] for name in group] for group in groups[:SHOWN_GROUPS]]
    note = Note(code, {"groups": shown, "count": len(groups)})
    return replace(candidate, notes=(*candidate.notes, note))


def _with_choice(candidate: LayoutCandidate, choice: str) -> LayoutCandidate:
    return replace(candidate, options=replace(candidate.options, similar_classes=choice))
