"""One of our training runs in its own process: `python -m tests.benchmarks.our_training HOME DATA RECIPE OPTIONS`.

DATA is a zip or a folder, OPTIONS a JSON object of fields of the configuration. Imports DATA where HOME has no data set
yet, trains, and prints one JSON object with the validation accuracies and the seconds of each phase.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

from core.config.recipes import recipe_config
from core.datasets.store.store import DatasetStore
from core.events import Event
from core.nn.training.notes import load_notes
from core.nn.training.training import run_training
from core.settings import read_settings
from core.wording.run_notes import run_note


def main() -> None:
    """Trains as the command line and the browser do, in this process."""
    home, data, recipe, options = sys.argv[1:]
    settings = replace(read_settings(), home=Path(home))
    store = DatasetStore(settings)
    dataset = next(iter(store.list()), None) or store.import_source(Path(data))
    pictures = len(dataset.with_split().select("train"))
    config = recipe_config(recipe, pictures, **json.loads(options))
    accuracies: list[float] = []

    def on_event(event: Event) -> None:
        if event.epoch:
            accuracies.append(event.metrics["val_accuracy"])

    folder = settings.runs / "benchmark"
    outcome = run_training(config, dataset, folder, settings, on_event, lambda: False)
    notes = [run_note(note) for note in load_notes(folder)]
    print(json.dumps({"accuracies": accuracies, "seconds": outcome.seconds, "notes": notes, "pictures": pictures}))


if __name__ == "__main__":
    main()
