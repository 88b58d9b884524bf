"""What the pages look up about a data set again and again, worked out once: its pictures, copies and findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import KINDS, Advice, Audit, Issue, read_audit
from core.datasets.quality.embeddings import SURVEY_NAME, Survey, read_survey
from core.datasets.sample import Sample
from core.datasets.versions.pending_edits import Draft

MOST_KEPT = 10
# Not part of the data set: there is nothing to decide about them.
CORRUPT = "corrupt"


@dataclass(frozen=True)
class Findings:
    """What the audit and, once there is one, the survey found.

    Attributes:
        by_kind: the issues of each kind that occurs, in the order of `KINDS`, each worst first.
        by_path: the issues of each picture that has any.
        advice: what there is to say about the whole.
        suggested: class that a picture with a doubtful label looks like, by its path.
        groups: paths of the copies in each group that an issue is about, the one that is best kept first.
    """

    by_kind: Mapping[str, tuple[Issue, ...]]
    by_path: Mapping[str, tuple[Issue, ...]]
    advice: tuple[Advice, ...]
    suggested: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]

    def left(self, draft: Draft) -> dict[str, int]:
        """Returns how many pictures of each kind nothing was decided about yet."""
        decided = draft.decisions
        return {
            kind: len({issue.path for issue in issues if issue.path not in decided})
            for kind, issues in self.by_kind.items()
            if kind != CORRUPT
        }

    def num_left(self, draft: Draft) -> int:
        """Returns how many pictures something was found about and nothing decided yet."""
        return sum(path not in draft.decisions for path in self.by_path)


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT)
def _by_path(dataset_id: str, is_split: bool, share: float, _index: DatasetIndex) -> Mapping[str, Sample]:
    return {sample.path: sample for sample in _index.samples}


def by_path(index: DatasetIndex) -> Mapping[str, Sample]:
    """Returns the pictures of a data set by their `Sample.path`."""
    is_split = any(sample.split for sample in index.samples[:1])
    return _by_path(index.id, is_split, index.validation_split, index)


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT)
def _survey(path: Path, modified: int, _index: DatasetIndex) -> Survey | None:
    return read_survey(_index)


def survey(index: DatasetIndex) -> Survey | None:
    """Returns the data set's survey, or None where there is none yet."""
    path = index.folder / SURVEY_NAME
    try:
        return _survey(path, path.stat().st_mtime_ns, index)
    except OSError:
        return None


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT)
def _findings(
    audit_key: tuple, survey_key: tuple, _index: DatasetIndex, _audit: Audit, _survey: Survey | None
) -> Findings:
    issues = [*_audit.issues, *(_survey.issues if _survey else ())]
    by_kind: dict[str, list[Issue]] = {kind: [] for kind in KINDS}
    by_path: dict[str, list[Issue]] = {}
    for issue in issues:
        by_kind.setdefault(issue.kind, []).append(issue)
        if issue.kind != CORRUPT:
            by_path.setdefault(issue.path, []).append(issue)
    return Findings(
        {kind: tuple(own) for kind, own in by_kind.items() if own},
        {path: tuple(own) for path, own in by_path.items()},
        _audit.advice,
        dict(_survey.suggested) if _survey else {},
        _groups(_index, _audit),
    )


def _groups(index: DatasetIndex, audit: Audit) -> dict[str, tuple[str, ...]]:
    """Returns the copies in each group. A data set of old has no groups of its own, only those of its issues."""
    found: dict[str, list[str]] = {issue.group: [] for issue in audit.issues if issue.group}
    flagged = {issue.path: issue.group for issue in audit.issues if issue.group}
    for sample in index.samples:
        name = flagged.get(sample.path) or sample.group or sample.digest
        if name in found:
            found[name].append(sample.path)
    return {name: tuple(sorted(paths, key=lambda path: path in flagged)) for name, paths in found.items()}


def findings(index: DatasetIndex) -> Findings | None:
    """Returns what was found in a data set, or None before it was looked over."""
    audit = read_audit(index)
    if audit is None:
        return None
    seen = survey(index)
    audit_key = (index.id, audit.seconds, len(audit.issues), len(audit.advice))
    return _findings(audit_key, (seen.accuracy, len(seen.issues)) if seen else (), index, audit, seen)
