"""The parent's side: concurrent requests to a child process, with progress and cancellation."""

import os
import pickle
import queue
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import IO, Any, cast

from core.errors import CoreError, Stopped
from core.processes.messages import Answer, Cancel, Done, Failed, Refused, Request, Told
from core.processes.process import NICENESS, end_child, start_process
from core.progress import OnEvent, ShouldStop, ignore_event, never_stop
from core.settings import Settings

SECONDS_BETWEEN_LOOKS = 0.1
# How long to wait for an answer after a request to stop: if the process lives on, and if it cleans up and ends.
SECONDS_TO_HEED, SECONDS_TO_STOP = 1.0, 10.0
SHOWN_COMPLAINT_BYTES = 10_000


class ProcessEnded(Exception):  # noqa: N818 (the caller decides what it means)
    """The child process died before it answered.

    Attributes:
        code: its exit code, negative if a signal ended it.
        complaints: the end of its output.
    """

    def __init__(self, code: int, complaints: str) -> None:
        super().__init__(f"ended with code {code}:\n{complaints}")
        self.code = code
        self.complaints = complaints


class Connection:
    """A child process that answers requests; started when first needed, and again after it died. Thread-safe.

    If it dies, only the requests waiting at that moment fail.

    Args:
        module: its main program, which calls `server.serve`.
        settings: passed to the child.
        refusal: the error to raise if it refuses a request.
        log: file for its output, overwritten at each start; a temporary file by default.
        niceness: how much it yields to other processes.
        idle_seconds: how long it is kept idle; forever by default.
        seconds_to_stop: how long to wait for the answer to a cancelled request.
    """

    def __init__(
        self,
        module: str,
        settings: Settings,
        refusal: type[CoreError] = CoreError,
        log: Path | None = None,
        niceness: int = 0,
        idle_seconds: float | None = None,
        seconds_to_stop: float = SECONDS_TO_HEED,
    ) -> None:
        self._module = module
        # The child starts in the project's folder.
        weights = settings.weights_folder and settings.weights_folder.absolute()
        self._settings = replace(settings, home=settings.home.absolute(), weights_folder=weights)
        self._refusal = refusal
        self._log = log
        self._niceness = niceness
        self._idle_seconds = idle_seconds
        self._seconds_to_stop = seconds_to_stop
        self._lock = threading.Lock()
        self._link: _Link | None = None
        self._idle_clock: threading.Timer | None = None
        self._is_closed = False

    @property
    def pid(self) -> int:
        """Id of the process; 0 if it isn't alive."""
        link = self._link
        return link.process.pid if link is not None and link.is_alive else 0

    def ask(self, action: object, on_event: OnEvent = ignore_event, should_stop: ShouldStop = never_stop) -> Any:
        """Has an action done and returns its value. Other threads may ask meanwhile.

        Args:
            action: one of `core.processes.actions`.
            on_event: told of its progress.
            should_stop: asked a few times a second.

        Raises:
            CoreError: of the kind `refusal`, if it is refused; the message says why.
            ProcessEnded: the process died.
            Stopped: `should_stop` said so.
        """
        link, number, answers = self._request(action)
        try:
            return self._follow(link, number, answers, on_event, should_stop)
        except BaseException:
            # Whatever the reason, nobody waits for the answer any more.
            link.send(Cancel(number))
            raise
        finally:
            self._forget(link, number)

    def close(self, seconds: float = 0.0) -> None:
        """Ends the process for good, even in the middle of a request.

        Args:
            seconds: how long it may take to stop and clean up.
        """
        with self._lock:
            self._is_closed = True
            link, self._link = self._link, None
            if self._idle_clock is not None:
                self._idle_clock.cancel()
        if link is not None:
            link.end(seconds)

    def _request(self, action: object) -> tuple["_Link", int, queue.SimpleQueue[Answer | None]]:
        with self._lock:
            if self._is_closed:
                # The web server is shutting down; threads that keep asking must start no process that outlives it.
                raise ProcessEnded(0, "")
            if self._link is None or not self._link.is_alive:
                ended, self._link = self._link, _Link(self._module, self._settings, self._log, self._niceness)
                if ended is not None:
                    ended.end()
            link = self._link
            number, answers = link.expect()
        link.send(Request(number, action))
        return link, number, answers

    def _follow(
        self,
        link: "_Link",
        number: int,
        answers: queue.SimpleQueue[Answer | None],
        on_event: OnEvent,
        should_stop: ShouldStop,
    ) -> Any:
        for answer in _until_stopped(link, number, answers, should_stop, self._seconds_to_stop):
            match answer:
                case Told(event=event):
                    on_event(event)
                case Done(value=value):
                    return value
                case Refused(text=text):
                    raise self._refusal(text)
                case Failed(trace=trace):
                    raise RuntimeError(f"{self._module} failed:\n{trace}")
                case None if not should_stop():
                    raise ProcessEnded(link.end(SECONDS_TO_STOP), link.complaints)
                case _:
                    raise Stopped
        raise Stopped

    def _forget(self, link: "_Link", number: int) -> None:
        with self._lock:
            link.forget(number)
            if self._idle_seconds is None or self._is_closed or not link.is_idle:
                return
            if self._idle_clock is not None:
                self._idle_clock.cancel()
            self._idle_clock = threading.Timer(self._idle_seconds, self._end_if_idle, (link,))
            self._idle_clock.daemon = True
            self._idle_clock.start()

    def _end_if_idle(self, link: "_Link") -> None:
        with self._lock:
            if self._link is not link or not link.is_idle_for(self._idle_seconds or 0.0):
                return
            self._link = None
        link.end()


