"""How good the Recommended recipe is: its answers, its probabilities, and what it says of pictures unlike its own.

`python -m tests.benchmarks.quality DATA ... [--sizes 5 20 100 all] [--draws 3] [--foreign DATA ...]`, where DATA is a
zip, a folder or the name of a built-in sample. For each size, so many pictures of each class are drawn to train on, a
quarter as many to validate with, and all others are test pictures. Foreign pictures are those of the other data sets,
or of those named. Prints one line for each data set and size; numbers are means over the draws, with the standard error
of the accuracy; the calibration error is that of all draws together, as few pictures alone would show mostly chance.
How many foreign pictures were found is a mean over the sets that they come from, with the least found of one set.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.config.recipes import recipe_config
from core.datasets.index import DatasetIndex
from core.datasets.sample import Sample
from core.datasets.store.samples import SAMPLES, import_sample
from core.datasets.store.store import DatasetStore
from core.evaluation.calibration import calibration_error
from core.evaluation.evaluation import Evaluation, load_evaluations
from core.evaluation.prediction import Prediction, Verdict
from core.nn.inference.predictor import Predictor
from core.nn.training.training import run_training
from core.settings import Settings, read_settings
from tests.benchmarks.measuring import print_table

HEADER = [
    "data set",
    "a class",
    "accuracy",
    "±",
    "NLL",
    "ECE",
    "sure, %",
    "... wrong, %",
    "unsure, %",
    "... wrong, %",
    "false alarms, %",
    "foreigners found, %",
    "least found",
    "foreigners sure, %",
    "run, s",
]
ALL = "all"
MOST_TESTED = 200
MOST_JUDGED = 200
FOREIGNERS_OF_A_SET = 100
LEFT_TO_TEST = 0.3


@dataclass(frozen=True)
class Draw:
    """What came of one training.

    Attributes:
        test: the test pictures' evaluation.
        own: predictions for some of the test pictures.
        labels: their true classes.
        foreign: predictions for pictures of other data sets, by their names.
        seconds: of the run.
    """

    test: Evaluation
    own: list[Prediction]
    labels: list[int]
    foreign: dict[str, list[Prediction]]
    seconds: float


def drawn(dataset: DatasetIndex, size: str, seed: int) -> DatasetIndex:
    """Returns the data set with so many training pictures of each class; copies of a picture stay on one side."""
    generator = np.random.default_rng(seed)
    samples: list[Sample] = []
    for label in range(len(dataset.class_names)):
        groups: dict[str, list[Sample]] = {}
        for sample in dataset.samples:
            if sample.label == label:
                groups.setdefault(sample.group or sample.path, []).append(sample)
        keys = list(groups)
        generator.shuffle(keys)
        most = int(len(keys) * (1 - LEFT_TO_TEST) / 1.25)
        count = most if size == ALL else min(int(size), most)
        held_out = max(1, count // 4)
        for number, key in enumerate(keys):
            split = "train" if number < count else "validation" if number < count + held_out else "test"
            if split != "test" or number < count + held_out + MOST_TESTED:
                samples += [sample.in_split(split) for sample in groups[key][: 1 if split == "test" else None]]
    return replace(dataset, samples=tuple(samples))


def train(dataset: DatasetIndex, foreign: Mapping[str, Sequence[Path]], settings: Settings, seed: int) -> Draw:
    """Trains on a drawn data set as the Recommended recipe does, and asks the model."""
    num_training = len(dataset.select("train"))
    config = recipe_config("recommended", num_training, seed=seed)
    folder = settings.runs / "quality"
    shutil.rmtree(folder, ignore_errors=True)
    start = time.monotonic()
    run_training(config, dataset, folder, settings, lambda event: None, lambda: False)
    seconds = time.monotonic() - start
    test = next(one for one in load_evaluations(folder) if one.split == "test")
    judged = np.random.default_rng(seed).permutation(len(test.labels))[:MOST_JUDGED]
    by_path = {sample.path: sample for sample in dataset.samples}
    predictor = Predictor(folder)
    own = predictor.predict([dataset.picture_path(by_path[test.paths[index]]) for index in judged])
    strangers = {name: predictor.predict(paths) for name, paths in foreign.items()}
    return Draw(test, own, [int(test.labels[index]) for index in judged], strangers, seconds)


def strangers_to(dataset: DatasetIndex, others: Sequence[DatasetIndex]) -> dict[str, list[Path]]:
    """Returns some pictures of each of the other data sets."""
    found = {}
    for other in others:
        if other.id != dataset.id:
            chosen = np.random.default_rng(0).permutation(len(other.samples))[:FOREIGNERS_OF_A_SET]
            found[other.name] = [other.picture_path(other.samples[index]) for index in chosen]
    return found


def percent(part: int, whole: int) -> str:
    """Returns a share in percent, or a dash for a share of nothing."""
    return f"{100 * part / whole:.1f}" if whole else "-"


def row(name: str, size: str, draws: Sequence[Draw]) -> list[str]:
    """Returns a line of the table."""
    accuracies = [draw.test.accuracy for draw in draws]
    probabilities = np.concatenate([draw.test.probabilities for draw in draws])
    labels = np.concatenate([draw.test.labels for draw in draws])
    own = [
        (one, one.class_names[label] == one.class_name)
        for draw in draws
        for one, label in zip(draw.own, draw.labels, strict=True)
    ]
    cells = []
    for verdict in (Verdict.SURE, Verdict.UNSURE):
        correct = [is_right for one, is_right in own if one.verdict == verdict]
        cells += [percent(len(correct), len(own)), percent(correct.count(False), len(correct))]
    alarms = sum(one.verdict == Verdict.UNLIKE for one, _ in own)
    unlike, sure = (_shares(draws, verdict) for verdict in (Verdict.UNLIKE, Verdict.SURE))
    least = min(unlike, key=unlike.__getitem__, default="")
    error = np.std(accuracies, ddof=1) / len(accuracies) ** 0.5 if len(accuracies) > 1 else float("nan")
    return [
        name,
        size,
        f"{np.mean(accuracies):.3f}",
        f"{error:.3f}",
        f"{np.mean([draw.test.loss for draw in draws]):.3f}",
        f"{calibration_error(probabilities, labels):.3f}",
        *cells,
        percent(alarms, len(own)),
        f"{100 * np.mean(list(unlike.values())):.1f}" if least else "-",
        f"{100 * unlike[least]:.1f} of {least}" if least else "-",
        f"{100 * np.mean(list(sure.values())):.1f}" if least else "-",
        f"{np.mean([draw.seconds for draw in draws]):.1f}",
    ]


def _shares(draws: Sequence[Draw], verdict: Verdict) -> dict[str, float]:
    """Returns how many of the foreign pictures of each set got this verdict."""
    return {
        name: float(np.mean([one.verdict == verdict for draw in draws for one in draw.foreign[name]]))
        for name in draws[0].foreign
    }


def imported(store: DatasetStore, data: str) -> DatasetIndex:
    """Returns the data set of a zip, a folder or a sample."""
    return import_sample(store, data) if data in SAMPLES else store.import_source(Path(data))


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+")
    parser.add_argument("--sizes", nargs="+", default=["5", "20", "100", ALL])
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--foreign", nargs="+", default=[])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        settings = replace(read_settings(), home=Path(home))
        store = DatasetStore(settings)
        datasets = [imported(store, data) for data in options.data]
        others = [imported(store, data) for data in options.foreign]
        rows = []
        for dataset in datasets:
            foreign = strangers_to(dataset, others or datasets)
            for size in options.sizes:
                draws = [train(drawn(dataset, size, seed), foreign, settings, seed) for seed in range(options.draws)]
                rows.append(row(dataset.name, size, draws))
                print(" ".join(rows[-1]), flush=True)
        print_table(HEADER, rows)


if __name__ == "__main__":
    main()
