"""Forecasts before Start compared with what then happens, in a warm worker as in the browser.

`TRANSFER_STUDIO_WEIGHTS=FOLDER python -m tests.benchmarks.forecast DATA.zip`. Ratios are what happened / what was
forecast. Set-ups whose weights aren't here are left out, and said.
"""

import os
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.backbones.availability import availability
from core.backbones.table import get_backbone
from core.config.recipes import recipe_config
from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.errors import RunError
from core.forecast.forecast import Forecast
from core.processes.inference_client import InferenceClient
from core.runs import queue
from core.runs.records.store import Run, RunStore
from core.runs.worker.handoff import is_warm_worker_ready
from core.runs.worker.warm_worker_pool import WarmWorkerPool
from core.settings import settings
from core.wording.failures import failure
from tests.benchmarks.measuring import print_table

HEADER = ["set-up", "forecast, s", "happened, s", "ratio", "features, ratio", "head, ratio", "fine-tuning, ratio"]
SETUPS: dict[str, tuple[str, dict[str, Any]]] = {
    "recommended": ("recommended", {}),
    "recommended again": ("recommended", {}),
    "recommended, 3 views": ("recommended", {"views": 3, "flip": True, "zoom": 0.2}),
    "article": ("article", {}),
    "article, 30 epochs": ("article", {"epochs": 30}),
    "fine-tune, 1 block": ("fine_tune", {"trainable_blocks": 1, "epochs": 2}),
    "fine-tune, 3 blocks": ("fine_tune", {"trainable_blocks": 3, "epochs": 2}),
}
# Below this many seconds a phase is mostly overhead, and its ratio says nothing.
SHORTEST_PHASE = 0.5


@dataclass(frozen=True)
class Studio:
    """What the browser uses: runs, a warm worker, the estimates process."""

    store: RunStore
    pool: WarmWorkerPool
    client: InferenceClient

    def run(self, config: TrainingConfig, dataset_id: str) -> Run:
        """Trains once the warm worker is ready, and returns the finished run.

        Raises:
            RunError: the run failed.
        """
        while not is_warm_worker_ready(self.store):
            time.sleep(0.1)
        run = queue.submit(self.store, dataset_id, config)
        while not run.finished:
            time.sleep(0.05)
            run = self.store.get(run.id)
        if run.failure:
            raise RunError(failure(run.failure))
        return run


def ratio(happened: float, forecast: float) -> str:
    """Returns the ratio of two numbers as text for a table."""
    return f"{happened / forecast:.2f}" if min(happened, forecast) > SHORTEST_PHASE else "-"


def row(name: str, config: TrainingConfig, forecast: Forecast, run: Run) -> list[str]:
    """Returns a line of the table."""
    happened = run.finished - run.created
    return [
        name,
        f"{forecast.total_seconds:.1f}",
        f"{happened:.1f}",
        f"{happened / forecast.total_seconds:.2f}",
        ratio(run.seconds.get("features", 0.0), forecast.features_seconds),
        ratio(run.seconds.get("head", 0.0), forecast.head_epoch_seconds * config.head_epochs),
        ratio(run.seconds.get("fine_tune", 0.0), forecast.fine_tune_epoch_seconds * config.fine_tune_epochs),
    ]


def main() -> None:
    """Measures and prints the table."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["TRANSFER_STUDIO_HOME"] = home
        settings.cache_clear()
        dataset = DatasetStore(settings()).import_source(Path(sys.argv[1]))
        pictures = len(dataset.with_split().select("train"))
        store = RunStore(settings().database)
        studio = Studio(store, queue.keep_warm(store), InferenceClient(settings()))
        rows = []
        for name, (recipe, options) in SETUPS.items():
            config = recipe_config(recipe, pictures, **options)
            if availability(get_backbone(config.backbone), settings()).path is None:
                print(f"{name} is left out: the weights of {config.backbone} aren't here.")
                continue
            forecast = studio.client.forecast(config, dataset.id)
            rows.append(row(name, config, forecast, studio.run(config, dataset.id)))
        studio.client.close()
        studio.pool.close()
    print_table(HEADER, rows)


if __name__ == "__main__":
    main()
