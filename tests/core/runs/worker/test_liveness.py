import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil

from core.runs.worker.liveness import end_process, is_worker_alive, worker_lock

SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


def test_worker_lives_as_long_as_it_holds_the_lock(tmp_path: Path) -> None:
    assert not is_worker_alive(tmp_path / "no folder")
    assert not is_worker_alive(tmp_path)
    with worker_lock(tmp_path):
        assert is_worker_alive(tmp_path)
        assert is_worker_alive(tmp_path)
    assert not is_worker_alive(tmp_path)


def test_lock_is_free_after_its_holder_was_killed(tmp_path: Path) -> None:
    program = "import sys; from core.runs.worker.liveness import worker_lock; from pathlib import Path;"
    program += "lock = worker_lock(Path(sys.argv[1])); lock.acquire(); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline().strip() == b"held"
        assert is_worker_alive(tmp_path)
        holder.kill()
    assert not is_worker_alive(tmp_path)


def test_process_is_asked_then_forced_to_end() -> None:
    for force, code in ((False, -15), (True, -9)):
        process = subprocess.Popen(SLEEPER)
        end_process(process.pid, psutil.Process(process.pid).create_time(), force)
        assert process.wait(timeout=30) == code


def test_a_later_process_with_the_same_id_is_left_alone() -> None:
    process = subprocess.Popen(SLEEPER)
    end_process(process.pid, psutil.Process(process.pid).create_time() - 60, force=True)
    assert process.poll() is None
    process.kill()
    process.wait()
    end_process(process.pid, 0.0, force=True)  # gone: nothing to do


def test_force_takes_the_children_along(wait_until: Callable[[Callable[[], bool]], None]) -> None:
    program = f"import subprocess; subprocess.run({SLEEPER!r})"
    with subprocess.Popen([sys.executable, "-c", program]) as parent:
        process = psutil.Process(parent.pid)
        wait_until(lambda: bool(process.children()))
        child = process.children()[0]
        end_process(parent.pid, process.create_time(), force=True)
        wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)
