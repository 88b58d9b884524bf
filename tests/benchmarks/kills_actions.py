"""Does one thing after another to a data home until it is killed: `python -m tests.benchmarks.kills_actions HOME SEED`.

Before an action it prints what it is about to do, and after it what came of it, as one JSON object a line.
"""

import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from core.datasets.edit import Edit
from core.datasets.store.store import DatasetStore
from core.errors import CoreError
from core.runs import queue
from core.runs.records.store import RunStore
from core.settings import read_settings
from tests.conftest import draw_shape

# The data set that the runs train on stays.
KEPT = "kept"
MOST_DATASETS, MOST_RUNS = 8, 3


def draw(folder: Path, seed: int, count: int = 6) -> Path:
    """Writes two classes of pictures that are unique to the seed."""
    generator = np.random.default_rng(seed)
    for name in ("circle", "square"):
        (folder / name).mkdir(parents=True)
        for number in range(count):
            draw_shape(name, generator, 48).save(folder / name / f"{number}.png")
    return folder


def tell(**values: str) -> None:
    """Prints an object, at once."""
    print(json.dumps(values), flush=True)


def actions(chance: random.Random) -> Iterator[None]:
    """Does one action after the other, forever."""
    settings = read_settings()
    datasets, runs = DatasetStore(settings), RunStore(settings.database)
    while True:
        every = [dataset for dataset in datasets.list() if dataset.name != KEPT]
        ended = [run for run in runs.list() if run.status.is_finished]
        name = f"name {chance.randrange(10**9)}"
        choices = ["import"] if len(every) < 2 else ["import", "rename", "derive", "delete", "delete"]
        choices += ["rename run"] * bool(ended) + ["delete run"] * (len(ended) > MOST_RUNS)
        kind = "delete" if len(every) > MOST_DATASETS else chance.choice(choices)
        try:
            if kind.endswith(" run"):
                _act_on_run(kind, chance.choice(ended).id, name, runs)
            else:
                _act_on_dataset(kind, chance.choice(every).id if every else "", name, datasets, chance)
        except CoreError as error:
            tell(refused=str(error))
        yield


def _act_on_run(kind: str, key: str, name: str, runs: RunStore) -> None:
    tell(begin=kind, kind=kind, id=key, name=name)
    if kind == "rename run":
        runs.rename(key, name)
    else:
        queue.delete(runs, key)
    tell(done=kind, kind=kind, id=key, name=name)


def _act_on_dataset(kind: str, key: str, name: str, datasets: DatasetStore, chance: random.Random) -> None:
    if kind == "import":
        with tempfile.TemporaryDirectory() as folder:
            source = draw(Path(folder) / "pictures", chance.randrange(10**9))
            tell(begin=kind, kind=kind, id="", name=name)
            made = datasets.import_source(source, name)
        tell(done=kind, kind=kind, id=made.id, name=made.name)
        return
    tell(begin=kind, kind=kind, id=key, name=name)
    if kind == "rename":
        datasets.rename(key, name)
    elif kind == "delete":
        datasets.delete(key)
    else:
        samples = datasets.get(key).samples
        gone = tuple(sample.path for sample in chance.sample(samples, 2))
        made = datasets.derive(key, [Edit("remove", gone)], name)
        key, name = made.id, made.name
    tell(done=kind, kind=kind, id=key, name=name)


def main() -> None:
    """Acts until the process is killed."""
    home, seed = sys.argv[1:]
    os.environ["TRANSFER_STUDIO_HOME"] = home
    for _ in actions(random.Random(int(seed))):
        pass


if __name__ == "__main__":
    main()
