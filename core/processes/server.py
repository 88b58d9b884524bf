"""The child's side: reads requests from standard input, does one after the other and answers on standard output.

What crashes a decoder or a network crashes this process, not the web server. A thread keeps reading while a request is
being done, so that it can be cancelled. The end of the input, on purpose or by the parent's death, cancels all.
"""

import os
import pickle
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, BinaryIO

from core.errors import CoreError, Stopped
from core.events import Event
from core.files.disk import refusals_in_words
from core.processes.messages import Answer, Cancel, Done, Failed, Refused, Request, Told, WasStopped
from core.progress import OnEvent, ShouldStop
from core.settings import Settings

NO_MEMORY = "There isn't enough memory for this. Close other programs, or leave out the largest pictures."

Handler = Callable[[Any, OnEvent, ShouldStop], object]
"""Does an action, reports its progress, and raises `Stopped` once asked to stop."""

Handlers = Mapping[type, Handler]
"""The handler of each kind of action."""


def serve(
    handlers_for: Callable[[Settings], Handlers], no_memory: str = NO_MEMORY, leaves_at_once: bool = False
) -> None:
    """Answers requests until the input ends; then ends the process. The main program of a child.

    Args:
        handlers_for: returns the handlers, given the settings of the parent.
        no_memory: the message if memory runs out.
        leaves_at_once: whether the end of the input ends the process even in the middle of a request, which then must
            leave nothing behind; otherwise the request is asked to stop.
    """
    answers = _Answers(_own_output())
    requests = os.fdopen(os.dup(0), "rb")
    handlers = handlers_for(pickle.load(requests))
    inbox = _Inbox(requests, leaves_at_once)
    for request, should_stop in inbox:
        on_event = partial(_tell_event, answers, request.id)
        answers.tell(_answer(handlers, request, on_event, should_stop, no_memory))
    sys.stderr.flush()
    # TensorFlow takes seconds to exit, the reading thread holds the input, and there is nothing left to lose.
    os._exit(0)


class _Inbox:
    """The pending requests, in order, each with a function that tells whether it was cancelled."""

    def __init__(self, requests: BinaryIO, leaves_at_once: bool) -> None:
        self._requests = requests
        self._leaves_at_once = leaves_at_once
        self._waiting: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._cancelled: set[int] = set()
        self._has_ended = threading.Event()
        threading.Thread(target=self._read, name="requests", daemon=True).start()

    def __iter__(self) -> Iterator[tuple[Request, ShouldStop]]:
        while (request := self._waiting.get()) is not None:
            yield request, partial(self._is_cancelled, request.id)
            self._cancelled.discard(request.id)

    def _is_cancelled(self, number: int) -> bool:
        return number in self._cancelled or self._has_ended.is_set()

    def _read(self) -> None:
        try:
            while True:
                message = pickle.load(self._requests)
                if isinstance(message, Cancel):
                    self._cancelled.add(message.id)
                else:
                    self._waiting.put(message)
        except EOFError:
            pass
        finally:
            if self._leaves_at_once:
                os._exit(0)
            self._has_ended.set()
            self._waiting.put(None)


class _Answers:
    """Sends answers, each as a whole, from any thread."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def tell(self, message: Answer) -> None:
        """Sends a message."""
        # The parent is gone; the end of the input will say so too.
        with self._lock, suppress(BrokenPipeError):
            pickle.dump(message, self._stream)
            self._stream.flush()


def _tell_event(answers: _Answers, number: int, event: Event) -> None:
    answers.tell(Told(number, event))


def _answer(handlers: Handlers, request: Request, on_event: OnEvent, should_stop: ShouldStop, no_memory: str) -> Answer:
    if should_stop():
        return WasStopped(request.id)
    try:
        with refusals_in_words():
            return Done(request.id, handlers[type(request.action)](request.action, on_event, should_stop))
    except CoreError as error:
        return Refused(request.id, str(error))
    except Stopped:
        return WasStopped(request.id)
    except MemoryError:
        return Refused(request.id, no_memory)
    except Exception:
        return Failed(request.id, traceback.format_exc())


def _own_output() -> BinaryIO:
    """Returns standard output for the answers alone, and redirects what libraries print to standard error."""
    sys.stdout.flush()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers
