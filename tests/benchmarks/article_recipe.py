"""The article's script against ours: same pictures, same epochs, same weights, one run on one machine.

`TRANSFER_STUDIO_WEIGHTS=FOLDER python -m tests.benchmarks.article_recipe DATA.zip [EPOCHS]`, where the zip has `train`
and `validation`. Takes about ten minutes for 900 pictures, nearly all of it the article's.
"""

import json
import sys
import tempfile
import zipfile
from pathlib import Path

from core.availability import availability
from core.backbones import get_backbone
from core.settings import read_settings
from tests.benchmarks.measuring import Measured, measure, print_table

HEADER = ["what", "seconds", "times faster", "validation accuracy, last epoch", "best", "peak memory, MB", "engine"]


def row(name: str, measured: Measured, script: Measured) -> list[str]:
    """Returns a line of the table."""
    accuracies = measured.result["accuracies"]
    notes = " ".join(measured.result.get("notes", []))
    engine = "cached" if measured.result.get("notes") == [] else notes.partition(" ran in ")[2].partition(";")[0]
    return [
        name,
        f"{measured.seconds:.1f}",
        f"{script.seconds / measured.seconds:.1f}",
        f"{accuracies[-1]:.3f}",
        f"{max(accuracies):.3f}",
        f"{measured.peak_bytes / 1e6:.0f}",
        engine or "TensorFlow",
    ]


def ours(home: Path, data: str, recipe: str, **options: object) -> Measured:
    """Runs one of our trainings."""
    return measure("tests.benchmarks.our_training", str(home), data, recipe, json.dumps(options))


def main() -> None:
    """Measures and prints the table."""
    data, epochs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
    weights = availability(get_backbone("vgg16"), read_settings()).path
    if weights is None:
        raise SystemExit("VGG16's weights aren't here: name their folder in TRANSFER_STUDIO_WEIGHTS.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        zipfile.ZipFile(data).extractall(folder / "pictures")
        root = next(path.parent for path in (folder / "pictures").rglob("train"))
        runs = [
            ("ours, article's recipe, plain pictures only", "one", "article", {"epochs": epochs, "views": 1}),
            ("ours, article's recipe", "two", "article", {"epochs": epochs}),
            ("... a second run with another head", "two", "article", {"epochs": epochs, "units": 256}),
            ("... in bfloat16", "three", "article", {"epochs": epochs, "engine": "bfloat16"}),
            ("ours, recommended", "four", "recommended", {}),
            ("... a second run with another head", "four", "recommended", {"units": 64}),
            ("... in bfloat16", "five", "recommended", {"engine": "bfloat16"}),
        ]
        script = measure("tests.benchmarks.the_article", str(root), str(weights), str(epochs))
        rows = [row(f"the article's script, {epochs} epochs", script, script)]
        for what, home, recipe, options in runs:
            rows.append(row(what, ours(folder / home, data, recipe, **options), script))
        print_table(HEADER, rows)


if __name__ == "__main__":
    main()
