"""How close the extraction of features comes to its limits: the bare forward pass, and decoding alone.

`python -m tests.benchmarks.extraction DATA.zip [BACKBONE ...]`. The networks have random weights: how fast they run
doesn't depend on them.
"""

import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil

from core.config.recipes import recipe_config
from core.datasets.index import DatasetIndex
from core.datasets.store.store import DatasetStore
from core.images.decoding import decode
from core.nn.extraction.engines import BATCH, choose_engine, is_installed
from core.nn.extraction.extraction import FeatureSource
from core.nn.networks.classifier import build_classifier
from core.settings import read_settings
from core.wording.run_notes import run_note
from tests.benchmarks.measuring import print_table

HEADER = ["backbone", "engine", "forward alone /s", "decode alone /s", "extraction /s", "of forward", "of the limit"]
FORWARD_BATCHES = 8


def pictures_a_second(count: int, job: Callable[[], object]) -> float:
    """Times a job over `count` pictures."""
    started = time.monotonic()
    job()
    return count / (time.monotonic() - started)


def bench(backbone: str, engine: str, dataset: DatasetIndex, home: Path) -> list[str]:
    """Measures one backbone on one engine."""
    recipe = "article" if backbone == "vgg16" else "recommended"
    config = recipe_config(recipe, backbone=backbone, engine=engine)
    classifier = build_classifier(config, 2)
    paths = [dataset.picture_path(sample) for sample in dataset.samples]
    with ThreadPoolExecutor(psutil.cpu_count()) as pool:
        decoding = pictures_a_second(
            len(paths), lambda: list(pool.map(lambda path: decode(path, config.image_size), paths))
        )
    batch = np.stack([decode(path, config.image_size) for path in paths[:BATCH]])
    chosen = choose_engine(classifier.prefix, config, batch, len(paths))
    chosen.compute(batch)
    forward = pictures_a_second(
        FORWARD_BATCHES * BATCH, lambda: [chosen.compute(batch) for _ in range(FORWARD_BATCHES)]
    )
    times: list[tuple[float, int]] = []
    source = FeatureSource(
        classifier,
        config,
        dataset,
        f"benchmark {engine}",
        home / engine,
        lambda event: times.append((time.monotonic(), event.step)),
        lambda: False,
    )
    source.ensure(source.head_boundary, [(dataset.samples, 0)])
    # From the second batch on, so that compiling the network isn't measured.
    (begun, first), (ended, last) = times[1], times[-1]
    extraction = (last - first) / (ended - begun)
    limit = 1 / (1 / forward + 1 / decoding)
    return [
        backbone,
        run_note(chosen.note).partition(" ran in ")[2].partition(";")[0].rstrip("."),
        f"{forward:.0f}",
        f"{decoding:.0f}",
        f"{extraction:.0f}",
        f"{extraction / forward:.2f}",
        f"{extraction / limit:.2f}",
    ]


def main() -> None:
    """Measures and prints the table."""
    data, *backbones = sys.argv[1:]
    engines = ["tensorflow", "auto", "bfloat16"] if is_installed() else ["tensorflow"]
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(read_settings(), home=Path(folder))
        dataset = DatasetStore(settings).import_source(Path(data)).with_split()
        rows = [
            bench(backbone, engine, dataset, Path(folder) / backbone)
            for backbone in backbones or ["vgg16", "efficientnet_lite0"]
            for engine in engines
        ]
    print_table(HEADER, rows)
    print("The limit is what both together leave of the processor: 1 / (1 / forward + 1 / decode).")


if __name__ == "__main__":
    main()
