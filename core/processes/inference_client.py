"""What needs TensorFlow, done by separate processes, so that the web server never loads it.

One process only classifies pictures and explains its answers, so that predictions never wait behind long work. Another
one, started when first needed and ended after being idle for a while, makes forecasts, finds learning rates and
measures what a network's features are worth.
"""

import atexit
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.config.training_config import TrainingConfig
from core.errors import RunError
from core.evaluation.prediction import Prediction
from core.explanation.explanation import GRAD_CAM, Explanation
from core.explanation.feature_maps import FeatureMaps
from core.forecast.advice import Advice
from core.forecast.forecast import Forecast
from core.forecast.rate_curve import RateCurve
from core.processes.actions import Advise, Explain, FindRate, MakeForecast, MapFeatures, Predict, Warm
from core.processes.connection import Connection, ProcessEnded
from core.processes.process import NICENESS
from core.progress import OnEvent, ShouldStop, ignore_event, never_stop
from core.settings import Settings

PICTURES, ESTIMATES = "core.processes.inference_server", "core.processes.estimates_server"
LOG_NAME, ESTIMATES_LOG_NAME = "inference.log", "estimates.log"
# TensorFlow takes 0.7 GB, which should be held no longer than a user is setting up a run.
IDLE_SECONDS = 90.0
ENDED = (
    "The inference process was killed, probably because memory ran out. It restarts with the next request: try "
    "again, with fewer pictures at once if there were many."
)


class InferenceClient:
    """Talks to the inference process and the estimates process. Thread-safe.

    Both are started when first needed, and again after they died.

    Args:
        settings: where the runs are.
        idle_seconds: how long the estimates process is kept idle.
    """

    def __init__(self, settings: Settings, idle_seconds: float = IDLE_SECONDS) -> None:
        self._pictures = Connection(PICTURES, settings, RunError, settings.home / LOG_NAME)
        self._estimates = Connection(
            ESTIMATES, settings, RunError, settings.home / ESTIMATES_LOG_NAME, NICENESS, idle_seconds
        )
        # For each loaded model, the process that has it.
        self._warm: dict[str, int] = {}
        self._warming: set[str] = set()
        atexit.register(self.close)

    def warm(self, run_id: str) -> None:
        """Starts loading a run's model and returns at once. Errors are raised by the next `predict`."""
        if run_id in self._warming or self.is_warm(run_id):
            return
        self._warming.add(run_id)
        threading.Thread(target=self._warm_up, args=(run_id,), name=f"warm {run_id}", daemon=True).start()

    def _warm_up(self, run_id: str) -> None:
        try:
            self._ask_about(run_id, Warm(run_id))
        except RunError:
            pass  # The user hasn't asked for anything yet; the next request will raise it again.
        finally:
            self._warming.discard(run_id)

    def is_warm(self, run_id: str) -> bool:
        """Returns whether the model is loaded, so that a prediction takes less than a second."""
        process = self._pictures.pid
        return process != 0 and self._warm.get(run_id) == process

    def predict(self, run_id: str, sources: Sequence[Path | bytes]) -> list[Prediction]:
        """Classifies pictures, in order; waits for the model if it isn't loaded.

        Args:
            run_id: id of a run that has a model.
            sources: files, or the bytes of files.

        Raises:
            RunError: there is no model, or the inference process died.
        """
        absolute = (source.absolute() if isinstance(source, Path) else source for source in sources)
        return self._ask_about(run_id, Predict(run_id, tuple(absolute)))

    def explain(
        self,
        run_id: str,
        source: Path | bytes,
        class_name: str = "",
        method: str = GRAD_CAM,
        randomised: bool = False,
        on_event: OnEvent = ignore_event,
        should_stop: ShouldStop = never_stop,
    ) -> Explanation:
        """Finds out what of a picture speaks for a class; waits for the model if it isn't loaded.

        Args:
            run_id: id of a run that has a model.
            source: the picture's file, or the bytes of it.
            class_name: the class; the most probable one by default.
            method: one of `core.explanation.explanation.METHODS`.
            randomised: whether with random weights in the head, see `Explanation.similarity`.
            on_event: told of the phase `explain`.
            should_stop: asked a few times a second.

        Raises:
            RunError: there is no model, the picture can't be read, there is no such class, or the process died.
            Stopped: `should_stop` said so.
        """
        absolute = source.absolute() if isinstance(source, Path) else source
        action = Explain(run_id, absolute, class_name, method, randomised)
        return self._ask_about(run_id, action, on_event, should_stop)

    def feature_maps(
        self,
        run_id: str,
        source: Path | bytes,
        block: str,
        on_event: OnEvent = ignore_event,
        should_stop: ShouldStop = never_stop,
    ) -> FeatureMaps:
        """Finds out what a block of a network makes of a picture; waits for the model if it isn't loaded.

        Args:
            run_id: id of a run that has a model.
            source: the picture's file, or the bytes of it.
            block: name of one of the blocks of its backbone.
            on_event: told of the phase `explain`.
            should_stop: asked a few times a second.

        Raises:
            RunError: there is no model, the picture can't be read, there is no such block, or the process died.
            Stopped: `should_stop` said so.
        """
        absolute = source.absolute() if isinstance(source, Path) else source
        return self._ask_about(run_id, MapFeatures(run_id, absolute, block), on_event, should_stop)

    def forecast(
        self,
        config: TrainingConfig,
        dataset_id: str,
        is_warm: bool = True,
        on_event: OnEvent = ignore_event,
        should_stop: ShouldStop = never_stop,
    ) -> Forecast:
        """Forecasts how long a run will take; the first forecast for a network takes some seconds of measuring.

        Args:
            config: of the run.
            dataset_id: its data set.
            is_warm: whether a worker that has loaded TensorFlow is waiting.
            on_event: told when the process starts.
            should_stop: asked a few times a second.

        Raises:
            CoreError: there is no forecast; the message says why.
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
        """Finds a learning rate for what the run trains first, with a hundred steps, after computing missing features.

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

    def advise(
        self,
        config: TrainingConfig,
        dataset_id: str,
        computes: bool = True,
        on_event: OnEvent = ignore_event,
        should_stop: ShouldStop = never_stop,
    ) -> Advice:
        """Measures what a network's frozen features are worth on a data set, by cross-validation.

        Args:
            config: of the run.
            dataset_id: its data set.
            computes: whether features that aren't cached may be computed for it.
            on_event: told of the phases `starting`, `features` (pictures) and `advice`.
            should_stop: asked a few times a second.

        Raises:
            CoreError: it can't be done; the message says why.
            Stopped: `should_stop` said so. Features that were computed are kept.
        """
        return _ask(self._estimates, Advise(config, dataset_id, computes), on_event, should_stop)

    def close(self) -> None:
        """Ends the processes for good, even in the middle of a request."""
        self._pictures.close()
        self._estimates.close()

    def _ask_about(
        self,
        run_id: str,
        action: Warm | Predict | Explain | MapFeatures,
        on_event: OnEvent = ignore_event,
        should_stop: ShouldStop = never_stop,
    ) -> Any:
        answer = _ask(self._pictures, action, on_event, should_stop)
        self._warm[run_id] = self._pictures.pid
        return answer


def _ask(
    connection: Connection, action: object, on_event: OnEvent = ignore_event, should_stop: ShouldStop = never_stop
) -> Any:
    try:
        return connection.ask(action, on_event, should_stop)
    except ProcessEnded as ended:
        raise RunError(ENDED) from ended
