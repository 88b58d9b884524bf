import numpy as np
import pytest
import streamlit as st

from core.datasets.index import DatasetIndex
from core.datasets.quality.audit import Audit, Issue, write_audit
from core.datasets.quality.embeddings import EmbeddingAnalysis, write_analysis
from core.datasets.sample import Sample
from core.datasets.versions.pending_edits import PendingEdits
from core.wording.coded import Reason
from pages.components.check.dataset_queries import analysis, by_path, findings


@pytest.fixture
def dataset(tmp_path):
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


def audited(dataset, *issues):
    write_audit(dataset, Audit(dataset.id, len(dataset.samples), issues, (), 0.1))


def issue(kind, number, group=""):
    return Issue(kind, f"pictures/{number}.png", Reason.of_text("words"), 0.5, group)


def test_a_data_set_without_an_audit_has_no_findings(dataset):
    assert findings(dataset) is None
    assert analysis(dataset) is None


def test_findings_are_counted_without_decided_and_unreadable_files(dataset):
    audited(
        dataset,
        Issue("corrupt", "broken.png", Reason("cut_off"), 1.0),
        issue("blank", 0),
        issue("dark", 0),
        issue("dark", 3),
    )
    found = findings(dataset)
    assert list(found.by_kind) == ["corrupt", "blank", "dark"]
    assert found.left(PendingEdits()) == {"blank": 1, "dark": 2}
    assert found.num_left(PendingEdits()) == 2
    pending = PendingEdits({"pictures/0.png": "keep"})
    assert found.left(pending) == {"blank": 0, "dark": 1}
    assert found.num_left(pending) == 1


def test_what_a_survey_finds_joins_what_the_audit_found(dataset):
    audited(dataset, issue("blank", 0))
    assert list(findings(dataset).by_kind) == ["blank"]
    doubtful = issue("suspect_label", 3)
    paths = tuple(sample.path for sample in dataset.samples)
    places = np.zeros((len(paths), 2), np.float32)
    write_analysis(
        dataset, EmbeddingAnalysis(dataset.id, "net", paths, places, (doubtful,), 0.9, {doubtful.path: "cat"})
    )
    found = findings(dataset)
    assert list(found.by_kind) == ["suspect_label", "blank"]
    assert found.suggested == {"pictures/3.png": "cat"}


def test_copies_of_a_group_are_together_the_one_to_keep_first(dataset):
    audited(dataset, issue("duplicate", 1, "digest 1"))
    assert findings(dataset).groups == {"digest 1": ("pictures/2.png", "pictures/1.png")}


def test_copies_in_a_data_set_of_an_older_version_come_from_its_issues(dataset):
    audited(dataset, issue("duplicate", 4, "digest 3"))
    assert findings(dataset).groups == {"digest 3": ("pictures/3.png", "pictures/4.png")}


def test_pictures_are_found_by_their_path_with_the_split_that_they_have_now(dataset):
    assert by_path(dataset)["pictures/3.png"].split == ""
    split = dataset.with_split(0.5)
    assert by_path(split)["pictures/3.png"].split in ("train", "validation")
    assert by_path(dataset)["pictures/3.png"].split == ""
