import threading
import time

import pytest

from core.errors import RunError, Stopped
from core.events import Event
from core.progress import OnEvent, ShouldStop
from pages.components.background import background_cache
from pages.components.background.background_cache import MOST_KEPT, UNFORESEEN, BackgroundCache

PATIENCE_SECONDS = 10


class Finder:
    """Answers with the reversed question once it is released; records what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.began = threading.Semaphore(0)
        self.go_on = threading.Semaphore(0)

    def __call__(self, question: str, on_event: OnEvent, should_stop: ShouldStop) -> str:
        self.asked.append(question)
        self.began.release()
        assert self.go_on.acquire(timeout=PATIENCE_SECONDS)
        return question[::-1]

    def wait_until_asked(self) -> None:
        assert self.began.acquire(timeout=PATIENCE_SECONDS)


@pytest.fixture
def finder():
    finder = Finder()
    yield finder
    finder.go_on.release(1000)


def test_asking_returns_at_once_and_the_answer_is_there_later(finder):
    cache = BackgroundCache(finder)
    cache.ask("abc")
    assert cache.get("abc") is None
    finder.go_on.release()
    found = cache.wait("abc", PATIENCE_SECONDS)
    assert cache.get("abc") is found
    assert (found.result, found.error) == ("cba", "")
    assert 0 <= found.age < PATIENCE_SECONDS
    assert finder.asked == ["abc"]


def test_one_question_at_a_time_and_the_latest_waiting_one_wins(finder):
    cache = BackgroundCache(finder)
    cache.ask("first")
    finder.wait_until_asked()
    for question in ("second", "third", "first", "latest"):
        cache.ask(question)
    finder.go_on.release(2)
    cache.wait("latest", PATIENCE_SECONDS)
    assert finder.asked == ["first", "latest"]
    assert cache.get("second") is None
    assert cache.get("first").result == "tsrif"


def test_persistent_askers_get_an_answer_in_the_end(finder):
    finder.go_on.release(1000)
    cache = BackgroundCache(finder)
    questions = [f"question {number}" for number in range(5)]
    waiting = set(questions)
    for _ in range(100):
        for question in tuple(waiting):
            cache.ask(question)
        waiting = {question for question in waiting if cache.wait(question, 0.05) is None}
    assert not waiting


def test_known_answer_stays_until_the_new_one_is_there(finder):
    cache = BackgroundCache(finder)
    finder.go_on.release()
    cache.ask("abc")
    first = cache.wait("abc", PATIENCE_SECONDS)
    cache.ask("abc")
    assert cache.get("abc") is first
    finder.go_on.release()
    assert cache.wait("abc", PATIENCE_SECONDS) is not first
    cache.forget("abc")
    assert cache.get("abc") is None


def test_errors_are_kept_as_messages():
    def refuse(question, on_event, should_stop):
        raise RunError("Expected a model. Received none. Train one.")

    cache = BackgroundCache(refuse)
    cache.ask("abc")
    assert cache.wait("abc", PATIENCE_SECONDS).error == "Expected a model. Received none. Train one."
    broken = BackgroundCache(lambda question, on_event, should_stop: 1 / 0)
    broken.ask("abc")
    found = broken.wait("abc", PATIENCE_SECONDS)
    assert (found.result, found.error) == (None, UNFORESEEN)


def test_memory_is_bounded():
    cache = BackgroundCache(lambda question, on_event, should_stop: question)
    for number in range(MOST_KEPT + 10):
        cache.ask(number)
        cache.wait(number, PATIENCE_SECONDS)
    assert cache.get(9) is None
    assert cache.get(MOST_KEPT + 9).result == MOST_KEPT + 9


def test_a_closed_cache_takes_no_more_questions(finder):
    cache = BackgroundCache(finder)
    cache.ask("first")
    finder.wait_until_asked()
    cache.ask("second")
    cache.close()
    finder.go_on.release(5)
    assert cache.wait("first", PATIENCE_SECONDS).result == "tsrif"
    cache.ask("third")
    assert cache.wait("third", PATIENCE_SECONDS) is None
    assert finder.asked == ["first"]


class Searcher:
    """Reports progress and searches until it is asked to stop; finds "easy" ones at once."""

    def __init__(self) -> None:
        self.began: dict[str, float] = {}
        self.stopped: dict[str, float] = {}

    def __call__(self, question: str, on_event: OnEvent, should_stop: ShouldStop) -> str:
        self.began[question] = time.monotonic()
        on_event(Event("rate", 3, 10))
        while question != "easy":
            if should_stop():
                self.stopped[question] = time.monotonic()
                raise Stopped
            time.sleep(0.01)
        return question

    def wait(self, noted: dict[str, float], question: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while question not in noted:
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.fixture
def searcher():
    return Searcher()


@pytest.fixture
def searching(searcher):
    """A cache that is working on a hard question."""
    cache = BackgroundCache(searcher)
    cache.ask("hard")
    searcher.wait(searcher.began, "hard")
    yield cache
    cache.close()


def test_progress_is_known_while_it_works(searching, searcher):
    assert (searching.progress("hard").phase, searching.progress("hard").step) == ("rate", 3)
    searching.ask("next")
    assert searching.progress("next") is None
    assert searching.progress("unknown") is None
    searching.close()
    searcher.wait(searcher.stopped, "hard")
    assert searching.wait("hard", PATIENCE_SECONDS) is None


def test_an_abandoned_question_is_given_up_within_a_second_and_can_be_asked_again(searching, searcher):
    left = time.monotonic()
    searching.leave("hard")
    searching.leave("unknown")
    searcher.wait(searcher.stopped, "hard")
    assert searcher.stopped["hard"] - left < 1.5
    searching.ask("easy")
    assert searching.wait("easy", PATIENCE_SECONDS).result == "easy"
    searcher.began.clear()
    searching.ask("hard")
    searcher.wait(searcher.began, "hard")
    assert searching.get("hard") is None


def test_a_question_that_another_session_keeps_asking_is_not_given_up(searching, searcher):
    searching.leave("hard")
    until = time.monotonic() + 1.5
    while time.monotonic() < until:
        searching.ask("hard")
        time.sleep(0.1)
    assert not searcher.stopped


def test_the_question_of_a_closed_page_is_given_up(searcher, monkeypatch):
    monkeypatch.setattr(background_cache, "GIVE_WAY_SECONDS", 0.3)
    closed = threading.Event()
    cache = BackgroundCache(searcher)
    cache.ask("hard", lambda: not closed.is_set())
    searcher.wait(searcher.began, "hard")
    time.sleep(0.6)
    assert not searcher.stopped
    closed.set()
    searcher.wait(searcher.stopped, "hard")
    cache.close()


def test_a_question_nobody_asks_any_more_gives_way_to_the_next(searching, searcher, monkeypatch):
    monkeypatch.setattr(background_cache, "GIVE_WAY_SECONDS", 0.3)
    searching.ask("easy")
    assert searching.wait("easy", PATIENCE_SECONDS).result == "easy"
    assert searcher.stopped


def test_a_question_nobody_asks_any_more_is_given_up_unless_a_thread_waits(searcher, monkeypatch):
    monkeypatch.setattr(background_cache, "PATIENCE_SECONDS", 0.3)
    cache = BackgroundCache(searcher)
    cache.ask("hard")
    began = time.monotonic()
    assert cache.wait("hard", 1.0) is None
    assert not searcher.stopped or searcher.stopped["hard"] - began > 0.9
    searcher.wait(searcher.stopped, "hard")
    cache.close()
