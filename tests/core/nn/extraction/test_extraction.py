"""Features that are damaged, deleted or NaN, through the real network."""

import shutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from core.backbones.availability import bundled_weights
from core.backbones.table import get_backbone
from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.errors import RunError
from core.events import Event
from core.nn.extraction import engines, extraction
from core.nn.extraction.extraction import FeatureSource
from core.nn.networks.classifier import Classifier, build_classifier
from core.nn.networks.weights import load_weights
from core.settings import Settings
from core.wording.coded import Note

BLOCKS = 2
MakeSource = Callable[..., FeatureSource]


@lru_cache(maxsize=1)
def classifier() -> Classifier:
    """The recommended network with two trainable blocks, so that the head's rows are computed from others."""
    built = build_classifier(TrainingConfig(image_size=64).with_options(trainable_blocks=BLOCKS), 3)
    backbone = get_backbone("efficientnet_lite0")
    load_weights(built.features, backbone, bundled_weights(backbone))
    return built


# Tracing takes a second, and all sources of this file compute with the same networks.
traced = lru_cache(engines._evaluation_call)


@pytest.fixture(autouse=True)
def traced_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_evaluation_call", traced)


@pytest.fixture
def make_source(home: Settings, dataset: DatasetIndex) -> MakeSource:
    config = TrainingConfig(image_size=64).with_options(trainable_blocks=BLOCKS)

    def make(events: list[Event] | None = None, built: Classifier | None = None) -> FeatureSource:
        on_event = (lambda event: None) if events is None else events.append
        return FeatureSource(built or classifier(), config, dataset, "weights", home.features, on_event, lambda: False)

    return make


def compute(source: FeatureSource) -> None:
    for boundary in (source.cut_boundary, source.head_boundary):
        source.ensure(boundary, [(source.dataset.samples, 0)])


def read(source: FeatureSource, boundary: str) -> np.ndarray:
    rows = source.rows(boundary, source.dataset.samples)
    return rows.read(np.arange(rows.num_rows))


def arrays(source: FeatureSource, boundary: str) -> list[Path]:
    return sorted(source._space(boundary, 0).folder.glob("*.npy"))


def spoil(path: Path, rows: int) -> None:
    """Writes over the end of the first rows."""
    array = np.lib.format.open_memmap(path, mode="r+")
    array[:rows, ..., -1] = np.nan
    array.flush()


@pytest.fixture(params=[0.25, 0.0], ids=["from memory", "from disk"])
def memory_share(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "MEMORY_SHARE", request.param)


@pytest.mark.usefixtures("memory_share")
def test_damaged_rows_are_computed_again_and_reported(make_source: MakeSource) -> None:
    first = make_source()
    compute(first)
    right = read(first, first.head_boundary)
    assert not any(note.code == "features_damaged" for note in first.notes)
    spoil(arrays(first, first.head_boundary)[0], 3)
    spoil(arrays(first, first.cut_boundary)[0], 5)

    events: list[Event] = []
    second = make_source(events)
    compute(second)
    assert events == []  # Everything seems to be there, as nothing was read yet.
    np.testing.assert_array_equal(read(second, second.head_boundary), right)
    # Three are computed from three of the five; the two others are noticed when they are read.
    assert Note("features_damaged", {"damaged": 3, "wanted": 30}) in second.notes
    read(second, second.cut_boundary)
    assert Note("features_damaged", {"damaged": 5, "wanted": 30}) in second.notes

    third = make_source()
    compute(third)
    np.testing.assert_array_equal(read(third, third.head_boundary), right)
    assert third.notes == []


def test_damaged_lists_of_features_are_reported(make_source: MakeSource) -> None:
    first = make_source()
    compute(first)
    right = read(first, first.head_boundary)
    for array in arrays(first, first.head_boundary):
        array.with_suffix(".digests.json").write_text("{")
    second = make_source()
    compute(second)
    np.testing.assert_array_equal(read(second, second.head_boundary), right)
    assert Note("feature_lists_damaged", {"count": 1}) in second.notes


