"""Answers that take seconds to find, found on a thread while pages are drawn. No Streamlit calls.

Whoever waits asks again and again. So a question that nobody waits for any more, because its page was left or its form
changed, gives way to the next one by itself.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from core.errors import CoreError
from core.files.disk import refusals_in_words

LOGGER = logging.getLogger(__name__)
MOST_KEPT = 50
UNFORESEEN = "It failed for a reason nobody foresaw. The server's log has the details."

Question = TypeVar("Question", bound=Hashable)
Result = TypeVar("Result")


@dataclass(frozen=True)
class Found(Generic[Result]):
    """What was found.

    Attributes:
        result: the answer; None where there is none.
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


class BackgroundCache(Generic[Question, Result]):
    """Finds one answer at a time, on a thread that ends when there is nothing left to find. Safe from any thread.

    Args:
        find: finds an answer; a `CoreError` of it is kept as a sentence.
    """

    def __init__(self, find: Callable[[Question], Result]) -> None:
        self._find = find
        self._changed = threading.Condition()
        self._found: OrderedDict[Question, Found[Result]] = OrderedDict()
        self._current: Question | None = None
        self._waiting: Question | None = None
        self._is_closed = False

    def get(self, question: Question) -> Found[Result] | None:
        """Returns the latest answer to a question, or None."""
        with self._changed:
            return self._found.get(question)

    def ask(self, question: Question) -> None:
        """Has a question answered next, though it may have an answer, in place of any other that waits."""
        with self._changed:
            if self._is_closed or question == self._current:
                return
            if self._current is None:
                self._current = question
                threading.Thread(target=self._work, args=(question,), name="lookup", daemon=True).start()
            else:
                self._waiting = question

    def wait(self, question: Question, seconds: float) -> Found[Result] | None:
        """Waits while a question is being answered, and returns its latest answer or None.

        Args:
            question: one that was asked.
            seconds: to wait at most.
        """
        with self._changed:
            self._changed.wait_for(lambda: question not in (self._current, self._waiting), seconds)
            return self._found.get(question)

    def forget(self, question: Question) -> None:
        """Drops the answer to a question."""
        with self._changed:
            self._found.pop(question, None)

    def close(self) -> None:
        """Takes no more questions. The one that is being answered ends by itself."""
        with self._changed:
            self._is_closed, self._waiting = True, None

    def _work(self, question: Question | None) -> None:
        while question is not None:
            question = self._next(question, self._look_up(question))

    def _next(self, question: Question, found: Found[Result]) -> Question | None:
        """Keeps an answer and returns the question to go on with."""
        with self._changed:
            self._found[question] = found
            self._found.move_to_end(question)
            while len(self._found) > MOST_KEPT:
                self._found.popitem(last=False)
            self._current, self._waiting = self._waiting, None
            self._changed.notify_all()
            return self._current

    def _look_up(self, question: Question) -> Found[Result]:
        try:
            with refusals_in_words():
                return Found(self._find(question))
        except CoreError as error:
            return Found(error=str(error))
        except Exception:
            LOGGER.exception("Nothing found for %r", question)
            return Found(error=UNFORESEEN)
