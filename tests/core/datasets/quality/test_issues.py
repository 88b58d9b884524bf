"""Kinds of issues, single issues, and audits."""

import math

import pytest

from core.datasets.quality.issues import KINDS, Advice, Audit, Issue
from core.wording.coded import Reason


def issue(kind="blank", path="pictures/0.png", score=0.5):
    return Issue(kind, path, Reason("plain_colour"), score)


def test_each_kind_is_listed_under_its_name():
    assert [kind.name for kind in KINDS.values()] == list(KINDS)
    assert {kind.severity for kind in KINDS.values()} == {"fault", "warning", "hint"}


def test_faults_come_first_and_hints_last():
    ranks = [("fault", "warning", "hint").index(kind.severity) for kind in KINDS.values()]
    assert ranks == sorted(ranks)


@pytest.mark.parametrize("kind", ["", "unheard of", "Blank pictures"])
def test_unknown_kinds_are_refused(kind):
    with pytest.raises(ValueError, match=f"Expected an issue of a known kind about a picture. Received '{kind}'"):
        issue(kind)


@pytest.mark.parametrize("path", [None, 3, b"pictures/0.png"])
def test_paths_that_arent_strings_are_refused(path):
    with pytest.raises(ValueError, match="Expected an issue of a known kind about a picture"):
        issue(path=path)


def test_details_that_are_sentences_are_refused():
    with pytest.raises(ValueError, match="Expected an issue of a known kind about a picture"):
        Issue("blank", "pictures/0.png", "one plain colour", 0.5)


def test_issues_and_advice_of_older_versions_keep_their_words():
    values = {"kind": "blank", "path": "pictures/0.png", "detail": "dull", "score": 0.5, "group": ""}
    assert Issue.from_json(values) == Issue("blank", "pictures/0.png", Reason.of_text("dull"), 0.5)
    assert Advice.from_json({"kind": "leak", "text": "Mind."}) == Advice("leak", {"text": "Mind."})
    for broken in ({"kind": "leak", "text": 3}, {"kind": 3, "parameters": {}}, {"kind": "leak", "parameters": []}):
        with pytest.raises(ValueError, match="Expected"):
            Advice.from_json(broken)


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf, "high", None])
def test_scores_that_arent_finite_are_refused(score):
    with pytest.raises(ValueError, match="Expected a finite score"):
        issue(score=score)


def test_an_audit_counts_its_issues_in_the_order_of_the_kinds():
    kinds = ["blurry", "leak", "blurry", "blank"]
    issues = tuple(issue(kind, f"pictures/{number}.png") for number, kind in enumerate(kinds))
    audit = Audit("d", 9, issues, (), 0.1)
    assert list(audit.counts().items()) == [("leak", 1), ("blank", 1), ("blurry", 2)]
    assert [found.path for found in audit.of_kind("blurry")] == ["pictures/0.png", "pictures/2.png"]
    assert audit.of_kind("dark") == ()
    assert Audit("d", 9, (), (), 0.1).counts() == {}
