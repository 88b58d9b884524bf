"""Mean heat maps in a process of their own: what is told on the way, what stays, and in which words they fail."""

from pathlib import Path

import pytest

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.errors import CoreError, RunError, Stopped
from core.explanation.class_maps import class_maps_path, load_class_maps
from core.nn.training.training import run_training
from core.processes.actions import ComputeClassMaps
from core.processes.class_maps_process import class_maps_in_subprocess, handlers_for
from core.progress import ignore_event, never_stop
from core.settings import Settings
from tests.conftest import draw_folder
from tests.processes import children, kill_children

pytestmark = pytest.mark.slow
PROCESS = "core.processes.class_maps_process"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, DatasetIndex]:
    folder = tmp_path_factory.mktemp("maps")
    settings = Settings(folder / "home")
    dataset = DatasetStore(settings).import_source(draw_folder(folder / "shapes", 6))
    config = TrainingConfig(image_size=64).with_options(epochs=3)
    run_training(config, dataset, settings.runs / "first", settings, ignore_event, never_stop)
    return settings, dataset


def test_stopped_and_killed_ones_leave_nothing(trained):
    settings, dataset = trained
    events = []
    with pytest.raises(Stopped):
        class_maps_in_subprocess(settings, "first", dataset, events.append, lambda: bool(events))
    with pytest.raises(RunError, match="killed by the system"):
        class_maps_in_subprocess(settings, "first", dataset, lambda event: kill_children(PROCESS))
    assert load_class_maps(class_maps_path(settings.runs / "first")) is None
    assert not children(PROCESS)


def test_they_are_stored_with_the_run(trained):
    settings, dataset = trained
    events = []
    found = class_maps_in_subprocess(settings, "first", dataset, events.append)
    assert list(dict.fromkeys(event.phase for event in events)) == ["starting", "explain"]
    assert [one.class_name for one in found] == ["circle", "square", "stripes"]
    assert sum(one.num_pictures for one in found) == 3  # those that were held out
    assert len(load_class_maps(class_maps_path(settings.runs / "first"))) == 3
    assert not children(PROCESS)


def test_what_cannot_be_done_is_refused_in_words(trained, tmp_path: Path):
    settings, dataset = trained
    compute = handlers_for(settings)[ComputeClassMaps]
    with pytest.raises(RunError, match="no model"):
        compute(ComputeClassMaps("gone", dataset.folder), ignore_event, never_stop)
    with pytest.raises(CoreError, match="missing or damaged"):
        compute(ComputeClassMaps("first", tmp_path), ignore_event, never_stop)
