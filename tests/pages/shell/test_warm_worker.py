from contextlib import suppress

import psutil

from core.runs.records.store import RunStore
from core.runs.worker.environment import WARM
from pages.components.shell.warm_worker import Standby
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
    standby = Standby(RunStore(home.database))
    assert not standby.is_kept
    assert standbys() == []
    standby.keep()
    standby.keep()
    assert standby.is_kept
    wait_until(lambda: len(standbys()) == 1)
    standby.close()
    standby.close()
    assert not standby.is_kept
    wait_until(lambda: standbys() == [])
