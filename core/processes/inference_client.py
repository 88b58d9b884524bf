"""Answers, forecasts and learning rates from processes of their own, so that the web server never loads TensorFlow.

One process answers to pictures and does nothing else, so that answers never wait behind long work. Another one, started
when it is first needed and ended when it has had nothing to do for a while, makes forecasts and looks for rates.
"""

import atexit
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.config.training_config import TrainingConfig
from core.errors import RunError
from core.evaluation.prediction import Prediction
from core.forecast.forecast import Forecast
from core.forecast.rate_curve import RateCurve
from core.processes.actions import FindRate, MakeForecast, Predict, Warm
from core.processes.connection import Connection, ProcessEnded
from core.processes.process import NICENESS
from core.progress import OnEvent, ShouldStop, ignore_event, never_stop
from core.settings import Settings

PICTURES, ESTIMATES = "core.processes.inference_server", "core.processes.estimates_server"
LOG_NAME, ESTIMATES_LOG_NAME = "inference.log", "estimates.log"
# TensorFlow takes 0.7 GB, which is held no longer than somebody is at the set-up of a run.
IDLE_SECONDS = 90.0
ENDED = (
    "The process that answers was ended, probably for lack of memory. It starts again with the next question: try "
    "again, with fewer pictures at once if there were many."
)


class InferenceClient:
    """Talks to the inference process and to the one of estimates. Safe from any thread.

    Both are started when they are first needed, and anew when they died.

    Args:
        settings: where the runs are.
        idle_seconds: for how long the process of estimates is kept with nothing to do.
    """

    def __init__(self, settings: Settings, idle_seconds: float = IDLE_SECONDS) -> None:
        self._pictures = Connection(PICTURES, settings, RunError, settings.home / LOG_NAME)
        self._estimates = Connection(
            ESTIMATES, settings, RunError, settings.home / ESTIMATES_LOG_NAME, NICENESS, idle_seconds
        )
        # For each model that was loaded, the process that has it.
        self._warm: dict[str, int] = {}
        self._warming: set[str] = set()
        atexit.register(self.close)

    def warm(self, run_id: str) -> None:
        """Begins to load a run's model and returns at once. What goes wrong is told by the next `predict`."""
        if run_id in self._warming or self.is_warm(run_id):
            return
        self._warming.add(run_id)
        threading.Thread(target=self._warm_up, args=(run_id,), name=f"warm {run_id}", daemon=True).start()

    def _warm_up(self, run_id: str) -> None:
        try:
            self._ask_about(run_id, Warm(run_id))
        except RunError:
            pass  # The user hasn't asked anything yet; the next request says it again.
        finally:
            self._warming.discard(run_id)

    def is_warm(self, run_id: str) -> bool:
        """Returns whether the model is loaded, so that an answer takes less than a second."""
        process = self._pictures.pid
        return process != 0 and self._warm.get(run_id) == process

    def predict(self, run_id: str, sources: Sequence[Path | bytes]) -> list[Prediction]:
        """Answers to pictures, in their order; waits for the model where it isn't warm.

        Args:
            run_id: of a run that has a model.
            sources: files, or the bytes of files.

        Raises:
            RunError: there is no model, or the inference process was ended.
        """
        absolute = (source.absolute() if isinstance(source, Path) else source for source in sources)
        return self._ask_about(run_id, Predict(run_id, tuple(absolute)))

    def forecast(
        self,
        config: TrainingConfig,
        dataset_id: str,
        is_warm: bool = True,
        on_event: OnEvent = ignore_event,
        should_stop: ShouldStop = never_stop,
    ) -> Forecast:
        """Tells how long a training will take; the first time for a network measures it for some seconds.

        Args:
            config: of the run.
            dataset_id: its data set.
            is_warm: whether a worker that has loaded TensorFlow waits for it.
            on_event: told that the process starts.
            should_stop: asked a few times a second.

        Raises:
            CoreError: it can't be told; the message says why.
            Stopped: `should_stop` said so.
        """
        return _ask(self._estimates, MakeForecast(config, dataset_id, is_warm), on_event, should_stop)

    def find_rate(
        self,
        config: TrainingConfig,
        dataset_id: str,
        on_event: OnEvent = ignore_event,
        should_stop: ShouldStop = never_stop,
    ) -> RateCurve:
        """Looks for a learning rate of what the run trains first, with a hundred steps; reads uncached pictures before.

        Args:
            config: of the run.
            dataset_id: its data set.
            on_event: told of the phases `starting`, `features` (pictures) and `rate` (steps).
            should_stop: asked a few times a second.

        Raises:
            CoreError: it can't be done; the message says why.
            Stopped: `should_stop` said so. Features that were computed are kept.
        """
        return _ask(self._estimates, FindRate(config, dataset_id), on_event, should_stop)

    def close(self) -> None:
        """Ends the processes for good, in the middle of an answer too."""
        self._pictures.close()
        self._estimates.close()

    def _ask_about(self, run_id: str, action: Warm | Predict) -> Any:
        answer = _ask(self._pictures, action)
        self._warm[run_id] = self._pictures.pid
        return answer


def _ask(
    connection: Connection, action: object, on_event: OnEvent = ignore_event, should_stop: ShouldStop = never_stop
) -> Any:
    try:
        return connection.ask(action, on_event, should_stop)
    except ProcessEnded as ended:
        raise RunError(ENDED) from ended
