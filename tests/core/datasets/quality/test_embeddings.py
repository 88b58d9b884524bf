"""Surveys as they are stored."""

from dataclasses import replace

import numpy as np
import pytest

from core.datasets.quality.audit import Issue
from core.datasets.quality.embeddings import ANALYSIS_NAME, EmbeddingAnalysis, read_analysis, write_analysis
from core.datasets.store.store import DatasetStore
from core.errors import DatasetError
from core.wording.coded import Reason
from tests.conftest import draw_folder


@pytest.fixture
def shapes(home, tmp_path):
    return DatasetStore(home).import_source(draw_folder(tmp_path / "shapes", 4))


@pytest.fixture
def made_up(shapes) -> EmbeddingAnalysis:
    first, second = shapes.samples[0].path, shapes.samples[5].path
    return EmbeddingAnalysis(
        dataset_id=shapes.id,
        backbone="efficientnet_lite0",
        paths=(first, second),
        coordinates=np.array([[0.5, -1], [0, 1]], np.float32),
        issues=(
            Issue("suspect_label", first, Reason("looks_like", {"class_name": "stripes", "probability": 0.97}), 0.96),
            Issue("suspect_label", second, Reason("looks_like", {"class_name": "a “circle”", "probability": 0.8}), 0.7),
            Issue("outlier", second, Reason.of_text("likeness to other pictures 0.21, usual for square is 0.80"), 0.79),
        ),
        accuracy=0.75,
        suggested={first: "stripes", second: "circle"},
    )


def test_what_is_stored_comes_back(shapes, made_up):
    assert read_analysis(shapes) is None
    write_analysis(shapes, made_up)
    found = read_analysis(shapes)
    np.testing.assert_array_equal(found.coordinates, made_up.coordinates)
    for name in ("dataset_id", "backbone", "paths", "issues", "accuracy", "suggested"):
        assert getattr(found, name) == getattr(made_up, name)
    assert [issue.score for issue in found.of_kind("suspect_label")] == [0.96, 0.7]
    assert sorted(path.name for path in shapes.folder.iterdir() if "survey" in path.name) == [ANALYSIS_NAME]


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut off"])
def test_a_damaged_survey_counts_as_missing(shapes, content):
    (shapes.folder / ANALYSIS_NAME).write_bytes(content)
    assert read_analysis(shapes) is None


def test_the_survey_of_another_data_set_counts_as_missing(shapes, made_up):
    write_analysis(shapes, replace(made_up, dataset_id="another"))
    assert read_analysis(shapes) is None
    write_analysis(shapes, replace(made_up, paths=made_up.paths[:1]))
    assert read_analysis(shapes) is None


def test_a_data_set_that_was_deleted_meanwhile(shapes, made_up, home):
    DatasetStore(home).delete(shapes.id)
    with pytest.raises(DatasetError, match="Was the data set deleted, or is the disk full"):
        write_analysis(shapes, made_up)
