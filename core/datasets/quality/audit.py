"""The audit of a data set: what is wrong with its pictures, computed once and stored with the data set."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from pathlib import Path

from core.datasets.index import DatasetIndex
from core.datasets.quality.advice import advise
from core.datasets.quality.duplicate_issues import find_duplicate_issues, keep_one
from core.datasets.quality.duplicates import group_duplicates
from core.datasets.quality.image_statistics import look_over
from core.datasets.quality.issues import KINDS, Advice, Audit, Issue, IssueKind
from core.datasets.quality.quality_checks import check_pictures
from core.datasets.quality.storing import storing_findings
from core.files import durable
from core.progress import OnEvent, Progress, ShouldStop, ignore_event, never_stop

__all__ = [
    "KINDS",
    "Advice",
    "Audit",
    "Issue",
    "IssueKind",
    "audit",
    "examine",
    "keep_one",
    "read_audit",
    "write_audit",
]
AUDIT_NAME = "audit.json"
AUDIT_FORMAT = 2
# Format 1 stored sentences instead of codes.
READABLE_FORMATS = (1, AUDIT_FORMAT)
# Why intact pictures were left out.
WITHOUT_CLASS = ("outside", "misnamed", "no_class")
PHASE = "audit"


def audit(dataset: DatasetIndex, on_event: OnEvent = ignore_event, should_stop: ShouldStop = never_stop) -> Audit:
    """Audits a data set. Pictures that were measured when they were imported aren't decoded again.

    Args:
        dataset: the data set; it must be in its final folder.
        on_event: told of the phase `audit` (pictures).
        should_stop: asked a few times a second.

    Raises:
        Stopped: `should_stop` said so.
    """
    return _look(dataset, on_event, should_stop)[1]


def examine(
    dataset: DatasetIndex, on_event: OnEvent = ignore_event, should_stop: ShouldStop = never_stop
) -> DatasetIndex:
    """Audits a new data set before it is published, and writes the audit into its folder.

    Args:
        dataset: the data set; its pictures must be in its folder, with their image statistics as far as known.
        on_event: told of the phase `audit` (pictures).
        should_stop: asked a few times a second.

    Returns:
        The data set with the groups of copies found.

    Raises:
        Stopped: `should_stop` said so.
    """
    grouped, found = _look(dataset, on_event, should_stop)
    write_audit(grouped, found)
    return grouped


def _look(dataset: DatasetIndex, on_event: OnEvent, should_stop: ShouldStop) -> tuple[DatasetIndex, Audit]:
    began = time.monotonic()
    progress = Progress(PHASE, len(dataset.samples), on_event, should_stop)
    rows = look_over(dataset, progress)
    groups = group_duplicates(dataset.samples, rows, progress)
    pairs = zip(dataset.samples, groups, strict=True)
    grouped = replace(dataset, samples=tuple(replace(sample, group=group) for sample, group in pairs))
    faults = check_pictures(dataset, rows)
    copies = find_duplicate_issues(grouped, rows, {issue.path for issue in faults})
    issues = _sorted([*_unreadable(dataset), *copies, *faults])
    advice = advise(grouped, issues)
    progress.finish()
    return grouped, Audit(dataset.id, len(dataset.samples), issues, advice, round(time.monotonic() - began, 3))


def _unreadable(dataset: DatasetIndex) -> list[Issue]:
    """Returns an issue for each unusable file, but not for intact pictures that belong to no class."""
    return [
        Issue("corrupt", item.name, item.reason, 1.0)
        for item in dataset.skipped
        if item.reason.code not in WITHOUT_CLASS
    ]


def _sorted(issues: Sequence[Issue]) -> tuple[Issue, ...]:
    """Returns issues in the order of their kinds, worst first, with copies of one picture next to each other."""
    order = {kind: place for place, kind in enumerate(KINDS)}
    worst: dict[tuple[str, str], float] = {}
    for issue in issues:
        key = (issue.kind, issue.group or issue.path)
        worst[key] = max(worst.get(key, 0.0), issue.score)
    return tuple(
        sorted(
            issues,
            key=lambda issue: (
                order[issue.kind],
                -worst[issue.kind, issue.group or issue.path],
                issue.group,
                -issue.score,
                issue.path,
            ),
        )
    )


def write_audit(dataset: DatasetIndex, audit: Audit) -> None:
    """Writes the audit into the data set's folder, atomically.

    Raises:
        DatasetError: the folder can't be written to, or was deleted meanwhile.
    """
    values = {"format": AUDIT_FORMAT, **asdict(audit)}
    with storing_findings(dataset):
        durable.write(dataset.folder / AUDIT_NAME, json.dumps(values, allow_nan=False).encode())


def read_audit(dataset: DatasetIndex) -> Audit | None:
    """Returns the stored audit, or None if there is none that can be read."""
    path = dataset.folder / AUDIT_NAME
    try:
        status = path.stat()
        audit = _read(path, status.st_mtime_ns, status.st_size, status.st_ino)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return audit if audit.dataset_id == dataset.id else None


@lru_cache(maxsize=16)
def _read(path: Path, _modified: int, _size: int, _inode: int) -> Audit:
    """Reads an audit; the result is frozen, so it can be cached for an unchanged file."""
    values = json.loads(path.read_text(encoding="utf-8"))
    if values.pop("format") not in READABLE_FORMATS:
        raise ValueError("an audit of another version")
    values["issues"] = tuple(Issue.from_json(item) for item in values["issues"])
    values["advice"] = tuple(Advice.from_json(item) for item in values["advice"])
    audit = Audit(**values)
    if not isinstance(audit.seconds, int | float) or not isinstance(audit.num_pictures, int):
        raise ValueError("numbers that aren't numbers")
    return audit
