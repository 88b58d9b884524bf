"""Made-up outcomes of experiments, for what is computed of them, and one that was really trained."""

import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import Evaluation
from core.experiments import plans, progress
from core.experiments.experiment import Arm, Experiment, Kind
from core.experiments.plans import Choices
from core.experiments.progress import ArmState, ExperimentState, ExperimentStatus, state_of
from core.experiments.results import Outcome
from core.experiments.store import ExperimentStore
from core.runs import queue
from core.runs.records.run import Run, RunStatus
from core.runs.records.store import RunStore
from core.settings import Settings, settings
from tests.conftest import draw_folder
from tests.shared_folders import shared_folder

DEADLINE_SECONDS = 300
NAMES = ("cat", "dog")
Raced = tuple[RunStore, ExperimentState]


def dataset_of(*sizes: int, validation: int = 4) -> DatasetIndex:
    """A data set of classes with so many training pictures each, and its own validation pictures; none is on disk."""
    samples = [
        Sample(f"{split}/{label}/{number}.png", label, split, f"{number}.png", f"{split} {label} {number}", 40, 40)
        for label, size in enumerate(sizes)
        for split, count in (("train", size), ("validation", validation))
        for number in range(count)
    ]
    names = tuple(f"class {label}" for label in range(len(sizes)))
    return DatasetIndex("d", "Data", names, tuple(samples), (), 0, Path("/nowhere"))


def answers(is_right: Sequence[bool] | np.ndarray) -> Evaluation:
    """The evaluation of a model that is right about these pictures and wrong about the others."""
    right = np.asarray(is_right, bool)
    labels = np.arange(len(right)) % 2
    probabilities = np.full((len(right), 2), 0.25)
    probabilities[np.arange(len(right)), np.where(right, labels, 1 - labels)] = 0.75
    return Evaluation("validation", NAMES, labels, probabilities, tuple(f"{index:05}" for index in range(len(right))))


def some_right(right: int, total: int) -> np.ndarray:
    """So many right answers, the first ones."""
    return np.arange(total) < right


def outcome(
    lane: str,
    is_right: Sequence[bool] | np.ndarray,
    x: float = 0,
    draw: int = 0,
    seconds: float = 5.0,
    config: TrainingConfig | None = None,
) -> Outcome:
    """An arm that is done, with these answers."""
    config = config or TrainingConfig()
    arm = Arm(f"{lane}-{x:g}-{draw}", lane, x, draw, "recommended", config)
    times = {"starting": 2.0, "head": seconds}
    run = Run(arm.key, arm.key, "d", "Data", config, "", RunStatus.COMPLETED, "save", 1.0, seconds=times, arm=arm.key)
    return Outcome(arm, run, answers(is_right))


def experiment_of(kind: Kind, arms: Sequence[Arm]) -> Experiment:
    """An experiment of these arms."""
    return Experiment("0123abcd", kind, "d", "Data", 1.0, tuple(arms))


def state_with(kind: Kind, found: Sequence[Outcome], *missing: Arm) -> ExperimentState:
    """An experiment of which these arms are done, and these not yet."""
    arms = [ArmState(one.arm, one.run) for one in found] + [ArmState(arm, None) for arm in missing]
    return ExperimentState(experiment_of(kind, [one.arm for one in arms]), tuple(arms))


def wait_for_end(runs: RunStore, experiment: Experiment) -> ExperimentState:
    """Waits until nothing of an experiment is at work, as a page that is open does."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while (state := state_of(experiment, runs.list())).status == ExperimentStatus.AT_WORK:
        assert time.monotonic() < deadline, [(run.name, run.status, run.phase) for run in state.runs]
        time.sleep(0.1)
        queue.reconcile(runs)
    return state


def short(arms: Sequence[Arm], **options: object) -> list[Arm]:
    """The same arms with few epochs, or with what else is given."""
    options = {"epochs": 3, "cross_validation": False, **options}
    return [Arm(**{**vars(arm), "config": arm.config.with_options(**options)}) for arm in arms]


def _race(folder: Path) -> None:
    home = Settings(home=folder / "home")
    dataset = DatasetStore(home).import_source(draw_folder(folder / "shapes", 10, ("circle", "square")))
    choices = Choices(image_size=32, lanes=(plans.FROZEN, plans.SCRATCH))
    arms = short(plans.plan(Kind.RACE, dataset, choices, home))
    runs = RunStore(home.database)
    wait_for_end(runs, progress.start(runs, Kind.RACE, dataset, arms))


def pytest_itemcollected(item: pytest.Item) -> None:
    """Marks as slow what waits for networks that are really trained."""
    if "raced" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def raced_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data home with a race of a frozen network against one from scratch, over three epochs each."""
    return shared_folder(tmp_path_factory, "raced", _race) / "home"


@pytest.fixture
def raced(raced_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Settings) -> Raced:
    """A copy of that data home: its runs and the race."""
    shutil.copytree(raced_folder, home.home)
    settings.cache_clear()
    runs = RunStore(settings().database)
    (experiment,) = ExperimentStore(home.home).list()
    return runs, state_of(experiment, runs.list())
