"""Requests answered as soon as they are done, by a lasting child or by one for a single request."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.errors import DatasetError, RunError, Stopped
from core.processes.connection import Connection, ProcessEnded, ask_once
from core.processes.process import NICENESS
from core.settings import Settings
from tests.core.processes.chatter import MODULE
from tests.processes import children

PATIENCE_SECONDS = 30


def wait_until(condition):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def connection(tmp_path):
    connection = Connection(MODULE, Settings(tmp_path), RunError)
    yield connection
    connection.close()


def servers():
    return children(MODULE)


def test_answers_progress_and_refusals_come_back(connection, tmp_path):
    assert connection.pid == 0, "it is started when it is needed"
    events = []
    assert connection.ask("settings", events.append) == Settings(tmp_path)
    assert [(event.phase, event.step, event.total) for event in events] == [("pictures", 1, 2)]
    with pytest.raises(RunError, match=r"^It can't be used\.$"):
        connection.ask("refuse")
    with pytest.raises(RuntimeError, match=r"chatter failed:\nTraceback(.|\n)*KeyError"):
        connection.ask("no such word")
    assert connection.ask(41) == 42
    assert connection.ask("pid") == connection.pid


def test_many_may_ask_at_once(connection):
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(connection.ask, range(200))) == list(range(1, 201))


def test_cancelled_work_ends_at_once_and_the_process_lives_on(connection):
    connection.ask(1)
    process = connection.pid
    began = []
    asked = time.monotonic()
    with pytest.raises(Stopped):
        connection.ask("wait", began.append, lambda: bool(began))
    assert time.monotonic() - asked < 1
    assert connection.ask(41) == 42
    assert connection.pid == process


def test_a_failing_listener_cancels(connection):
    def fail(event):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        connection.ask("wait", fail)
    assert connection.ask(41) == 42


def test_a_death_fails_waiting_requests_and_the_next_one_restarts_the_process(connection):
    with ThreadPoolExecutor(3) as pool:
        began = threading.Event()
        waiting = [pool.submit(connection.ask, "wait", lambda event: began.set()), pool.submit(connection.ask, 1)]
        assert began.wait(PATIENCE_SECONDS)
        first = connection.pid
        os.kill(first, signal.SIGKILL)
        errors = [future.exception(PATIENCE_SECONDS) for future in waiting]
    assert isinstance(errors[0], ProcessEnded)
    assert errors[0].code == -signal.SIGKILL
    assert connection.ask(41) == 42
    assert connection.pid not in (0, first)


def test_the_end_of_the_output_is_reported(connection):
    with pytest.raises(ProcessEnded) as caught:
        connection.ask("die")
    assert caught.value.code == 3
    assert "notes of a library" in caught.value.complaints


def test_the_log_is_a_file_where_one_is_named(tmp_path):
    connection = Connection(MODULE, Settings(tmp_path), log=tmp_path / "home" / "chatter.log")
    connection.ask("pid")
    connection.close()
    assert "notes of a program" in (tmp_path / "home" / "chatter.log").read_text()
    (tmp_path / "file").write_text("in the way")
    connection = Connection(MODULE, Settings(tmp_path), log=tmp_path / "file" / "chatter.log")
    assert connection.ask(1) == 2, "it works all the same"
    connection.close()


def test_closing_does_not_wait_for_an_answer(connection):
    connection.ask(1)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(connection.ask, "pid")
        asked.result(PATIENCE_SECONDS)
        os.kill(connection.pid, signal.SIGSTOP)  # It will never answer by itself.
        asked = pool.submit(connection.ask, 1)
        time.sleep(0.1)
        connection.close()
        assert isinstance(asked.exception(PATIENCE_SECONDS), ProcessEnded)
    assert not servers()
    with pytest.raises(ProcessEnded):
        connection.ask(1)
    assert not servers(), "what was closed starts no process any more"


@pytest.mark.slow
def test_an_idle_process_is_ended_and_restarted(tmp_path):
    connection = Connection(MODULE, Settings(tmp_path), idle_seconds=3)
    connection.ask(1)
    first = connection.pid
    began = time.monotonic()
    with pytest.raises(Stopped):  # Longer than it may be idle, but it isn't idle.
        connection.ask("wait", should_stop=lambda: time.monotonic() - began > 4)
    assert connection.pid == first
    wait_until(lambda: not servers())
    assert connection.pid == 0
    assert connection.ask(41) == 42
    connection.close()


def test_a_process_for_one_action_gives_way_and_is_gone_afterwards(tmp_path):
    assert ask_once(MODULE, Settings(tmp_path), DatasetError, "niceness") == min(os.nice(0) + NICENESS, 19)
    assert not servers()
    with pytest.raises(DatasetError, match=r"^It can't be used\.$"):
        ask_once(MODULE, Settings(tmp_path), DatasetError, "refuse")
    began = []
    with pytest.raises(Stopped):
        ask_once(MODULE, Settings(tmp_path), DatasetError, "wait", began.append, lambda: bool(began))
    with pytest.raises(ProcessEnded):
        ask_once(MODULE, Settings(tmp_path), DatasetError, "be killed")
    assert not servers()


def test_a_bug_in_the_child_is_raised_with_what_it_wrote(tmp_path):
    with pytest.raises(RuntimeError, match=r"chatter failed:\nTraceback(.|\n)*KeyError"):
        ask_once(MODULE, Settings(tmp_path), DatasetError, 2.5)
    with pytest.raises(RuntimeError, match=r"no.such.module ended with code 1:\n(.|\n)*No module named"):
        ask_once("core.processes.no.such.module", Settings(tmp_path), DatasetError, 1)
    with pytest.raises(RuntimeError, match="chatter ended with code 3:\nnotes of"):
        ask_once(MODULE, Settings(tmp_path), DatasetError, "die")
