"""What a child writes to its output and what it doesn't."""

import pickle
import subprocess
import sys

from core.events import Event
from core.processes.messages import Cancel, Done, Failed, Refused, Request, Told, WasStopped
from core.processes.server import NO_MEMORY
from core.settings import PROJECT, Settings
from tests.core.processes.chatter import AT_ONCE, MODULE


def messages(*asked, home, answers, notes=1, options=()):
    """Sends messages to a child and returns its answers; waits for the last one before closing the pipe."""
    command = [sys.executable, "-m", MODULE, *options]
    with (home / "notes").open("w+b") as log:
        child = subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        child.stdin.write(b"".join(map(pickle.dumps, (Settings(home), *asked))))
        child.stdin.flush()
        received = [pickle.load(child.stdout) for _ in range(answers)]
        child.stdin.close()
        received += iter(lambda: load(child.stdout), None)
        child.stdout.close()
        assert child.wait(60) == 0
        log.seek(0)
        written = log.read().decode()
    assert (
        notes is None or sorted(written.splitlines()) == ["notes of a library"] * notes + ["notes of a program"] * notes
    )
    return received


def load(stream):
    try:
        return pickle.load(stream)
    except EOFError:
        return None


def test_what_libraries_print_is_kept_out_of_the_messages(tmp_path):
    told, done = messages(Request(7, "settings"), home=tmp_path, answers=2)
    assert told == Told(7, Event("pictures", 1, 2, {"pictures_per_second": 3.5}, time=told.event.time))
    assert done == Done(7, Settings(tmp_path))


def test_a_refusal_keeps_its_message(tmp_path):
    assert messages(Request(1, "refuse"), home=tmp_path, answers=2)[-1] == Refused(1, "It can't be used.")
    assert messages(Request(1, "run out"), home=tmp_path, answers=2)[-1] == Refused(1, NO_MEMORY)


def test_the_end_of_the_pipe_asks_to_stop(tmp_path):
    answers = messages(Request(1, "wait"), Request(2, 41), home=tmp_path, answers=1)
    assert answers[-2:] == [WasStopped(1), WasStopped(2)]


def test_a_child_with_nothing_to_clean_up_exits_in_the_middle_of_its_work(tmp_path):
    (told,) = messages(Request(1, "sleep"), home=tmp_path, answers=1, options=(AT_ONCE,))
    assert isinstance(told, Told)


def test_what_was_cancelled_before_its_turn_is_not_begun(tmp_path):
    # The first may also be cancelled before its turn, and then records nothing.
    asked = (Request(1, "wait"), Request(2, "wait"), Cancel(2), Cancel(1))
    assert messages(*asked, home=tmp_path, answers=2, notes=None)[-2:] == [WasStopped(1), WasStopped(2)]


def test_a_bug_is_reported_with_its_traceback(tmp_path):
    (failed,) = messages(Request(1, 2.5), home=tmp_path, answers=1, notes=0)
    assert isinstance(failed, Failed)
    assert failed.trace.startswith("Traceback") and "KeyError" in failed.trace
