"""The inference process: has TensorFlow loaded, keeps models warm and answers over its standard input and output.

Started by `inference_client` as `python -m core.processes.inference_server`. First comes a pickled `Settings`, then
requests, pickled `(action, arguments)`; an answer is a pickled `(kind, value)`. Both ends are this studio's own
processes.
"""

import os
import pickle
import sys
import traceback
from collections import OrderedDict
from pathlib import Path
from typing import BinaryIO

from core.config.training_config import TrainingConfig
from core.datasets.store.store import DatasetStore
from core.errors import CoreError
from core.settings import Settings

MODELS_KEPT = 3


class Models:
    """The most recently used models, ready to answer.

    Args:
        runs: folder of all runs.
    """

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self._kept: OrderedDict[str, tuple[int, object]] = OrderedDict()

    def get(self, run_id: str) -> object:
        """Returns the run's `Predictor`, loaded and compiled where it isn't yet or was trained anew."""
        # Imported here so that a wrong request doesn't cost the loading of TensorFlow.
        from core.nn.inference.predictor import Predictor, model_version

        version = model_version(self._runs / run_id)
        if run_id not in self._kept or self._kept[run_id][0] != version:
            predictor = Predictor(self._runs / run_id)
            predictor.warm_up()
            self._kept[run_id] = version, predictor
        self._kept.move_to_end(run_id)
        while len(self._kept) > MODELS_KEPT:
            self._kept.popitem(last=False)
        return self._kept[run_id][1]


class Actions:
    """What can be asked of this process; each method's name is a request's action.

    Args:
        settings: where everything is.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._models = Models(settings.runs)
        self._meter = None

    def warm(self, run_id: str) -> None:
        """Loads a run's model."""
        self._models.get(run_id)

    def predict(self, run_id: str, sources: list) -> object:
        """Answers to pictures."""
        return self._models.get(run_id).predict(sources)

    def forecast(self, config: TrainingConfig, dataset_id: str, is_warm: bool) -> object:
        """Tells what a run would need."""
        from core.nn.analysis.speeds import SpeedMeter, forecast

        self._meter = self._meter or SpeedMeter()
        dataset = DatasetStore(self._settings).get(dataset_id)
        return forecast(config, dataset, self._settings, self._meter, is_warm)

    def find_rate(self, config: TrainingConfig, dataset_id: str) -> object:
        """Looks for a learning rate."""
        from core.nn.analysis.rate_finder import find_rate

        return find_rate(config, DatasetStore(self._settings).get(dataset_id), self._settings)


def _answer(actions: Actions, action: str, arguments: dict) -> tuple[str, object]:
    try:
        return "done", getattr(actions, action)(**arguments)
    except CoreError as error:
        return "refused", str(error)
    except MemoryError:
        return "refused", "There isn't enough memory for this. Try fewer pictures at once, or a smaller image size."
    except Exception:
        return "bug", traceback.format_exc()


def serve(requests: BinaryIO, answers: BinaryIO, settings: Settings) -> None:
    """Answers requests until the other end closes."""
    actions = Actions(settings)
    while True:
        try:
            request = pickle.load(requests)
        except EOFError:
            return
        pickle.dump(_answer(actions, *request), answers)
        answers.flush()


def main() -> None:
    """Serves on the standard streams, which nothing else may write to."""
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever prints goes to the log; the answers have the stream for themselves.
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers, pickle.load(sys.stdin.buffer))
    # TensorFlow takes seconds to leave, and there is nothing left to lose.
    os._exit(0)


if __name__ == "__main__":
    main()