@pytest.mark.usefixtures("memory_share")
@pytest.mark.parametrize("boundary", ["head inputs, average", "block 7"])
def test_features_deleted_before_they_are_read(make_source: MakeSource, home: Settings, boundary: str) -> None:
    source = make_source()
    assert boundary in (source.head_boundary, source.cut_boundary)
    compute(source)
    right = read(source, boundary)
    shutil.rmtree(home.features)
    # A process that has them open keeps reading, others compute them.
    np.testing.assert_array_equal(read(source, boundary), right)
    np.testing.assert_array_equal(read(make_source(), boundary), right)
    shutil.rmtree(source._space(boundary, 0).folder)
    np.testing.assert_array_equal(read(make_source(), boundary), right)


def test_rows_of_a_file_that_is_cut_while_they_are_read_are_computed_again(
    make_source: MakeSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extraction, "MEMORY_SHARE", 0.0)
    events: list[Event] = []
    source = make_source(events)
    compute(source)
    rows = source.rows(source.head_boundary, source.dataset.samples)
    right = rows.read(np.arange(30))
    told = len(events)
    for path in arrays(source, source.head_boundary):
        with path.open("r+b") as file:
            file.truncate(200)
    np.testing.assert_array_equal(rows.read(np.array([7, 3])), right[[7, 3]])
    np.testing.assert_array_equal(rows.read(np.arange(30)), right)
    # Training reports its own progress meanwhile.
    assert len(events) == told


def test_features_that_cant_be_stored_are_reported(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "ATTEMPTS", 2)
    source = make_source()
    ensure = source.ensure

    def spoiling(*arguments: object) -> None:
        ensure(*arguments)
        for path in arrays(source, source.cut_boundary):
            with path.open("r+b") as file:
                file.truncate(10)

    monkeypatch.setattr(source, "ensure", spoiling)
    with pytest.raises(RunError, match="damaged or deleted as fast as they are written"):
        source.rows(source.cut_boundary, source.dataset.samples)


def test_a_network_that_gives_nan_is_named_and_nothing_is_kept(make_source: MakeSource, home: Settings) -> None:
    built = build_classifier(TrainingConfig(image_size=64).with_options(trainable_blocks=BLOCKS), 3)
    kernel = built.prefix.weights[0]
    kernel.assign(np.full(kernel.shape, np.nan))
    source = make_source(built=built)
    with pytest.raises(RunError, match=r"EfficientNet-Lite0 gave values that aren't numbers for 30 of 30 pictures, "):
        compute(source)
    assert not list(home.features.glob("*/*.npy"))


def test_numbers_too_large_for_float16_become_the_largest(make_source: MakeSource) -> None:
    source = make_source()
    stored = source._stored("block 5", ["a", "b"], np.array([[1e6, 1.0], [-1e6, 2.0]], np.float32))
    assert stored.dtype == np.float16 and stored.tolist() == [[65504.0, 1.0], [-65504.0, 2.0]]


def test_some_of_the_pictures_that_were_read_are_named_the_newest_first(make_source: MakeSource) -> None:
    events: list[Event] = []
    source = make_source(events)
    compute(source)
    paths = [sample.path for sample in source.dataset.samples]
    told = [event.pictures for event in events if event.pictures]
    assert len(told[0]) == min(extraction.SHOWN_PICTURES, len(paths))
    assert set(told[0]) <= set(paths)
    # Faster than they can be seen, so they stay.
    assert paths.index(told[0][0]) > paths.index(told[0][1])
    assert not events[0].pictures


def test_pictures_that_are_shown_change_once_a_second(make_source: MakeSource, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = make_source().dataset.samples
    events: list[Event] = []
    progress = extraction.FeatureProgress(len(samples), 0, events.append)
    progress.add(samples[:2])
    progress.add(samples[2:4])
    monkeypatch.setattr(extraction, "SECONDS_A_PICTURE", 0.0)
    progress.add(samples[4:6])
    shown = [[samples[number].path for number in numbers] for numbers in ((1, 0), (1, 0), (5, 1, 0))]
    assert [list(event.pictures) for event in events] == shown
