"""Jobs in a process of their own, so that what brings a decoder or a network down doesn't bring the web server down.

The parent sends the job as one line of JSON and then keeps the pipe open: its end, by Stop or by the parent's death,
tells the child to stop. The child answers with one line of JSON an event and a last one with the outcome.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TextIO

from core.errors import CoreError, Stopped
from core.events import Event
from core.files.disk import refusals_in_words
from core.progress import OnEvent, ShouldStop
from core.settings import PROJECT

SECONDS_BETWEEN_LOOKS = 0.2
SECONDS_TO_STOP = 10
# Of 19, which is the last in the queue.
NICENESS = 5
SHOWN_COMPLAINT_BYTES = 10_000

Job = dict[str, Any]
"""What is asked for, and what came of it, as JSON values."""


class Child:
    """The process that does the job, seen from its parent."""

    def __init__(self, module: str, job: Job) -> None:
        """Starts `python -m module`, whose main program calls `answer`.

        Args:
            module: full name.
            job: what it is to do.
        """
        self._module = module
        # Libraries tell of drivers and odd pictures there: only of interest where the process fails.
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 (closed when the process has ended)
        # A session of its own: Ctrl-C reaches it as the end of the pipe, upon which it tidies up.
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            cwd=PROJECT,
            text=True,
            start_new_session=os.name == "posix",
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._is_stopping = False
        threading.Thread(target=self._read, name=f"lines of {module}", daemon=True).start()
        with suppress(BrokenPipeError):  # a process that died at once is told by its exit code
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()

    def follow(self, on_event: OnEvent, should_stop: ShouldStop) -> Job:
        """Passes on events until the process ends.

        Returns:
            What the work returned, or one of `{"error": ...}`, `{"stopped": ...}`, `{"died": ...}`, or nothing where
            it had to be killed because it wouldn't stop.
        """
        outcome: Job = {}
        try:
            for message in self._messages(should_stop):
                if "phase" in message:
                    on_event(Event(**message))
                else:
                    outcome = message
        finally:
            code = self._end()
            complaints = self._last_complaints()
        if outcome or self._is_stopping:
            return outcome
        if code > 0:
            raise RuntimeError(f"{self._module} failed with code {code}:\n{complaints}")
        return {"died": str(code)}

    def _messages(self, should_stop: ShouldStop) -> Iterator[Job]:
        deadline = float("inf")
        while True:
            if not self._is_stopping and should_stop():
                self._is_stopping = True
                deadline = time.monotonic() + SECONDS_TO_STOP
                with suppress(BrokenPipeError):
                    self._process.stdin.close()
            if time.monotonic() > deadline:
                return
            try:
                line = self._lines.get(timeout=SECONDS_BETWEEN_LOOKS)
            except queue.Empty:
                continue
            if not line:
                return
            yield json.loads(line)

    def _read(self) -> None:
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put("")

    def _end(self) -> int:
        """Waits for the process to end, kills it if it takes too long, and returns its exit code."""
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            return self._process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _last_complaints(self) -> str:
        with self._complaints as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - SHOWN_COMPLAINT_BYTES))
            return file.read().decode(errors="replace")


def answer(work: Callable[[Job, OnEvent, ShouldStop], Job]) -> None:
    """Does, in the child, the job that the parent asks for on standard input.

    Args:
        work: takes the job, a listener and the question whether to stop; returns the outcome, JSON values under other
            names than `phase`.
    """
    _give_way()
    lines = _own_output()
    job = json.loads(sys.stdin.readline())
    stopping = threading.Event()
    threading.Thread(target=_await_end_of_input, args=(stopping,), daemon=True).start()
    try:
        with refusals_in_words():
            outcome = work(job, lambda event: _tell(lines, _values(event)), stopping.is_set)
    except CoreError as error:
        outcome = {"error": str(error)}
    except Stopped:
        outcome = {"stopped": ""}
    _tell(lines, outcome)


def _give_way() -> None:
    """Lets the web server go first where there are fewer processor cores than work, so that pages stay quick."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICENESS)


def _own_output() -> TextIO:
    """Returns standard output, and sends to standard error what libraries print, which would be no JSON."""
    sys.stdout.flush()
    lines = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return lines


def _await_end_of_input(stopping: threading.Event) -> None:
    while os.read(0, 1):  # not `sys.stdin`, whose lock a waiting thread would take into the interpreter's end
        pass
    stopping.set()


def _values(event: Event) -> Job:
    return {
        "phase": event.phase,
        "step": event.step,
        "total": event.total,
        "metrics": dict(event.metrics),
        "time": event.time,
    }


def _tell(lines: TextIO, message: Job) -> None:
    lines.write(json.dumps(message) + "\n")
    lines.flush()
