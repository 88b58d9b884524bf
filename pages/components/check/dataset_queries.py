"""What pages look up about a data set repeatedly, computed once: its pictures, copies and findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core.datasets.edit import REMOVE
from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import KINDS, Advice, Audit, Issue, read_audit
from core.datasets.quality.embeddings import ANALYSIS_NAME, EmbeddingAnalysis, read_analysis
from core.datasets.sample import Sample
from core.datasets.versions.pending_edits import PendingEdits

MOST_KEPT = 10
# These files aren't part of the data set, so there is nothing to decide about them.
CORRUPT = "corrupt"


@dataclass(frozen=True)
class Findings:
    """What the audit and, if there is one, the survey found.

    Attributes:
        by_kind: the issues of each kind that occurs, in the order of `KINDS`, worst first within a kind.
        by_path: the issues of each picture that has any.
        advice: about the data set as a whole.
        suggested: the class that a picture with a doubtful label looks like, by path.
        groups: paths of the copies in each group that has an issue, the best one to keep first.
    """

    by_kind: Mapping[str, tuple[Issue, ...]]
    by_path: Mapping[str, tuple[Issue, ...]]
    advice: tuple[Advice, ...]
    suggested: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]

    def left(self, pending: PendingEdits) -> dict[str, int]:
        """Returns how many pictures of each kind are still undecided."""
        decided = pending.decisions
        return {
            kind: len({issue.path for issue in issues if issue.path not in decided})
            for kind, issues in self.by_kind.items()
            if kind != CORRUPT
        }

    def gone(self, pending: PendingEdits) -> tuple[str, ...]:
        """Returns the groups of copies of which the decisions so far leave none."""
        removed = {path for path, decision in pending.decisions.items() if decision == REMOVE}
        return tuple(name for name, paths in self.groups.items() if removed.issuperset(paths))

    def num_left(self, pending: PendingEdits) -> int:
        """Returns how many pictures with issues are still undecided."""
        return sum(path not in pending.decisions for path in self.by_path)


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT)
def _by_path(dataset_id: str, is_split: bool, share: float, _index: DatasetIndex) -> Mapping[str, Sample]:
    return {sample.path: sample for sample in _index.samples}


def by_path(dataset: DatasetIndex) -> Mapping[str, Sample]:
    """Returns the pictures of a data set by their `Sample.path`."""
    is_split = any(sample.split for sample in dataset.samples[:1])
    return _by_path(dataset.id, is_split, dataset.validation_split, dataset)


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT)
def _analysis(path: Path, modified: int, _index: DatasetIndex) -> EmbeddingAnalysis | None:
    return read_analysis(_index)


def analysis(dataset: DatasetIndex) -> EmbeddingAnalysis | None:
    """Returns the data set's survey, or None if there is none yet."""
    path = dataset.folder / ANALYSIS_NAME
    try:
        return _analysis(path, path.stat().st_mtime_ns, dataset)
    except OSError:
        return None


@st.cache_resource(show_spinner=False, max_entries=MOST_KEPT)
def _findings(
    audit_key: tuple, survey_key: tuple, _index: DatasetIndex, _audit: Audit, _analysis: EmbeddingAnalysis | None
) -> Findings:
    issues = [*_audit.issues, *(_analysis.issues if _analysis else ())]
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
        dict(_analysis.suggested) if _analysis else {},
        _groups(_index, _audit),
    )


def _groups(dataset: DatasetIndex, audit: Audit) -> dict[str, tuple[str, ...]]:
    """Returns the copies in each group; for a data set imported by an earlier version, groups come from its issues."""
    found: dict[str, list[str]] = {issue.group: [] for issue in audit.issues if issue.group}
    flagged = {issue.path: issue.group for issue in audit.issues if issue.group}
    for sample in dataset.samples:
        name = flagged.get(sample.path) or sample.group or sample.digest
        if name in found:
            found[name].append(sample.path)
    return {name: tuple(sorted(paths, key=lambda path: path in flagged)) for name, paths in found.items()}


def findings(dataset: DatasetIndex) -> Findings | None:
    """Returns what was found in a data set, or None if it hasn't been audited."""
    audit = read_audit(dataset)
    if audit is None:
        return None
    seen = analysis(dataset)
    audit_key = (dataset.id, audit.seconds, len(audit.issues), len(audit.advice))
    return _findings(audit_key, (seen.accuracy, len(seen.issues)) if seen else (), dataset, audit, seen)
