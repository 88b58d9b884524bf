"""Whether LogME and the nearest mean name the network whose linear head is the most accurate on held-out pictures.

`python -m tests.benchmarks.transferability DATA ... [--backbones NAME ...] [--sizes 5 20] [--draws 3] [--tested 300]`,
where DATA is a zip, a folder or the name of a built-in sample. By default it compares all networks whose weights are on
this machine. For each size and draw it rates each network from the training pictures alone, and trains a linear head
on each one's features, with cross-validated strength, that it tests on the others. Prints the accuracies and ratings,
then how well each rating orders the networks by their mean accuracy over the draws: Kendall's tau, how often it names
the best, and what choosing by it loses, beside always choosing the same network.
"""

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.backbones.availability import availability
from core.backbones.table import BACKBONES
from core.config.training_config import TrainingConfig
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.nn.extraction.pretrained import open_features
from core.nn.selection.out_of_fold import out_of_fold_logits
from core.nn.selection.transferability import log_me, nearest_mean_accuracy
from core.nn.selection.vectors import unit_vectors
from core.settings import Settings, read_settings
from tests.benchmarks import quality
from tests.benchmarks.measuring import print_table

RATINGS = ("LogME", "nearest mean", "5-fold head")
STRENGTHS = (1.0, 0.1, 0.01, 0.001)


@dataclass(frozen=True)
class Rated:
    """One network on one draw.

    Attributes:
        accuracy: of its linear head on pictures held out.
        ratings: from the training pictures, in the order of `RATINGS`.
    """

    accuracy: float
    ratings: tuple[float, float, float]


def features_of(dataset: DatasetIndex, backbone: str, settings: Settings) -> Mapping[str, np.ndarray]:
    """Returns each picture's unit vector, by its path."""
    config = TrainingConfig(backbone=backbone, image_size=BACKBONES[backbone].image_size)
    source = open_features(config, dataset, settings)
    source.ensure(source.head_boundary, [(dataset.samples, 0)])
    rows = source.rows(source.head_boundary, dataset.samples)
    vectors = unit_vectors(rows, BACKBONES[backbone].num_features)
    return {sample.path: vector for sample, vector in zip(dataset.samples, vectors, strict=True)}


def rated(dataset: DatasetIndex, vectors: Mapping[str, np.ndarray]) -> Rated:
    """Rates a network by the training pictures, and tests its linear head on the test pictures."""
    from sklearn.linear_model import LogisticRegression

    training, test = dataset.select("train"), dataset.select("test")
    known, labels = np.stack([vectors[one.path] for one in training]), np.array([one.label for one in training])
    groups = np.unique([one.group or one.path for one in training], return_inverse=True)[1]
    weights = np.ones(len(dataset.class_names))
    losses, accuracies = [], []
    for strength in STRENGTHS:
        logits = out_of_fold_logits(known, labels, groups, strength, weights).logits
        shifted = logits - logits.max(axis=1, keepdims=True)
        chances = shifted[np.arange(len(labels)), labels] - np.log(np.exp(shifted).sum(axis=1))
        losses.append(-float(chances.mean()))
        accuracies.append(float((logits.argmax(axis=1) == labels).mean()))
    best = int(np.argmin(losses))
    head = LogisticRegression(C=1 / STRENGTHS[best], max_iter=300).fit(known, labels)
    accuracy = head.score(np.stack([vectors[one.path] for one in test]), [one.label for one in test])
    nearest = nearest_mean_accuracy(known, labels, groups)
    return Rated(float(accuracy), (log_me(known, labels), nearest, accuracies[best]))


def summary(draws: Sequence[Sequence[Sequence[Rated]]], backbones: Sequence[str]) -> list[list[str]]:
    """Returns a line for each rating, and for each network as the constant choice.

    Args:
        draws: for each data set and size, for each draw, the networks in the same order.
        backbones: their names.
    """
    from scipy.stats import kendalltau

    # The mean of the draws, as chance alone would order the networks of a single one.
    means = [np.mean([[one.accuracy for one in draw] for draw in same], axis=0) for same in draws]
    accuracies = np.array([mean for mean, same in zip(means, draws, strict=True) for _ in same])
    best = accuracies.max(axis=1)
    lines = []
    for number, name in enumerate(RATINGS):
        ratings = np.array([[one.ratings[number] for one in draw] for same in draws for draw in same])
        chosen = accuracies[np.arange(len(ratings)), ratings.argmax(axis=1)]
        taus = [kendalltau(*pair).statistic for pair in zip(accuracies, ratings, strict=True)]
        lines.append([name, f"{np.nanmean(taus):.2f}", *_choice(chosen, best)])
    for number, backbone in enumerate(backbones):
        lines.append([f"always {backbone}", "-", *_choice(accuracies[:, number], best)])
    return lines


def _choice(chosen: np.ndarray, best: np.ndarray) -> tuple[str, str, str]:
    lost = 100 * (best - chosen)
    return f"{100 * (chosen == best).mean():.0f}", f"{lost.mean():.2f}", f"{lost.max():.1f}"


def main() -> None:
    """Measures and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+")
    parser.add_argument("--backbones", nargs="+")
    parser.add_argument("--sizes", nargs="+", default=["5", "20"])
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--tested", type=int, default=300, help="about how many pictures are tested")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        settings = replace(read_settings(), home=Path(home))
        here = [name for name, one in BACKBONES.items() if availability(one, settings).path]
        backbones = options.backbones or here
        draws, rows = [], []
        for data in options.data:
            whole = quality.imported(DatasetStore(settings), data)
            largest = max(int(size) for size in options.sizes)
            few = _first(whole, largest * 5 // 4 + options.tested // len(whole.class_names))
            vectors = [features_of(few, backbone, settings) for backbone in backbones]
            for size in options.sizes:
                drawn = [quality.drawn(few, size, seed) for seed in range(options.draws)]
                draws.append([[rated(dataset, one) for one in vectors] for dataset in drawn])
                for same in draws[-1]:
                    numbers = [[f"{one.accuracy:.3f}", *(f"{value:.3f}" for value in one.ratings)] for one in same]
                    rows.append([whole.name, size, *(" ".join(one) for one in numbers)])
                    print(" | ".join(rows[-1]), flush=True)
        print(f"For each network: accuracy of its head, then {', '.join(RATINGS)}")
        print_table(["data set", "a class", *backbones], rows)
        print_table(["chosen by", "tau", "names the best, %", "lost, points", "at most"], summary(draws, backbones))


def _first(dataset: DatasetIndex, count: int) -> DatasetIndex:
    """Returns the data set with so many pictures of each class, drawn at random: others needn't be read."""
    order = np.random.default_rng(0).permutation(len(dataset.samples))
    counts = dict.fromkeys(range(len(dataset.class_names)), 0)
    kept = []
    for sample in (dataset.samples[index] for index in order):
        counts[sample.label] += 1
        if counts[sample.label] <= count:
            kept.append(sample)
    return replace(dataset, samples=tuple(kept))


if __name__ == "__main__":
    main()
