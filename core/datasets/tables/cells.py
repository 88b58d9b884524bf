"""Cells of tables: how to write and read them."""

import json
import re
from collections.abc import Callable, Collection
from contextlib import suppress

from core.datasets.names import escape_label, fold_name

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
YES, NO = frozenset(("1", "1.0", "true", "yes")), frozenset(("0", "0.0", "false", "no", ""))
MARKS = YES | NO
# What programs write for a missing value. "None" and "NA" may be classes.
NOTHING = frozenset(("nan", "null", "<na>", "n/a", "#n/a"))
# What may separate several labels in one cell.
LABEL_SEPARATORS = "|;,"
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?([eE][-+]?\d+)?")


def as_cell(text: str) -> str:
    """Returns a text for a CSV, escaped if a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def label_of(cell: str) -> str:
    """Returns the class that a cell names, safe to show; empty if it names none."""
    text = cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell
    label = escape_label(" ".join(text.split()))
    return "" if label.casefold() in NOTHING else label


def is_yes(cell: str) -> bool:
    """Whether a cell says yes, as in the columns of a one-hot table."""
    return cell.strip().casefold() in YES


def is_mark(cell: str) -> bool:
    """Whether a cell says yes or no, and nothing else."""
    return cell.strip().casefold() in MARKS


def is_number(cell: str) -> bool:
    """Whether a cell holds a number."""
    return bool(NUMBER.fullmatch(cell.strip()))


def column_word(cell: str) -> str:
    """Returns a column's name for comparison: `Image Name`, `imageName` and `image-name` are the same."""
    spaced = re.sub(r"(?<=[a-z\d])(?=[A-Z])", "_", cell.strip())
    return re.sub(r"[\W_]+", "_", fold_name(spaced)).strip("_")


def parter(values: Collection[str]) -> Callable[[str], tuple[str, ...]]:
    """Returns a function that splits a cell of several labels: `cat|dog`, `["cat", "dog"]`.

    A separator may belong to the name of one class, as in `tench, Tinca tinca`. So the texts beside it have
    to be classes of their own in other rows.

    Args:
        values: all values of the column.
    """
    labels = {label_of(value) for value in values}
    separator = next((sign for sign in LABEL_SEPARATORS if _parts_labels(labels, sign)), "")

    def parts(cell: str) -> tuple[str, ...]:
        listed = _listed(cell)
        if listed is None:
            listed = cell.split(separator) if separator else [cell]
        return tuple(dict.fromkeys(label for part in listed if (label := label_of(part))))

    return parts


def _parts_labels(labels: Collection[str], sign: str) -> bool:
    parts = {part.strip() for label in labels if sign in label for part in label.split(sign)} - {""}
    known = sum(part in labels for part in parts)
    return known > 0 and (sign == "|" or known == len(parts))


def _listed(cell: str) -> list[str] | None:
    """Returns the texts of a list as JSON or Python writes it; None if it isn't one."""
    if not (cell.startswith("[") and cell.endswith("]")):
        return None
    for text in (cell, cell.replace("'", '"')):
        with suppress(ValueError, RecursionError):
            return [str(item) for item in json.loads(text) if isinstance(item, str | int)]
    return None
