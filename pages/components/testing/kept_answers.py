"""A server's latest answers, so that no picture is classified twice by the same model. No Streamlit calls."""

import threading
from collections import OrderedDict
from collections.abc import Mapping

from core.evaluation.prediction import Prediction
from core.runs.records.store import Run

# With a hundred classes, one takes about 4 KB.
MOST_KEPT = 5000


class KeptAnswers:
    """Answers by model and picture. Thread-safe.

    Args:
        most: how many to keep; the ones asked for longest ago are dropped first.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._answers: OrderedDict[tuple[str, float, str], Prediction] = OrderedDict()

    def get(self, run: Run, digest: str) -> Prediction | None:
        """Returns the answer of a run's present model to a picture, or None."""
        with self._lock:
            key = _key(run, digest)
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def keep(self, run: Run, answers: Mapping[str, Prediction]) -> None:
        """Keeps answers, by the pictures' digests."""
        with self._lock:
            for digest, answer in answers.items():
                self._answers[_key(run, digest)] = answer
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)


def _key(run: Run, digest: str) -> tuple[str, float, str]:
    # A resumed run ends with another model.
    return run.id, run.finished, digest
