from contextlib import suppress

import psutil

from core.runs.records.store import RunStore
from core.runs.worker.environment import WARM
from pages.components.shell.warm_worker import WarmWorker
from tests.pages.conftest import wait_until


def standbys() -> list[psutil.Process]:
    """Returns this process's children that are or become warm workers."""
    found = []
    for child in psutil.Process().children():
        # One that is dead, and only not buried yet, tells nothing.
        with suppress(psutil.Error):
            if WARM in child.cmdline():
                found.append(child)
    return found


def test_one_worker_is_kept_warm_and_none_is_left_behind(home):
    warm_worker = WarmWorker(RunStore(home.database))
    assert not warm_worker.is_kept
    assert standbys() == []
    warm_worker.keep()
    warm_worker.keep()
    assert warm_worker.is_kept
    wait_until(lambda: len(standbys()) == 1)
    warm_worker.close()
    warm_worker.close()
    assert not warm_worker.is_kept
    wait_until(lambda: standbys() == [])
