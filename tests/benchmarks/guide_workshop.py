"""What the figures of the guide are measured with: draws of pictures, trainings, features, intervals."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from core.backbones.table import get_backbone
from core.config.recipes import recipe_config
from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.datasets.splits import TEST, TRAIN, VALIDATION
from core.datasets.store.samples import import_sample
from core.datasets.store.store import DatasetStore
from core.evaluation.evaluation import Evaluation, load_evaluations
from core.events import Event
from core.nn.extraction.pretrained import open_features
from core.nn.selection.head_choice import choose_head, joined
from core.nn.selection.training_pictures import groups_of, labels_of
from core.nn.selection.vectors import stage_vectors, unit_vectors
from core.nn.training.training import run_training
from core.settings import Settings

BACKBONE = "efficientnet_lite0"
# Of the validation pictures of a draw, as many as a quarter of those that are trained on.
HELD_OUT = 0.25
# Of a head's penalty where nothing is chosen: that of the settings' own weight decay.
PLAIN_STRENGTH = 100.0


@dataclass(frozen=True)
class Trained:
    """One training.

    Attributes:
        folder: the run's folder, until the next training.
        config: its configuration.
        events: those that ended an epoch.
        seconds: from its start to its last epoch, without the start of the process.
    """

    folder: Path
    config: TrainingConfig
    events: list[Event] = field(default_factory=list)
    seconds: float = 0.0

    def evaluation(self, split: str = TEST) -> Evaluation:
        """Returns what the pictures of a split show."""
        return next(one for one in load_evaluations(self.folder) if one.split == split)


class Workshop:
    """Trains on built-in samples in a data home of its own.

    Args:
        settings: with the data home.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._store = DatasetStore(settings)

    def sample(self, name: str) -> DatasetIndex:
        """Returns a built-in sample."""
        return import_sample(self._store, name)

    def bring(self, folder: Path, name: str) -> DatasetIndex:
        """Imports class folders."""
        return self._store.import_source(folder, name)

    def train(self, dataset: DatasetIndex, recipe: str, seed: int = 0, **options: Any) -> Trained:
        """Trains as a recipe does, with some settings changed."""
        config = recipe_config(recipe, len(dataset.select(TRAIN)), seed=seed, **options)
        folder = self.settings.runs / "guide"
        shutil.rmtree(folder, ignore_errors=True)
        events: list[Event] = []

        def keep(event: Event) -> None:
            if event.epoch:
                events.append(event)

        result = run_training(config, dataset, folder, self.settings, keep, lambda: False)
        return Trained(folder, config, events, sum(result.seconds.values()))

    def vectors(self, dataset: DatasetIndex, image_size: int | None = None) -> np.ndarray:
        """Returns the frozen network's features of all pictures, as unit vectors."""
        config = recipe_config("recommended", **({"image_size": image_size} if image_size else {}))
        source = open_features(config, dataset, self.settings)
        source.ensure(source.head_boundary, [(dataset.samples, 0)])
        num_features = get_backbone(config.backbone).num_features
        return unit_vectors(source.rows(source.head_boundary, dataset.samples), num_features)

    def stages(self, dataset: DatasetIndex, image_size: int | None = None) -> list[np.ndarray]:
        """Returns the features of the frozen network's last stages that Recommended chooses from, as unit vectors."""
        config = recipe_config("recommended", **({"image_size": image_size} if image_size else {}))
        source = open_features(config, dataset, self.settings)
        source.ensure(source.head_boundary, [(dataset.samples, 0)])
        stage_features = get_backbone(config.backbone).stage_features
        return stage_vectors(source.rows(source.head_boundary, dataset.samples), stage_features)


def head_accuracy(stages: Sequence[np.ndarray], dataset: DatasetIndex, draw: DatasetIndex, chooses: bool) -> float:
    """Returns the test accuracy of a linear head on frozen features, fitted to its end without gradient steps.

    Args:
        stages: features of all pictures of the data set, the last stage first.
        dataset: the data set.
        draw: the same with the split of a draw.
        chooses: whether cross-validation chooses penalty and depths, as Recommended does; else the last stage alone.
    """
    places = {sample.path: index for index, sample in enumerate(dataset.samples)}
    train, test = draw.select(TRAIN), draw.select(TEST)
    rows = [places[sample.path] for sample in train]
    labels = labels_of(train)
    tested = [places[sample.path] for sample in test]
    choice = None
    # On a busy machine several threads would wait for each other.
    with threadpool_limits(1):
        if chooses:
            weights = np.ones(len(dataset.class_names))
            choice = choose_head([stage[rows] for stage in stages], labels, groups_of(train), weights)
        strength, depths = (choice.strength, choice.depths) if choice else (PLAIN_STRENGTH, 1)
        vectors = joined(stages, depths)
        head = LogisticRegression(C=strength, max_iter=5000).fit(vectors[rows], labels)
        answers = head.predict(vectors[tested])
    return float((answers == labels_of(test)).mean())


def drawn(dataset: DatasetIndex, a_class: int, seed: int) -> DatasetIndex:
    """Returns so many training pictures of each class, with some to validate on; all validation pictures are for tests.

    The test pictures are the same in every draw and never seen by a training.
    """
    generator = np.random.default_rng(seed)
    samples: list[Sample] = [sample.in_split(TEST) for sample in dataset.select(VALIDATION)]
    for label in range(len(dataset.class_names)):
        own = [sample for sample in dataset.select(TRAIN) if sample.label == label]
        order = generator.permutation(len(own))
        held_out = max(1, int(a_class * HELD_OUT))
        chosen = [own[index].in_split(TRAIN) for index in order[:a_class]]
        rest = [own[index].in_split(VALIDATION) for index in order[a_class : a_class + held_out]]
        samples += [*chosen, *rest]
    return replace(dataset, samples=tuple(samples))


def over_draws(values: Sequence[float]) -> tuple[float, float, float]:
    """Returns the mean of several draws and the 95 % interval of that mean (Student's t), within 0 to 1."""
    mean = float(np.mean(values))
    if len(values) < 2:
        return mean, mean, mean
    half = float(stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / len(values) ** 0.5)
    return mean, max(0.0, mean - half), min(1.0, mean + half)


def line(code: str, places: Sequence[float], values: Sequence[Sequence[float]]) -> dict[str, Any]:
    """Returns a line with a band: at each place, several draws."""
    found = [over_draws(draws) for draws in values]
    return {
        "code": code,
        "x": list(places),
        "y": [round(mean, 4) for mean, _, _ in found],
        "low": [round(low, 4) for _, low, _ in found],
        "high": [round(high, 4) for _, _, high in found],
    }


def rounded(values: Sequence[float] | np.ndarray, digits: int = 4) -> list[float]:
    """Returns numbers as JSON keeps them short."""
    return [round(float(value), digits) for value in values]


def facts(dataset: str, tested: int, draws: int, **more: Any) -> dict[str, Any]:
    """Returns what a figure was measured on, for its caption."""
    return {"dataset": dataset, "backbone": BACKBONE, "num_tested": tested, "draws": draws, **more}
