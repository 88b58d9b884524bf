"""Surveys with the real bundled network: planted faults are found, and features are shared with runs."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.quality.embeddings import EmbeddingAnalysis
from core.datasets.store.samples import import_sample
from core.datasets.store.store import DatasetStore
from core.errors import Stopped
from core.events import Event
from core.nn.analysis.embeddings import analyse
from core.nn.training.training import run_training
from core.settings import ImportLimits, Settings
from core.wording.issues import issue_detail
from tests.conftest import draw_folder, draw_shape

A_CLASS = 30
WRONG = {"brick": 2, "grass": 2, "gravel": 2}
ODD = 3


def plant(folder: Path, dataset: DatasetIndex) -> set[str]:
    """Writes patches of three textures as class folders, some in the wrong class, and some unrelated pictures.

    Returns:
        Names of those in the wrong folder.
    """
    wrong = set()
    for name in dataset.class_names:
        (folder / name).mkdir(parents=True)
    for label, name in enumerate(dataset.class_names):
        following = dataset.class_names[(label + 1) % len(dataset.class_names)]
        for number, sample in enumerate(dataset.select("train")[label * 60 : label * 60 + A_CLASS]):
            is_wrong = number < WRONG[name]
            shutil.copy(
                dataset.picture_path(sample), folder / (following if is_wrong else name) / f"{name} {number}.png"
            )
            if is_wrong:
                wrong.add(f"{following}/{name} {number}.png")
    generator = np.random.default_rng(0)
    for number in range(ODD):
        draw_shape("circle", generator, 96).save(folder / "grass" / f"odd {number}.png")
    return wrong


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[DatasetIndex, set[str], EmbeddingAnalysis]:
    """Textures with planted faults, the pictures in the wrong class, and the survey."""
    folder = tmp_path_factory.mktemp("planted")
    settings = Settings(home=folder / "home", import_limits=ImportLimits(free_disk_bytes=0))
    store = DatasetStore(settings)
    wrong = plant(folder / "pictures", import_sample(store, "textures"))
    dataset = store.import_source(folder / "pictures")
    return dataset, wrong, analyse(dataset, settings)


def names_of(dataset: DatasetIndex, issues) -> list[str]:
    names = {sample.path: "/".join(sample.name.split("/")[-2:]) for sample in dataset.samples}
    return [names[issue.path] for issue in issues]


@pytest.mark.slow
def test_planted_wrong_labels_are_found_and_hardly_any_right_ones(planted):
    dataset, wrong, found = planted
    names = set(names_of(dataset, found.of_kind("suspect_label")))
    assert len(names & wrong) >= 5
    assert len(names - wrong - {f"grass/odd {number}.png" for number in range(ODD)}) == 0
    assert 0.9 < found.accuracy < 0.95


def test_the_class_a_picture_looks_like_is_given(planted):
    dataset, wrong, found = planted
    issues = found.of_kind("suspect_label")
    for issue, name in zip(issues, names_of(dataset, issues), strict=True):
        if name in wrong:
            right = name.split("/")[1].split(" ")[0]
            assert found.suggested[issue.path] == right
            assert issue_detail(issue.detail).startswith(f"looks like {right} (0.")
    assert [issue.score for issue in issues] == sorted((issue.score for issue in issues), reverse=True)
    assert set(found.suggested) == {issue.path for issue in issues}


def test_pictures_that_do_not_belong_are_outliers(planted):
    dataset, _, found = planted
    issues = found.of_kind("outlier")
    names = names_of(dataset, issues)
    assert {f"grass/odd {number}.png" for number in range(ODD)} <= set(names)
    assert len(names) <= ODD + 1
    assert issue_detail(issues[0].detail).startswith("likeness to other pictures 0.")
    assert ", usual for grass is 0." in issue_detail(issues[0].detail)


def test_similar_pictures_are_near_each_other_on_the_map(planted):
    dataset, _, found = planted
    assert found.backbone == "efficientnet_lite0" and found.dataset_id == dataset.id
    assert found.paths == tuple(sample.path for sample in dataset.samples)
    assert found.coordinates.shape == (len(dataset.samples), 2)
    # By what they show, which for some isn't their folder.
    shown = [sample.name.split("/")[-1].split(" ")[0] for sample in dataset.samples]
    apart = np.linalg.norm(found.coordinates[:, None] - found.coordinates, axis=2)
    np.fill_diagonal(apart, np.inf)
    agree = [shown[nearest] == own for own, nearest in zip(shown, apart.argmin(axis=1), strict=True)]
    assert np.mean(agree) > 0.95


@pytest.fixture
def shapes(home: Settings, tmp_path: Path) -> DatasetIndex:
    """Three shapes, six pictures each, at the size that the recommended recipe takes."""
    return DatasetStore(home).import_source(draw_folder(tmp_path / "few", 6))


def phases(events) -> list[str]:
    return list(dict.fromkeys(event.phase for event in events))


@pytest.mark.slow
def test_after_a_recommended_run_nothing_is_computed_and_after_a_survey_neither(shapes, home):
    by_run, by_survey = [], []
    run_training(TrainingConfig().with_options(epochs=1), shapes, home.runs / "one", home, by_run.append, lambda: False)
    first = analyse(shapes, home, by_survey.append)
    assert "features" in phases(by_run)
    assert phases(by_survey) == ["weights", "labels", "outliers", "map"]

    shutil.rmtree(home.features)
    by_survey, by_run = [], []
    second = analyse(shapes, home, by_survey.append)
    run_training(TrainingConfig().with_options(epochs=1), shapes, home.runs / "two", home, by_run.append, lambda: False)
    assert phases(by_survey) == ["weights", "features", "labels", "outliers", "map"]
    assert "features" not in phases(by_run) and "head" in phases(by_run)
    np.testing.assert_array_equal(first.coordinates, second.coordinates)
    assert first.issues == second.issues


def test_a_stopped_survey_keeps_the_features(shapes, home):
    events, again = [], []
    with pytest.raises(Stopped):
        analyse(shapes, home, events.append, lambda: any(event.phase == "labels" for event in events))
    analyse(shapes, home, again.append)
    assert "features" in phases(events) and "features" not in phases(again)


def test_the_smallest_data_set(home, tmp_path):
    dataset = DatasetStore(home).import_source(draw_folder(tmp_path / "least", 2, ("circle", "square")))
    found = analyse(dataset, home)
    assert found.coordinates.shape == (4, 2) and np.isfinite(found.coordinates).all()
    assert found.of_kind("suspect_label") == ()


@pytest.mark.slow
def test_damaged_and_deleted_features_are_computed_again(home: Settings, dataset: DatasetIndex) -> None:
    first = analyse(dataset, home)
    (array,) = home.features.glob("*/*.npy")
    rows = np.lib.format.open_memmap(array, mode="r+")
    rows[:5] = np.nan
    rows.flush()
    again = analyse(dataset, home)
    np.testing.assert_array_equal(again.coordinates, first.coordinates)
    assert (again.accuracy, again.issues) == (first.accuracy, first.issues)
    deleted: list[str] = []

    def delete(event: Event) -> None:
        deleted.append(event.phase)
        shutil.rmtree(home.features, ignore_errors=True)

    np.testing.assert_array_equal(analyse(dataset, home, delete).coordinates, first.coordinates)
    assert {"weights", "features", "labels"} <= set(deleted)
