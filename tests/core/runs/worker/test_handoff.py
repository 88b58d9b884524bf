import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.runs.records.store import RunStore
from core.runs.worker import handoff
from core.runs.worker.environment import worker_environment
from core.runs.worker.handoff import Offer, fingerprint, hand_off, is_warm_worker_ready, warm_worker_folder
from core.runs.worker.liveness import worker_lock
from core.settings import settings

WaitUntil = Callable[[Callable[[], bool]], None]
CLAIMERS = 8


@pytest.fixture
def folder(store: RunStore) -> Path:
    folder = warm_worker_folder(store.home)
    folder.mkdir()
    return folder


@pytest.fixture
def offer(store: RunStore, folder: Path) -> Iterator[Offer]:
    """The offer of a warm worker that is this process."""
    with worker_lock(folder):
        offer = Offer(folder, fingerprint(worker_environment(store)))
        offer.publish()
        yield offer


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"lock"}


def test_without_a_warm_worker_nothing_is_handed_over(store: RunStore) -> None:
    assert not is_warm_worker_ready(store) and not hand_off(store, "a")
    warm_worker_folder(store.home).mkdir()
    assert not is_warm_worker_ready(store) and not hand_off(store, "a")


def test_one_of_many_runs_is_taken(store: RunStore, offer: Offer) -> None:
    assert is_warm_worker_ready(store)
    ids = [f"{number:08x}" for number in range(CLAIMERS)]
    with ThreadPoolExecutor(CLAIMERS + 1) as threads:
        taken = threads.submit(offer.wait, threading.Event())
        handed = list(threads.map(lambda run_id: hand_off(store, run_id), ids))
        assert handed.count(True) == 1
        assert taken.result(timeout=30) == ids[handed.index(True)]
    assert files(offer.folder) == set() and not is_warm_worker_ready(store)


def test_dead_warm_worker_is_noticed_at_once(store: RunStore, folder: Path) -> None:
    Offer(folder, fingerprint(worker_environment(store))).publish()
    assert not is_warm_worker_ready(store)
    begin = time.monotonic()
    assert not hand_off(store, "a")
    assert time.monotonic() - begin < handoff.TAKE_SECONDS and files(folder) == set()


@pytest.mark.slow
def test_an_unresponsive_warm_worker_is_left_alone_and_takes_nothing_later(store: RunStore, offer: Offer) -> None:
    assert not hand_off(store, "a")
    assert files(offer.folder) == set()
    assert offer.wait(threading.Event()) == ""


def test_warm_worker_with_other_settings_keeps_waiting(
    store: RunStore, offer: Offer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRANSFER_STUDIO_WEIGHTS", str(tmp_path))
    settings.cache_clear()
    assert not is_warm_worker_ready(store) and not hand_off(store, "a")
    monkeypatch.delenv("TRANSFER_STUDIO_WEIGHTS")
    settings.cache_clear()
    assert is_warm_worker_ready(store)


def test_fingerprint_is_that_of_settings_and_libraries_only() -> None:
    plain = fingerprint({"PATH": "/bin", "TRANSFER_STUDIO_HOME": "/a"})
    assert plain == fingerprint({"PATH": "/usr/bin", "TRANSFER_STUDIO_HOME": "/a"})
    assert plain != fingerprint({"TRANSFER_STUDIO_HOME": "/b"})
    assert plain != fingerprint({"TRANSFER_STUDIO_HOME": "/a", "TF_NUM_INTRAOP_THREADS": "1"})


def test_offer_ends_with_its_owner(store: RunStore, offer: Offer) -> None:
    gone = threading.Event()
    gone.set()
    assert offer.wait(gone) == "" and files(offer.folder) == set()
    assert not hand_off(store, "a")


def test_run_that_was_handed_over_is_taken_though_the_owner_is_gone(store: RunStore, offer: Offer) -> None:
    gone = threading.Event()
    gone.set()
    offer.path.rename(offer.folder / f"order-{offer.alike}-a")
    assert offer.wait(gone) == "a"


def test_offer_of_a_dead_warm_worker_is_swept_by_the_next(store: RunStore, folder: Path) -> None:
    Offer(folder, "of other settings").publish()
    Offer(folder, "ours").publish()
    assert files(folder) == {"offer-ours"}


def test_deleted_data_home_ends_the_offer(store: RunStore, offer: Offer) -> None:
    offer.path.unlink()
    assert offer.wait(threading.Event()) == ""
