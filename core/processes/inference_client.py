"""Answers, forecasts and learning rates from a process of its own, so that the web server never loads TensorFlow."""

import atexit
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from core.config.training_config import TrainingConfig
from core.errors import RunError
from core.evaluation.prediction import Prediction
from core.forecast.forecast import Forecast
from core.forecast.rate_curve import RateCurve
from core.settings import PROJECT, Settings

LOG_NAME = "inference.log"


class InferenceClient:
    """Talks to the inference process; starts it when it is first needed, and anew when it died. Safe from any thread.

    Args:
        settings: where the runs are.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._process: subprocess.Popen | None = None
        self._warm: set[str] = set()
        self._warming: set[str] = set()
        atexit.register(self.close)

    def warm(self, run_id: str) -> None:
        """Begins to load a run's model and returns at once. What goes wrong is told by the next `predict`."""
        if run_id in self._warm | self._warming:
            return
        self._warming.add(run_id)
        threading.Thread(target=self._warm_up, args=(run_id,), name=f"warm {run_id}", daemon=True).start()

    def _warm_up(self, run_id: str) -> None:
        try:
            self._call("warm", run_id=run_id)
            self._warm.add(run_id)
        except RunError:
            pass  # The user hasn't asked anything yet; the next request says it again.
        finally:
            self._warming.discard(run_id)

    def is_warm(self, run_id: str) -> bool:
        """Returns whether the model is loaded, so that an answer takes less than a second."""
        process = self._process
        return run_id in self._warm and process is not None and process.poll() is None

    def predict(self, run_id: str, sources: Sequence[Path | bytes]) -> list[Prediction]:
        """Answers to pictures, in their order; waits for the model where it isn't warm.

        Args:
            run_id: of a run that has a model.
            sources: files, or the bytes of files.

        Raises:
            RunError: there is no model, or the inference process was ended.
        """
        predictions = self._call("predict", run_id=run_id, sources=list(sources))
        self._warm.add(run_id)
        return predictions

    def forecast(self, config: TrainingConfig, dataset_id: str, is_warm: bool = True) -> Forecast:
        """Tells how long a training will take; the first time for a network measures it for some seconds.

        Args:
            config: of the run.
            dataset_id: its data set.
            is_warm: whether a worker that has loaded TensorFlow waits for it.

        Raises:
            CoreError: it can't be told; the message says why.
        """
        return self._call("forecast", config=config, dataset_id=dataset_id, is_warm=is_warm)

    def find_rate(self, config: TrainingConfig, dataset_id: str) -> RateCurve:
        """Looks for a learning rate of the head with a hundred steps; pictures that aren't cached are read first.

        Args:
            config: of the run.
            dataset_id: its data set.

        Raises:
            CoreError: it can't be done; the message says why.
        """
        return self._call("find_rate", config=config, dataset_id=dataset_id)

    def close(self) -> None:
        """Ends the inference process, in the middle of an answer too."""
        # Killed before the lock is taken: whoever waits for an answer holds it, and is freed by this.
        process = self._process
        if process is not None:
            process.kill()
        with self._lock:
            self._end()

    def _call(self, action: str, **arguments: Any) -> Any:
        with self._lock:
            kind, value = self._exchange((action, arguments))
        if kind == "done":
            return value
        if kind == "refused":
            raise RunError(value)
        raise RuntimeError(f"The inference process failed:\n{value}")

    def _exchange(self, request: tuple) -> tuple:
        process = self._running()
        try:
            pickle.dump(request, process.stdin)
            process.stdin.flush()
            return pickle.load(process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            self._end()
            raise RunError(
                "The process that answers was ended, probably for lack of memory. It starts again with the next "
                "question: try again, with fewer pictures at once if there were many."
            ) from error

    def _running(self) -> subprocess.Popen:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = self._start()
        return self._process

    def _start(self) -> subprocess.Popen:
        paths = [str(PROJECT), os.environ.get("PYTHONPATH", "")]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2"),
        }
        with self._open_log() as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "core.processes.inference_server"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                # Ctrl-C in the server's terminal is for the server, whose end closes the pipe and so ends this one.
                start_new_session=True,
            )
        pickle.dump(self._settings, process.stdin)
        return process

    def _open_log(self) -> BinaryIO:
        """Opens the log anew; on a disk that can't be written, models answer all the same."""
        try:
            self._settings.home.mkdir(parents=True, exist_ok=True)
            return (self._settings.home / LOG_NAME).open("wb")
        except OSError:
            return Path(os.devnull).open("wb")

    def _end(self) -> None:
        process, self._process = self._process, None
        self._warm.clear()
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                # What was still to be sent has nobody to go to.
                with suppress(OSError):
                    stream.close()
