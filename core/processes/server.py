"""The child's side: does what is asked on standard input and answers on standard output, one request after the other.

What brings a decoder or a network down brings this process down, and not the web server. While one request is at work
a thread reads on, so that it can be cancelled. The end of the input, by the parent's will or its death, cancels all.
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

NO_MEMORY = "There isn't enough memory for this. Close other programs, or leave the largest pictures out."

Handler = Callable[[Any, OnEvent, ShouldStop], object]
"""Does an action, tells how far it is, and raises `Stopped` once it is to stop."""

Handlers = Mapping[type, Handler]
"""What does each kind of action."""


def serve(
    handlers_for: Callable[[Settings], Handlers], no_memory: str = NO_MEMORY, leaves_at_once: bool = False
) -> None:
    """Answers requests until the input ends; then ends the process. The main program of a child.

    Args:
        handlers_for: returns what can be asked for, given the settings of the parent.
        no_memory: what to say where memory runs out.
        leaves_at_once: whether the end of the input ends the process in the middle of a request, which then must leave
            nothing behind; else the request is asked to stop.
    """
    answers = _Answers(_own_output())
    requests = os.fdopen(os.dup(0), "rb")
    handlers = handlers_for(pickle.load(requests))
    inbox = _Inbox(requests, leaves_at_once)
    for request, should_stop in inbox:
        on_event = partial(_tell_event, answers, request.id)
        answers.tell(_answer(handlers, request, on_event, should_stop, no_memory))
    sys.stderr.flush()
    # TensorFlow takes seconds to leave, the thread that reads holds the input, and there is nothing left to lose.
    os._exit(0)


class _Inbox:
    """The requests that are to be answered, in their order, each with the question whether it was cancelled."""

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
    """Where the answers go, whole ones whichever thread has one."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def tell(self, message: Answer) -> None:
        """Sends a message."""
        # A parent that is gone hears nothing; the end of the input tells so too.
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
    """Returns standard output for the answers alone, and sends to standard error what libraries print."""
    sys.stdout.flush()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return answers
