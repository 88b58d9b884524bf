"""Whether Fine-tune earns its place: its accuracy, probabilities and time against Recommended, on the same draws.

`python -m tests.benchmarks.fine_tuning DATA ... [--sizes 20 100] [--draws 1] [--tested 30]`, where DATA is a zip, a
folder or the name of a built-in sample. For each size, so many pictures of each class are drawn to train on; up to
`--tested` others of each class are test pictures. Prints one line for each data set and size. The times are processor
seconds, which other work on the machine doesn't change; the network's threads count separately.
"""

import argparse
import shutil
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from core.config.recipes import recipe_config
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.evaluation.calibration import calibration_error
from core.evaluation.evaluation import Evaluation, load_evaluations
from core.nn.training.training import run_training
from core.settings import Settings, read_settings
from tests.benchmarks import quality
from tests.benchmarks.measuring import print_table

RECIPES = ("recommended", "fine_tune")


def trained(dataset: DatasetIndex, recipe: str, settings: Settings, seed: int) -> tuple[Evaluation, float]:
    """Trains as a recipe does; returns what the test pictures show, and the processor seconds that it took."""
    config = recipe_config(recipe, len(dataset.select("train")), seed=seed)
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
    options = parser.parse_args()
    quality.MOST_TESTED = options.tested
    with tempfile.TemporaryDirectory() as home:
        settings = replace(read_settings(), home=Path(home))
        rows = []
        for data in options.data:
            whole = quality.imported(DatasetStore(settings), data)
            for size in options.sizes:
                for seed in range(options.draws):
                    dataset = quality.drawn(whole, size, seed)
                    found = [trained(dataset, recipe, settings, seed) for recipe in RECIPES]
                    gain = 100 * (found[1][0].accuracy - found[0][0].accuracy)
                    rows.append([whole.name, size, *(cells(*one) for one in found), f"{gain:+.1f}"])
                    print(" | ".join(rows[-1]), flush=True)
        print("Accuracy, NLL, calibration error and processor seconds of each recipe")
        print_table(["data set", "a class", *RECIPES, "gain, points"], rows)


if __name__ == "__main__":
    main()
