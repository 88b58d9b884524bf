"""What is stored in place of a sentence: a code with parameters, of which a catalogue makes words where it is shown."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

TEXT = "text"
Catalogue = Mapping[str, str | Callable[..., str]]


@dataclass(frozen=True)
class Coded:
    """A code with what its words need.

    Attributes:
        code: such as `out_of_memory`; `text` for a sentence that was stored before there were codes.
        parameters: texts, numbers and lists of them, as JSON has them.
    """

    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.code, json.dumps(self.parameters, sort_keys=True)))

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Returns what stands for words that have no code: it is shown as these words."""
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
        """Returns it as JSON takes it."""
        return {"code": self.code, "parameters": dict(self.parameters)}


class Reason(Coded):
    """Why a file was left out."""


class Note(Coded):
    """Something that is worth saying about a run or a data set."""


def words_of(found: Coded, catalogue: Catalogue, unknown: str) -> str:
    """Returns the words for a code.

    Args:
        found: the code with its parameters.
        catalogue: for each code its words, with the parameters' names in braces, or a function of the parameters.
        unknown: for a code that isn't in the catalogue, such as one of a newer version; `{code}` stands for it.
    """
    if found.code == TEXT:
        return str(found.parameters.get("text", ""))
    try:
        words = catalogue[found.code]
        return words.format(**found.parameters) if isinstance(words, str) else words(**found.parameters)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return unknown.format(code=found.code)
