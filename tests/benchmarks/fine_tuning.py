"""Whether Fine-tune earns its place: its accuracy, probabilities and time against Recommended, on the same draws.

`python -m tests.benchmarks.fine_tuning DATA ... [--sizes 20 100] [--draws 1] [--tested 30] [--blocks 1 3]
[--rates 1e-4 3e-4]`, where DATA is a zip, a folder or the name of a built-in sample. For each size, so many pictures of
each class are drawn to train on; up to `--tested` others of each class are test pictures. Every combination of
trainable blocks and fine-tuning rates is tried, by default the recipe's alone. Prints one line for each data set, size
and draw. The times are processor seconds, which other work on the machine doesn't change; the network's threads count
separately.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path

from core.config.recipes import RECIPES, recipe_config
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.evaluation.calibration import calibration_error
from core.evaluation.evaluation import Evaluation, load_evaluations
from core.nn.training.training import run_training
from core.settings import Settings, read_settings
from tests.benchmarks import quality
from tests.benchmarks.measuring import print_table


def trained(
    dataset: DatasetIndex, recipe: str, settings: Settings, seed: int, options: Mapping[str, float]
) -> tuple[Evaluation, float]:
    """Trains as a recipe does; returns what the test pictures show, and the processor seconds that it took."""
    config = recipe_config(recipe, len(dataset.select("train")), seed=seed).with_options(**options)
    folder = settings.runs / recipe
    shutil.rmtree(folder, ignore_errors=True)
    start = time.process_time()
    run_training(config, dataset, folder, settings, lambda event: None, lambda: False)
    seconds = time.process_time() - start
    return next(one for one in load_evaluations(folder) if one.split == "test"), seconds


def cells(test: Evaluation, seconds: float) -> str:
    """Returns accuracy, NLL, calibration error and processor seconds."""
    error = calibration_error(test.probabilities, test.labels)
    return f"{test.accuracy:.3f}, {test.loss:.2f}, {error:.3f}, {seconds:.0f} s"


def main() -> None:
    """Measures and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", nargs="+")
    parser.add_argument("--sizes", nargs="+", default=["20", "100"])
    parser.add_argument("--draws", type=int, default=1)
    parser.add_argument("--tested", type=int, default=30)
    parser.add_argument("--blocks", type=int, nargs="+", default=[RECIPES["fine_tune"].config.freeze.trainable_blocks])
    own_rate = RECIPES["fine_tune"].config.optimization.fine_tune_learning_rate
    parser.add_argument("--rates", type=float, nargs="+", default=[own_rate])
    options = parser.parse_args()
    quality.MOST_TESTED = options.tested
    with tempfile.TemporaryDirectory() as home:
        settings = replace(read_settings(), home=Path(home))
        rows = []
        variants = list(product(options.blocks, options.rates))
        for data in options.data:
            whole = quality.imported(DatasetStore(settings), data)
            for size in options.sizes:
                for seed in range(options.draws):
                    dataset = quality.drawn(whole, size, seed)
                    own, own_seconds = trained(dataset, "recommended", settings, seed, {})
                    found = [cells(own, own_seconds)]
                    for blocks, rate in variants:
                        changed = {"trainable_blocks": blocks, "fine_tune_learning_rate": rate}
                        tuned, seconds = trained(dataset, "fine_tune", settings, seed, changed)
                        found.append(f"{100 * (tuned.accuracy - own.accuracy):+.1f}: {cells(tuned, seconds)}")
                    rows.append([whole.name, size, *found])
                    print(" | ".join(rows[-1]), flush=True)
        print("Accuracy, NLL, calibration error and processor seconds; before those of Fine-tune, the points it gains")
        tuned_names = [f"{blocks} blocks at {rate:g}" for blocks, rate in variants]
        print_table(["data set", "a class", "Recommended", *tuned_names], rows)


if __name__ == "__main__":
    main()
