"""Seconds and memory of import and training as the data set grows.

`python -m tests.benchmarks.scaling [PICTURES ...]`, by default 500, 5,000 and 50,000 small generated ones.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image

from tests.benchmarks.measuring import measure, print_table

HEADER = [
    "pictures",
    "seconds",
    "... a picture, ms",
    "features, s",
    "head, s",
    "peak memory, MB",
    "times the one before",
]
SIDE = 48
OPTIONS = {"image_size": 64, "epochs": 3}


def generate(folder: Path, count: int) -> Path:
    """Writes two classes of small noisy pictures, bright and dark."""
    generator = np.random.default_rng(0)
    for label, name in enumerate(("dark", "bright")):
        (folder / name).mkdir(parents=True)
        for number in range(count // 2):
            pixels = generator.integers(100 * label, 100 * label + 120, (SIDE, SIDE, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.jpg")
    return folder


def main() -> None:
    """Measures and prints the table."""
    counts = [int(text) for text in sys.argv[1:]] or [500, 5_000, 50_000]
    rows: list[list[str]] = []
    before = 0
    for count in counts:
        with tempfile.TemporaryDirectory() as name:
            pictures = generate(Path(name) / "pictures", count)
            home = str(Path(name) / "home")
            measured = measure("tests.benchmarks.our_training", home, str(pictures), "recommended", json.dumps(OPTIONS))
        seconds = measured.result["seconds"]
        rows.append(
            [
                f"{count:,}",
                f"{measured.seconds:.1f}",
                f"{1000 * measured.seconds / count:.1f}",
                f"{seconds['features']:.1f}",
                f"{seconds['head']:.1f}",
                f"{measured.peak_bytes / 1e6:.0f}",
                f"{measured.peak_bytes / before:.2f}" if before else "",
            ]
        )
        before = measured.peak_bytes
    print_table(HEADER, rows)


if __name__ == "__main__":
    main()
