import numpy as np
import pytest
import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import Audit, Issue, write_audit
from core.datasets.quality.embeddings import Survey, write_survey
from core.datasets.sample import Sample
from core.datasets.versions.pending_edits import Draft
from pages.components.dataset.dataset_queries import by_path, findings, survey


@pytest.fixture
def index(tmp_path):
    yield DatasetIndex(
        id="abc",
        name="Pets",
        class_names=("cat", "dog"),
        samples=tuple(
            Sample(f"pictures/{number}.png", number % 2, "", f"{number}.png", f"digest {number}", 9, 9, group)
            for number, group in enumerate(("", "digest 1", "digest 1", "", ""))
        ),
        skipped=(),
        num_ignored=0,
        folder=tmp_path,
    )
    st.cache_resource.clear()


def audited(index, *issues):
    write_audit(index, Audit(index.id, len(index.samples), issues, (), 0.1))


def issue(kind, number, group=""):
    return Issue(kind, f"pictures/{number}.png", "words", 0.5, group)


def test_data_set_that_was_not_looked_over_has_no_findings(index):
    assert findings(index) is None
    assert survey(index) is None


def test_findings_are_counted_without_what_was_decided_and_without_unreadable_files(index):
    audited(
        index, Issue("corrupt", "broken.png", "cut off", 1.0), issue("blank", 0), issue("dark", 0), issue("dark", 3)
    )
    found = findings(index)
    assert list(found.by_kind) == ["corrupt", "blank", "dark"]
    assert found.left(Draft()) == {"blank": 1, "dark": 2}
    assert found.num_left(Draft()) == 2
    draft = Draft({"pictures/0.png": "keep"})
    assert found.left(draft) == {"blank": 0, "dark": 1}
    assert found.num_left(draft) == 1


def test_what_a_survey_finds_joins_what_the_audit_found(index):
    audited(index, issue("blank", 0))
    assert list(findings(index).by_kind) == ["blank"]
    doubtful = issue("suspect_label", 3)
    paths = tuple(sample.path for sample in index.samples)
    places = np.zeros((len(paths), 2), np.float32)
    write_survey(index, Survey(index.id, "net", paths, places, (doubtful,), 0.9, {doubtful.path: "cat"}))
    found = findings(index)
    assert list(found.by_kind) == ["suspect_label", "blank"]
    assert found.suggested == {"pictures/3.png": "cat"}


def test_copies_of_a_group_are_together_the_one_to_keep_first(index):
    audited(index, issue("duplicate", 1, "digest 1"))
    assert findings(index).groups == {"digest 1": ("pictures/2.png", "pictures/1.png")}


def test_copies_in_a_data_set_of_old_are_told_by_their_issues(index):
    audited(index, issue("duplicate", 4, "digest 3"))
    assert findings(index).groups == {"digest 3": ("pictures/3.png", "pictures/4.png")}


def test_pictures_are_found_by_their_path_with_the_split_that_they_have_now(index):
    assert by_path(index)["pictures/3.png"].split == ""
    split = index.with_split(0.5)
    assert by_path(split)["pictures/3.png"].split in ("train", "validation")
    assert by_path(index)["pictures/3.png"].split == ""
