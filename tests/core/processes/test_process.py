import os
import subprocess

import pytest

from core.processes.process import child_environment, end_child, start_process
from core.settings import PROJECT

SLEEPER = ["timeit", "-n1", "-r1", "-s", "import time, sys", "print('begun', flush=True); time.sleep(60)"]
READER = ["timeit", "-n1", "-r1", "-s", "import sys", "sys.stdin.read()"]
PATIENCE_SECONDS = 30


def test_the_environment_names_the_project_once_and_what_is_fixed_wins(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["/elsewhere", str(PROJECT), "", "/elsewhere"]))
    monkeypatch.setenv("OURS", "the environment's")
    found = child_environment({"OURS": "fixed"}, {"OURS": "default", "OTHERS": "default"})
    assert found["PYTHONPATH"] == os.pathsep.join([str(PROJECT), "/elsewhere"])
    assert (found["OURS"], found["OTHERS"]) == ("fixed", "default")
    assert child_environment(defaults={"OURS": "default"})["OURS"] == "the environment's"
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)
    assert child_environment()["TF_CPP_MIN_LOG_LEVEL"] == "2"


def test_a_process_has_a_session_of_its_own_gives_way_and_prints_to_the_log(tmp_path):
    with (tmp_path / "log").open("ab") as log:
        process = start_process(SLEEPER, log, niceness=5)
    try:
        assert os.getsid(process.pid) == process.pid
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == min(os.nice(0) + 5, 19)
        while b"begun" not in (tmp_path / "log").read_bytes():
            assert process.poll() is None
    finally:
        assert end_child(process) < 0


@pytest.mark.parametrize("niceness", [0, 3])
def test_a_process_that_reads_its_input_exits_by_itself(tmp_path, niceness):
    with (tmp_path / "log").open("ab") as log:
        process = start_process(READER, log, stdin=subprocess.PIPE, niceness=niceness)
    assert end_child(process, PATIENCE_SECONDS) == 0
    assert end_child(process) == 0, "it is over already"


def test_a_process_that_ignores_its_input_is_killed(tmp_path):
    with (tmp_path / "log").open("ab") as log:
        process = start_process(SLEEPER, log, stdin=subprocess.PIPE)
    assert end_child(process, 0.2) < 0