def ask_once(
    module: str,
    settings: Settings,
    refusal: type[CoreError],
    action: object,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> Any:
    """Has one action done in a process of its own that yields to the web server.

    Raises:
        CoreError: of the kind `refusal`; the message says why.
        ProcessEnded: the process died.
        Stopped: `should_stop` said so, and the process has cleaned up or was killed.
    """
    connection = Connection(module, settings, refusal, niceness=NICENESS, seconds_to_stop=SECONDS_TO_STOP)
    try:
        return connection.ask(action, on_event, should_stop)
    except ProcessEnded as ended:
        if ended.code > 0:
            raise RuntimeError(f"{module} {ended}") from ended
        raise
    finally:
        connection.close(SECONDS_TO_STOP)


def _until_stopped(
    link: "_Link", number: int, answers: queue.SimpleQueue[Answer | None], should_stop: ShouldStop, seconds: float
) -> Iterator[Answer | None]:
    """Yields the answers to a request, None if the process died; ends if a cancelled request isn't answered in time."""
    deadline = float("inf")
    while time.monotonic() < deadline:
        if deadline == float("inf") and should_stop():
            deadline = time.monotonic() + seconds
            link.send(Cancel(number))
        with suppress(queue.Empty):
            yield answers.get(timeout=SECONDS_BETWEEN_LOOKS)


class _Link:
    """One living process and the requests waiting for its answers."""

    def __init__(self, module: str, settings: Settings, log: Path | None, niceness: int) -> None:
        self._log = _open_log(log)
        self.process = start_process(
            [module], self._log, stdin=subprocess.PIPE, stdout=subprocess.PIPE, niceness=niceness
        )
        # Both exist, because pipes were requested.
        self._requests, self._answers = cast(IO[bytes], self.process.stdin), cast(IO[bytes], self.process.stdout)
        self.complaints = ""
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._numbers = count(1)
        self._waiting: dict[int, queue.SimpleQueue[Answer | None]] = {}
        self._idle_since = time.monotonic()
        self._has_ended = False
        threading.Thread(target=self._route, name=f"answers of {module}", daemon=True).start()
        self.send(settings)

    @property
    def is_alive(self) -> bool:
        """Whether it can take requests."""
        return not self._has_ended and self.process.poll() is None

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for an answer."""
        return not self._waiting

    def is_idle_for(self, seconds: float) -> bool:
        """Returns whether nobody has waited for an answer for this long."""
        return self.is_idle and time.monotonic() - self._idle_since >= seconds

    def expect(self) -> tuple[int, queue.SimpleQueue[Answer | None]]:
        """Returns the id for a new request and the queue of its answers."""
        with self._lock:
            number = next(self._numbers)
            answers: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()
            self._waiting[number] = answers
            if self._has_ended:
                answers.put(None)
            return number, answers

    def forget(self, number: int) -> None:
        """Drops further answers to a request."""
        with self._lock:
            self._waiting.pop(number, None)
            self._idle_since = time.monotonic()

    def send(self, message: object) -> None:
        """Sends a message; if the process has died, the waiting requests are told."""
        data = pickle.dumps(message)
        with self._sending, suppress(OSError, ValueError):  # a closed file raises ValueError
            self._requests.write(data)
            self._requests.flush()

    def end(self, seconds: float = 0.0) -> int:
        """Ends the process, keeps the end of its output, and returns its exit code; see `end_child`."""
        code = end_child(self.process, seconds)
        with self._lock:
            if not self._log.closed:
                self._log.seek(max(0, self._log.seek(0, os.SEEK_END) - SHOWN_COMPLAINT_BYTES))
                self.complaints = self._log.read().decode(errors="replace")
                self._log.close()
        return code

    def _route(self) -> None:
        """Passes each answer to the thread that waits for it, until the process ends."""
        try:
            with self._answers as stream, suppress(EOFError, OSError, pickle.UnpicklingError):
                while True:
                    answer: Answer = pickle.load(stream)
                    with self._lock:
                        answers = self._waiting.get(answer.id)
                    if answers is not None:
                        answers.put(answer)
        finally:
            with self._lock:
                self._has_ended = True
                for answers in self._waiting.values():
                    answers.put(None)


def _open_log(path: Path | None) -> IO[bytes]:
    """Opens a new log; if the disk can't be written, the process works without."""
    try:
        if path is None:
            return tempfile.TemporaryFile()
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w+b")
    except OSError:
        return Path(os.devnull).open("w+b")
