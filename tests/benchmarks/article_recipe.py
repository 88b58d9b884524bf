"""The article's script against ours: same pictures, same epochs, same weights, one run on one machine.

`TRANSFER_STUDIO_WEIGHTS=FOLDER python -m tests.benchmarks.article_recipe DATA.zip [EPOCHS]`, where the zip has `train`
and `validation`. Takes about a quarter of an hour for 900 pictures, nearly all of it the article's.

Whole processes are timed, from nothing to the saved model, then what they do once Python and TensorFlow are loaded: in
the browser a warm worker has done that before Start is pressed.
"""

import json
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from core.backbones.availability import availability, ways_to_get
from core.backbones.table import get_backbone
from core.settings import read_settings
from tests.benchmarks.measuring import Measured, measure, print_table

Compared = tuple[str, str, str, dict[str, Any]]
"""What is measured, the name of its data home, the recipe, and options."""

HEADER = [
    "what",
    "process, s",
    "times faster",
    "run, s",
    "times faster",
    "validation accuracy, last epoch",
    "best",
    "peak memory, MB",
    "engine",
]


def run_seconds(measured: Measured) -> float:
    """Returns the seconds without loading Python and TensorFlow, and without the import of the data."""
    return sum(measured.result["seconds"].values())


def row(name: str, measured: Measured, script: Measured) -> list[str]:
    """Returns a line of the table."""
    accuracies = measured.result["accuracies"]
    notes = " ".join(measured.result.get("notes", []))
    engine = "cached" if measured.result.get("notes") == [] else notes.partition(" ran in ")[2].partition(";")[0]
    return [
        name,
        f"{measured.seconds:.1f}",
        f"{script.seconds / measured.seconds:.1f}",
        f"{run_seconds(measured):.1f}",
        f"{run_seconds(script) / run_seconds(measured):.1f}",
        f"{accuracies[-1]:.3f}",
        f"{max(accuracies):.3f}",
        f"{measured.peak_bytes / 1e6:.0f}",
        engine or "TensorFlow",
    ]


def ours(home: Path, data: str, recipe: str, **options: object) -> Measured:
    """Runs one of our training runs."""
    return measure("tests.benchmarks.our_training", str(home), data, recipe, json.dumps(options))


def main() -> None:
    """Measures and prints the table."""
    data, epochs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
    vgg16 = get_backbone("vgg16")
    if availability(vgg16, read_settings()).path is None:
        raise SystemExit(f"VGG16's weights aren't here. {ways_to_get(vgg16, read_settings())}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        zipfile.ZipFile(data).extractall(folder / "pictures")
        root = next(path.parent for path in (folder / "pictures").rglob("train"))
        against_vgg16: list[Compared] = [
            ("ours, article's recipe, plain pictures only", "one", "article", {"epochs": epochs, "views": 1}),
            ("ours, article's recipe", "two", "article", {"epochs": epochs}),
            ("... a second run with another head", "two", "article", {"epochs": epochs, "units": 256}),
            ("... in bfloat16", "three", "article", {"epochs": epochs, "engine": "bfloat16"}),
            ("ours, recommended", "four", "recommended", {}),
            ("... a second run with another head", "four", "recommended", {"units": 64}),
            ("... in bfloat16", "five", "recommended", {"engine": "bfloat16"}),
        ]
        same_network = {"epochs": epochs, "backbone": "efficientnet_lite0", "preprocessing": "native"}
        against_efficientnet: list[Compared] = [
            ("ours, article's recipe with EfficientNet-Lite0", "six", "article", same_network),
            ("... a second run with another head", "six", "article", {**same_network, "units": 256}),
            ("... in bfloat16", "seven", "article", {**same_network, "engine": "bfloat16"}),
        ]
        for backbone, runs in (("vgg16", against_vgg16), ("efficientnet_lite0", against_efficientnet)):
            weights = availability(get_backbone(backbone), read_settings()).path
            script = measure("tests.benchmarks.the_article", str(root), str(weights), str(epochs), backbone)
            rows = [row(f"the article's script, {backbone}, {epochs} epochs", script, script)]
            for what, home, recipe, options in runs:
                rows.append(row(what, ours(folder / home, data, recipe, **options), script))
            print_table(HEADER, rows)


if __name__ == "__main__":
    main()
