"""The inference process: keeps models warm and answers over its standard input and output.

Started by `core.serving` as `python -m core.nn.server RUNS_FOLDER`. A request is a pickled `(action, run_id, sources)`,
an answer a pickled `(kind, value)`; both ends are this studio's own processes.
"""

import os
import pickle
import sys
import traceback
from collections import OrderedDict
from pathlib import Path
from typing import BinaryIO

from core.errors import CoreError

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
        from core.nn.inference import Predictor, model_version

        version = model_version(self._runs / run_id)
        if run_id not in self._kept or self._kept[run_id][0] != version:
            predictor = Predictor(self._runs / run_id)
            predictor.warm_up()
            self._kept[run_id] = version, predictor
        self._kept.move_to_end(run_id)
        while len(self._kept) > MODELS_KEPT:
            self._kept.popitem(last=False)
        return self._kept[run_id][1]


def _answer(models: Models, action: str, run_id: str, sources: list) -> tuple[str, object]:
    try:
        predictor = models.get(run_id)
        return "done", predictor.predict(sources) if action == "predict" else None
    except CoreError as error:
        return "refused", str(error)
    except MemoryError:
        return "refused", "There isn't enough memory for these pictures. Try fewer at once."
    except Exception:
        return "bug", traceback.format_exc()


def serve(requests: BinaryIO, answers: BinaryIO, runs: Path) -> None:
    """Answers requests until the other end closes."""
    models = Models(runs)
    while True:
        try:
            request = pickle.load(requests)
        except EOFError:
            return
        pickle.dump(_answer(models, *request), answers)
        answers.flush()


def main() -> None:
    """Serves on the standard streams, which nothing else may write to."""
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever prints goes to the log; the answers have the stream for themselves.
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers, Path(sys.argv[1]))
    # TensorFlow takes seconds to leave, and there is nothing left to lose.
    os._exit(0)


if __name__ == "__main__":
    main()
