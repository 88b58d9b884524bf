"""Answers that take seconds to compute, computed on a thread while pages are drawn. No Streamlit calls.

A page that waits keeps asking. So a question that is no longer asked, because its page was left or its form changed,
is given up automatically.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from core.errors import CoreError, Stopped
from core.events import Event
from core.files.disk import refusals_in_words
from core.progress import OnEvent, ShouldStop

LOGGER = logging.getLogger(__name__)
MOST_KEPT = 50
# How long a question that nobody asks any more is worked on. Browsers let hidden pages ask only once a minute.
PATIENCE_SECONDS = 75.0
# ... if another one waits, or the browser that asked has closed the page or lost its connection,
GIVE_WAY_SECONDS = 2.0
# ... and if the one who asked has left: any other page with the same question asks it again within this time.
LEFT_SECONDS = 0.8
UNFORESEEN = "It failed because of an unexpected error. The server's log has the details."

IsHere = Callable[[], bool]
"""Tells whether the asking session is still there."""

Question = TypeVar("Question", bound=Hashable)
Result = TypeVar("Result")


@dataclass(frozen=True)
class Found(Generic[Result]):
    """The answer to a question.

    Attributes:
        result: the answer; None if there is none.
        error: why there is none, in words; empty otherwise.
        time: when it was found, in seconds of the monotonic clock.
    """

    result: Result | None = None
    error: str = ""
    time: float = field(default_factory=time.monotonic)

    @property
    def age(self) -> float:
        """Seconds since it was found."""
        return time.monotonic() - self.time


@dataclass
class _Search(Generic[Question]):
    """The question that is being answered, or the next one.

    Attributes:
        question: what was asked.
        asked: when it was last asked, in seconds of the monotonic clock.
        deadline: until when it is worked on if nobody asks again.
        is_here: tells whether the session that last asked is still there.
        waiting: how many threads wait for the answer.
        progress: its latest event, or None.
    """

    question: Question
    asked: float = 0.0
    deadline: float = 0.0
    is_here: IsHere = lambda: True
    waiting: int = 0
    progress: Event | None = None

    def __post_init__(self) -> None:
        self.renew()

    def renew(self, is_here: IsHere | None = None) -> None:
        """Notes that it was asked again."""
        self.is_here = is_here or self.is_here
        self.asked = time.monotonic()
        self.deadline = self.asked + PATIENCE_SECONDS

    def leave(self) -> None:
        """Notes that one of the askers has left."""
        self.deadline = min(self.deadline, time.monotonic() + LEFT_SECONDS)

    def is_abandoned(self, others_wait: bool) -> bool:
        """Returns whether nobody wants the answer any more."""
        is_urgent = others_wait or not self.is_here()
        deadline = min(self.deadline, self.asked + GIVE_WAY_SECONDS) if is_urgent else self.deadline
        return not self.waiting and time.monotonic() > deadline


class BackgroundCache(Generic[Question, Result]):
    """Finds one answer at a time, on a thread that ends when there is nothing left to do. Thread-safe.

    Args:
        find: finds the answer to a question; it is also given `on_event` and `should_stop`, upon which it raises
            `Stopped`. The message of a `CoreError` is kept as the answer.
    """

    def __init__(self, find: Callable[[Question, OnEvent, ShouldStop], Result]) -> None:
        self._find = find
        self._changed = threading.Condition()
        self._found: OrderedDict[Question, Found[Result]] = OrderedDict()
        self._current: _Search[Question] | None = None
        self._next: _Search[Question] | None = None
        self._is_closed = False

    def get(self, question: Question) -> Found[Result] | None:
        """Returns the latest answer to a question, or None."""
        with self._changed:
            return self._found.get(question)

    def progress(self, question: Question) -> Event | None:
        """Returns the progress of a question's answer; None if it isn't known."""
        with self._changed:
            search = self._search(question)
            return search.progress if search else None

    def ask(self, question: Question, is_here: IsHere = lambda: True) -> None:
        """Queues a question, even if it already has an answer, in place of any other that waits.

        Args:
            question: the question.
            is_here: tells whether the asking session is still there.
        """
        with self._changed:
            if self._is_closed:
                return
            if search := self._search(question):
                search.renew(is_here)
            elif self._current is None:
                self._current = _Search(question, is_here=is_here)
                threading.Thread(target=self._work, args=(self._current,), name="lookup", daemon=True).start()
            else:
                self._next = _Search(question, is_here=is_here)

    def leave(self, question: Question) -> None:
        """Gives up a question within a second, unless another session keeps asking it."""
        with self._changed:
            if search := self._search(question):
                search.leave()

    def wait(self, question: Question, seconds: float) -> Found[Result] | None:
        """Waits while a question is being answered, and returns its latest answer or None.

        Args:
            question: one that was asked.
            seconds: how long to wait at most.
        """
        with self._changed:
            if search := self._search(question):
                search.waiting += 1
                self._changed.wait_for(lambda: search not in (self._current, self._next), seconds)
                search.waiting -= 1
            return self._found.get(question)

    def forget(self, question: Question) -> None:
        """Drops the answer to a question."""
        with self._changed:
            self._found.pop(question, None)

    def close(self) -> None:
        """Accepts no more questions, and gives up the one being answered."""
        with self._changed:
            self._is_closed, self._next = True, None

    def _search(self, question: Question) -> _Search[Question] | None:
        searches = (self._current, self._next)
        return next((search for search in searches if search and search.question == question), None)

    def _work(self, search: _Search[Question] | None) -> None:
        while search is not None:
            search = self._keep(search, self._find_answer(search))

    def _keep(self, search: _Search[Question], found: Found[Result] | None) -> _Search[Question] | None:
        """Stores an answer, if there is one, and returns the next question to work on."""
        with self._changed:
            if found is not None:
                self._found[search.question] = found
                self._found.move_to_end(search.question)
            while len(self._found) > MOST_KEPT:
                self._found.popitem(last=False)
            self._current, self._next = self._next, None
            self._changed.notify_all()
            return self._current

    def _find_answer(self, search: _Search[Question]) -> Found[Result] | None:
        def on_event(event: Event) -> None:
            search.progress = event

        def should_stop() -> bool:
            with self._changed:
                return self._is_closed or search.is_abandoned(others_wait=self._next is not None)

        try:
            with refusals_in_words():
                return Found(self._find(search.question, on_event, should_stop))
        except Stopped:
            return None
        except CoreError as error:
            return Found(error=str(error))
        except Exception:
            LOGGER.exception("Nothing found for %r", search.question)
            return Found(error=UNFORESEEN)
