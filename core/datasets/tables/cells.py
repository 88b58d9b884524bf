"""Cells of tables: what is written into one, and what one says."""

import json
import re
from collections.abc import Callable, Collection
from contextlib import suppress

from core.datasets.names import escape_label, fold_name

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
YES, NO = frozenset(("1", "1.0", "true", "yes")), frozenset(("0", "0.0", "false", "no", ""))
MARKS = YES | NO
# What programs write where there is nothing. "None" and "NA" may be classes.
NOTHING = frozenset(("nan", "null", "<na>", "n/a", "#n/a"))
# What may stand between several labels in one cell.
LABEL_SEPARATORS = "|;,"
NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?([eE][-+]?\d+)?")


def as_cell(text: str) -> str:
    """Returns a text as a CSV is to have it: a spreadsheet would take it for a formula if it began like one."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def label_of(cell: str) -> str:
    """Returns the class that a cell names, fit to be shown; empty where it names none."""
    text = cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell
    label = escape_label(" ".join(text.split()))
    return "" if label.casefold() in NOTHING else label


def is_yes(cell: str) -> bool:
    """Whether a cell marks something as given, as the columns of a one-hot table do."""
    return cell.strip().casefold() in YES


def is_mark(cell: str) -> bool:
    """Whether a cell says yes or no, and nothing else."""
    return cell.strip().casefold() in MARKS


def is_number(cell: str) -> bool:
    """Whether a cell holds a number."""
    return bool(NUMBER.fullmatch(cell.strip()))


def column_word(cell: str) -> str:
    """Returns a column's name as it is compared: `Image Name`, `imageName` and `image-name` are one."""
    spaced = re.sub(r"(?<=[a-z\d])(?=[A-Z])", "_", cell.strip())
    return re.sub(r"[\W_]+", "_", fold_name(spaced)).strip("_")


def parter(values: Collection[str]) -> Callable[[str], tuple[str, ...]]:
    """Returns what parts a cell of several labels: `cat|dog`, `["cat", "dog"]`.

    A sign between words may well belong to the name of one class, as in `tench, Tinca tinca`. So what stands beside it
    has to be a class of its own in other rows.

    Args:
        values: all that the column holds.
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
    """Returns the texts of a list as JSON or Python writes it, None if it is none."""
    if not (cell.startswith("[") and cell.endswith("]")):
        return None
    for text in (cell, cell.replace("'", '"')):
        with suppress(ValueError, RecursionError):
            return [str(item) for item in json.loads(text) if isinstance(item, str | int)]
    return None
