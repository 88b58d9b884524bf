"""What commands print: tables for users, one JSON object for programs."""

import json
import math
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

NUMBER = re.compile(r"[\d.,-]+")

json_option: Callable = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object, last on standard output."
)


def accept_any_text() -> None:
    r"""Has standard output write what its encoding lacks as `\uXXXX`, where Python would give up half-way.

    A file or a pipe has the encoding of the system, on Windows one of 256 signs. Standard error does so by itself.
    """
    if reconfigure := getattr(sys.stdout, "reconfigure", None):
        reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Prints a message on standard error."""
    click.echo(text, err=True)


def print_json(values: Mapping[str, Any]) -> None:
    """Prints one JSON object on one line; numbers that aren't finite become null."""
    click.echo(json.dumps(_finite(values), allow_nan=False))


def print_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints columns of text, with numbers right-aligned."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(line[column]) for line in [list(header), *cells]) for column in range(len(header))]
    right = [bool(rows) and all(NUMBER.fullmatch(row[column]) for row in cells) for column in range(len(header))]
    for line in [list(header), *cells]:
        aligned = [
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(line, widths, right, strict=True)
        ]
        click.echo("  ".join(aligned).rstrip())


def print_facts(facts: Mapping[str, object]) -> None:
    """Prints names and values, one pair per line."""
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        text = f"{value:g}" if isinstance(value, float) else in_words(str(value))
        click.echo(f"{name.ljust(width)}  {text}".rstrip())


def moment(seconds: float) -> str:
    """Returns a time, given in seconds since 1970, in local time."""
    return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")


def in_words(text: str) -> str:
    """Returns a text from users on one line, without terminal control characters."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "-" if math.isnan(value) else f"{value:.3f}"
    return in_words(str(value))


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _finite(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
