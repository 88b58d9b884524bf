"""Answers from a model that stays warm in a process of its own, so that the web server never loads TensorFlow."""

import atexit
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from core.errors import RunError
from core.prediction import Prediction
from core.settings import Settings

PROJECT = Path(__file__).parents[1]
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
            self._call("warm", run_id, [])
        except RunError:
            pass  # The person hasn't asked anything yet; the next request says it again.
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
        return self._call("predict", run_id, list(sources))

    def close(self) -> None:
        """Ends the inference process."""
        with self._lock:
            self._end()

    def _call(self, action: str, run_id: str, sources: list[Path | bytes]) -> list[Prediction]:
        with self._lock:
            kind, value = self._exchange((action, run_id, sources))
            if kind == "done":
                self._warm.add(run_id)
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
                "picture: try again with fewer pictures at once."
            ) from error

    def _running(self) -> subprocess.Popen:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = self._start()
        return self._process

    def _start(self) -> subprocess.Popen:
        self._settings.home.mkdir(parents=True, exist_ok=True)
        paths = [str(PROJECT), os.environ.get("PYTHONPATH", "")]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "TF_CPP_MIN_LOG_LEVEL": os.environ.get("TF_CPP_MIN_LOG_LEVEL", "2"),
        }
        with (self._settings.home / LOG_NAME).open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "core.nn.server", str(self._settings.runs)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                # Ctrl-C in the server's terminal is for the server, whose end closes the pipe and so ends this one.
                start_new_session=True,
            )

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
