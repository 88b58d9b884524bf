"""Experiments whose runs are recorded as complete, with made-up answers, beside a home with real runs."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import load_evaluations, save_evaluations
from core.events import SECONDS_AT_WORK, Event
from core.experiments.experiment import Arm, Experiment, Kind
from core.experiments.plans import Choices, plan
from core.experiments.progress import state_of
from core.experiments.store import ExperimentStore
from core.runs.records.store import RunStatus, RunStore
from core.settings import Settings

# Pictures that the made-up answers are about.
NUMBER = 60

MakeExperiment = Callable[..., Experiment]


@pytest.fixture
def make_experiment(trained: RunStore, home: Settings) -> MakeExperiment:
    """Returns a function that records an experiment on the shapes, with some of its runs complete.

    Its arguments are the kind and what returns the number of wrong answers of an arm; None for one that never began.
    """

    def make(
        kind: Kind, wrong: Callable[[Arm], int | None] = lambda _: 0, choices: Choices | None = None
    ) -> Experiment:
        good = trained.get("Good run")
        dataset = DatasetStore(home).get(good.dataset_id)
        arms = plan(kind, dataset, Choices(image_size=64), home)
        experiment = ExperimentStore(home.home).create(kind, dataset.id, dataset.name, arms)
        own = load_evaluations(trained.folder(good.id))[0]
        labels = np.resize(own.labels, NUMBER)
        for number, arm in enumerate(arms):
            mistakes = wrong(arm)
            if mistakes is None:
                continue
            run = trained.create(
                dataset.id, dataset.name, arm.config, arm.recipe, f"Arm {arm.key}", 3, experiment.id, arm.key
            )
            assert trained.claim(1, experiment.id) is not None
            for epoch in range(1, 4):
                metrics = {"val_accuracy": (NUMBER - mistakes) / NUMBER, SECONDS_AT_WORK: epoch + number}
                trained.append(run.id, Event("head", epoch=epoch, metrics=metrics))
            (trained.folder(run.id) / "model").mkdir(parents=True)
            probabilities = np.zeros((NUMBER, 3))
            probabilities[range(NUMBER), np.where(np.arange(NUMBER) < mistakes, (labels + 1) % 3, labels)] = 1
            paths = tuple(f"pictures/{index:08d}.png" for index in range(NUMBER))
            evaluation = replace(own, labels=labels, probabilities=probabilities, paths=paths)
            save_evaluations([evaluation], trained.folder(run.id))
            accuracy = {"val_accuracy": evaluation.accuracy}
            trained.finish(run.id, RunStatus.COMPLETED, metrics=accuracy, seconds={"starting": 0.5, "head": 4 + number})
        return experiment

    return make


@pytest.fixture
def state(trained: RunStore) -> Callable[[Experiment], object]:
    """Returns a function that returns where an experiment is."""
    return lambda experiment: state_of(experiment, trained.list())
