"""What `evaluate --by` prints: how good a model is on each group of pictures."""

from typing import Any

import click

from core.cli.terminal.output import in_words, print_table
from core.datasets.attributes.groupings import READY_MADE, Grouping, groupings
from core.datasets.attributes.own_attributes import read_attributes
from core.datasets.index import DatasetIndex
from core.errors import DatasetError
from core.evaluation.evaluation import Evaluation
from core.evaluation.slices import GroupScore, Slices, slice_by
from core.evaluation.words import slices as words
from core.wording.lists import listed


def choose_grouping(dataset: DatasetIndex, evaluation: Evaluation, name: str) -> Grouping:
    """Returns a way to part the pictures of an evaluation into groups.

    Args:
        dataset: the data set that they are from.
        evaluation: of the pictures.
        name: one of `READY_MADE`, or a column of the data set's table.

    Raises:
        DatasetError: there is no such way, or it gives fewer than two groups or too many.
    """
    found = groupings(dataset, evaluation.paths, read_attributes(dataset))
    grouping = found.find(name)
    if grouping is None:
        offered = listed([words.address_name(grouping.name) for grouping in found.offered]) or "nothing: all are alike"
        why = " It doesn't part these pictures into a few groups." if name in READY_MADE else ""
        raise DatasetError(f"Expected --by out of {offered}. Received {name!r}.{why} Choose one of these.")
    return grouping


def print_slices(evaluation: Evaluation, grouping: Grouping) -> None:
    """Prints the table of the groups, the largest gap, and what can't be told."""
    slices = slice_by(evaluation, grouping.group_of)
    names = [words.group_name(group) for group in grouping.groups]
    click.echo(f"\nBy {in_words(words.address_name(grouping.name))}:")
    print_table(
        ("group", "pictures", "right", "accuracy", "95 % interval", "macro recall", "macro F1"),
        [_row(score, names) for score in _all(slices)],
    )
    sentences = (
        words.gap_sentence(slices, names),
        words.pairs_sentence(slices),
        words.small_sentence(slices, names),
        words.unknown_sentence(slices),
    )
    click.echo("")
    for sentence in filter(None, sentences):
        click.echo(in_words(sentence))


def slices_values(evaluation: Evaluation, grouping: Grouping) -> dict[str, Any]:
    """Returns the same as JSON values."""
    slices = slice_by(evaluation, grouping.group_of)
    names = [words.group_name(group) for group in grouping.groups]
    gap = slices.gap
    return {
        "by": words.address_name(grouping.name),
        "groups": [
            {
                "name": _name(score, names),
                "num_pictures": score.num_pictures,
                "num_right": score.num_right,
                "accuracy": score.accuracy,
                "interval": score.interval,
                "macro_recall": score.macro_recall,
                "macro_f1": score.macro_f1,
                "is_too_small": score.is_too_small,
                "is_known": score is not slices.unknown,
            }
            for score in _all(slices)
        ],
        "gap": gap
        and {
            "better": names[gap.better.group],
            "worse": names[gap.worse.group],
            "difference": gap.difference,
            "interval": gap.interval,
            "is_sure": gap.is_sure,
        },
        "differences": slices.differences,
    }


def _all(slices: Slices) -> list[GroupScore]:
    return [*slices.groups, *([slices.unknown] if slices.unknown else [])]


def _name(score: GroupScore, names: list[str]) -> str:
    return names[score.group] if score.group >= 0 else words.UNKNOWN


def _row(score: GroupScore, names: list[str]) -> tuple[object, ...]:
    low, high = score.interval
    return (
        in_words(_name(score, names)),
        score.num_pictures,
        score.num_right,
        score.accuracy,
        f"{low:.3f} to {high:.3f}",
        score.macro_recall,
        score.macro_f1,
    )
