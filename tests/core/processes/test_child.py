"""What a child writes and what it doesn't. The parent's side is tested with imports too."""

import json
import os
import subprocess
import sys

import pytest

from core.processes.child import NICENESS, PROJECT, Child
from core.progress import ignore_event, never_stop

CHATTER = """
import os
from core.processes.child import answer
from core.errors import DatasetError, Stopped
from core.events import Event

def work(job, on_event, should_stop):
    print("notes of a library")
    os.system("echo notes of a program")
    on_event(Event("pictures", 1, 2, {"pictures_per_second": 3.5}))
    if job["end"] == "refuse":
        raise DatasetError("It can't be used.")
    if job["end"] == "stop":
        while not should_stop():
            pass
        raise Stopped
    return {"answer": job["number"] + 1, "niceness": os.nice(0)}

answer(work)
"""


def messages(**job):
    line = json.dumps(job) + "\n"
    command = [sys.executable, "-c", CHATTER]
    done = subprocess.run(command, input=line, cwd=PROJECT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert sorted(done.stderr.splitlines()) == ["notes of a library", "notes of a program"]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_what_libraries_print_is_kept_out_of_the_messages():
    event, outcome = messages(number=41, end="done")
    assert (event["phase"], event["step"], event["total"]) == ("pictures", 1, 2)
    assert event["metrics"] == {"pictures_per_second": 3.5}
    assert outcome["answer"] == 42


def test_a_child_lets_the_web_server_go_first():
    assert messages(number=1, end="done")[-1]["niceness"] == min(os.nice(0) + NICENESS, 19)


def test_a_refusal_is_told_in_its_words():
    assert messages(end="refuse")[-1] == {"error": "It can't be used."}


def test_the_end_of_the_pipe_asks_to_stop():
    assert messages(end="stop")[-1] == {"stopped": ""}


def test_a_bug_in_the_child_is_raised_with_what_it_wrote():
    child = Child("core.processes.dataset_jobs", {"no": "job"})
    with pytest.raises(
        RuntimeError, match=r"core.processes.dataset_jobs failed with code 1:\nTraceback(.|\n)*KeyError"
    ):
        child.follow(ignore_event, never_stop)
