"""Stored in place of a sentence: a code with parameters, which a catalogue turns into words when it is shown."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

TEXT = "text"
Catalogue = Mapping[str, str | Callable[..., str]]


@dataclass(frozen=True)
class Coded:
    """A code with the parameters of its words.

    Attributes:
        code: such as `out_of_memory`; `text` for a sentence stored by an older version.
        parameters: texts, numbers and lists of them, as in JSON.
    """

    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.code, json.dumps(self.parameters, sort_keys=True)))

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Returns a code that stands for words without one: it is shown as these words."""
        return cls(TEXT, {"text": text})

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Reads what `as_json` returned, or a sentence of an older version.

        Raises:
            ValueError: it is neither.
        """
        if isinstance(value, str):
            return cls.of_text(value)
        if not isinstance(value, dict):
            raise ValueError(f"Expected a code with parameters. Received {value!r}.")
        code, parameters = value.get("code"), value.get("parameters")
        if not isinstance(code, str) or not isinstance(parameters, dict):
            raise ValueError(f"Expected a code with parameters. Received {value!r}.")
        return cls(code, parameters)

    def as_json(self) -> dict[str, Any]:
        """Returns it as JSON values."""
        return {"code": self.code, "parameters": dict(self.parameters)}


class Reason(Coded):
    """Why a file was left out."""


class Note(Coded):
    """Something worth knowing about a run or a data set."""


def words_of(found: Coded, catalogue: Catalogue, unknown: str) -> str:
    """Returns the words for a code.

    Args:
        found: the code with its parameters.
        catalogue: the words for each code, with the parameters' names in braces, or a function of the parameters.
        unknown: the words for a code that isn't in the catalogue, such as one of a newer version, with `{code}`.
    """
    if found.code == TEXT:
        return str(found.parameters.get("text", ""))
    try:
        words = catalogue[found.code]
        return words.format(**found.parameters) if isinstance(words, str) else words(**found.parameters)
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, IndexError):
        return unknown.format(code=found.code)
