from core.runs.records.store import RunStore
from core.runs.worker.environment import WARM
from pages.components.background.warm_worker import WarmWorker
from tests.pages.conftest import wait_until
from tests.processes import children


def test_one_worker_is_kept_warm_and_none_is_left_behind(home):
    warm_worker = WarmWorker(RunStore(home.database))
    assert not warm_worker.is_kept
    assert children(WARM) == []
    warm_worker.keep()
    warm_worker.keep()
    assert warm_worker.is_kept
    wait_until(lambda: len(children(WARM)) == 1)
    warm_worker.close()
    warm_worker.close()
    assert not warm_worker.is_kept
    wait_until(lambda: children(WARM) == [])
