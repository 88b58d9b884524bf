"""What a person has decided about single pictures and not yet made a version of: kept with the data set on disk."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.datasets.edits import RELABEL, REMOVE, Edit

KEEP = "keep"
RELABEL_PREFIX = f"{RELABEL}:"


@dataclass(frozen=True)
class Draft:
    """Decisions about pictures of a data set.

    Attributes:
        decisions: for pictures by their `Sample.path`, `keep`, `remove` or `relabel:<class>`.
    """

    decisions: Mapping[str, str] = field(default_factory=dict)

    def edits(self) -> tuple[Edit, ...]:
        """Returns the changes that the decisions amount to: none where all are to keep."""
        paths: dict[str, list[str]] = {}
        for path, decision in sorted(self.decisions.items()):
            paths.setdefault(decision, []).append(path)
        removed = paths.pop(REMOVE, [])
        edits = [Edit(REMOVE, tuple(removed))] if removed else []
        for decision, own in sorted(paths.items()):
            if decision.startswith(RELABEL_PREFIX):
                edits.append(Edit(RELABEL, tuple(own), (decision.removeprefix(RELABEL_PREFIX),)))
        return tuple(edits)
