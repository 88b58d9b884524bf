import os
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from core.features.cache import IN_USE_SECONDS, CacheEntry, cache_summary, clear_cache, evict
from core.features.feature_space import FeatureSpace
from core.settings import Settings

HOUR = 3600
KEY = {"backbone": "vgg16", "image_size": 150, "boundary": "block 4"}
ROW = 500


@pytest.fixture
def home(tmp_path: Path) -> Settings:
    return Settings(tmp_path)


def add_space(settings: Settings, hours_ago: float, digests: Sequence[str] = ("a", "b"), **key: object) -> FeatureSpace:
    """Fills a space with a row of 2000 bytes for each digest, and sets its time of last use."""
    space = FeatureSpace.open(settings.features, KEY | key)
    space.write(iter([(digests, np.zeros((len(digests), ROW), np.float32))]))
    age(space.folder, hours_ago)
    return space


def age(folder: Path, hours: float) -> None:
    for path in folder.iterdir():
        os.utime(path, (time.time() - hours * HOUR,) * 2)


def names(entries: Sequence[CacheEntry]) -> list[str]:
    return [entry.name for entry in entries]


def test_empty_cache(home: Settings) -> None:
    assert cache_summary(home) == [] and clear_cache(home) == 0 and evict(home, 0) == []


def test_summary_says_what_is_there(home: Settings) -> None:
    old = add_space(home, 5, view=3)
    add_space(home, 5, ["b", "c"], view=3)
    pixels = FeatureSpace.open(home.features, {"image_size": 64, "boundary": "pixels"})
    pixels.write(iter([(["a"], np.zeros((1, 64, 64, 3), np.uint8))]))
    FeatureSpace.open(home.features, KEY | {"backbone": "nothing yet"})
    first, second = cache_summary(home)
    assert (first.backbone, first.boundary, first.image_size, first.view) == ("", "pixels", 64, 0)
    assert (second.backbone, second.boundary, second.image_size, second.view) == ("vgg16", "block 4", 150, 3)
    assert second.name == old.folder.name
    assert (first.num_pictures, second.num_pictures) == (1, 3)  # b is in two shards
    assert 4 * ROW * 4 < second.num_bytes < 4 * ROW * 4 + 1000
    assert first.last_used > second.last_used == pytest.approx(time.time() - 5 * HOUR, abs=60)


def test_opening_a_space_is_a_use(home: Settings) -> None:
    space = add_space(home, 5)
    FeatureSpace.open(home.features, space.key)
    (entry,) = cache_summary(home)
    assert entry.last_used == pytest.approx(time.time(), abs=60)


def test_least_recently_used_go_first(home: Settings) -> None:
    spaces = [add_space(home, hours, view=hours) for hours in (9, 7, 8, 6)]
    sizes = {entry.name: entry.num_bytes for entry in cache_summary(home)}
    assert evict(home, sum(sizes.values())) == []
    gone = evict(home, sum(sizes.values()) - sizes[spaces[0].folder.name] - 1)
    assert names(gone) == [spaces[0].folder.name, spaces[2].folder.name]
    assert names(cache_summary(home)) == [spaces[3].folder.name, spaces[1].folder.name]


def test_spaces_that_are_kept_or_used_just_now_stay(home: Settings) -> None:
    kept, old, recent = add_space(home, 9, view=1), add_space(home, 8, view=2), add_space(home, 0, view=3)
    assert IN_USE_SECONDS == HOUR
    assert names(evict(home, 0, keep={kept.folder.name})) == [old.folder.name]
    assert names(cache_summary(home)) == [recent.folder.name, kept.folder.name]
    assert evict(home, 0, keep={kept.folder.name}) == []


def test_clearing_takes_everything(home: Settings) -> None:
    add_space(home, 9, view=1)
    add_space(home, 0, view=2)
    total = sum(entry.num_bytes for entry in cache_summary(home))
    assert clear_cache(home) == total > 0
    assert cache_summary(home) == []


def test_readers_and_writers_continue_when_a_space_is_emptied(home: Settings) -> None:
    space = add_space(home, 9)
    halfway, emptied = threading.Event(), threading.Event()

    def batches() -> Iterator[tuple[list[str], np.ndarray]]:
        yield ["c"], np.ones((1, ROW), np.float32)
        halfway.set()
        assert emptied.wait(30)

    writer = threading.Thread(target=space.write, args=(batches(),))
    writer.start()
    assert halfway.wait(30)
    clear_cache(home)
    emptied.set()
    writer.join()
    assert (space.gather(["a", "b", "c"])[:, 0] == [0, 0, 1]).all()
    later = FeatureSpace.open(home.features, space.key)
    assert later.missing(["a", "b", "c"]) == ["a", "b"]
    assert (later.gather(["c"]) == 1).all()


def test_an_array_being_written_is_left_alone_and_one_of_a_killed_run_is_removed(home: Settings) -> None:
    space = add_space(home, 9)
    array = space.folder / "0123.npy"
    array.write_bytes(bytes(1000))
    clear_cache(home)
    assert array.exists() and len(list(space.folder.iterdir())) == 2
    (space.folder / ".4567.part").write_bytes(bytes(10))
    age(space.folder, 2)
    assert names(evict(home, 0)) == [space.folder.name]
    assert [path.name for path in space.folder.iterdir()] == ["key.json"]


def test_spaces_that_cant_be_read_are_shown_and_cleared(home: Settings) -> None:
    space = add_space(home, 9)
    (space.folder / "key.json").write_text("{")
    for listing in space.folder.glob("*.digests.json"):
        listing.write_text("not JSON")
    (home.features / "a stray file").write_text("?")
    (entry,) = cache_summary(home)
    assert (entry.backbone, entry.boundary, entry.num_pictures) == ("", "unknown", 0) and entry.num_bytes > 0
    assert clear_cache(home) == entry.num_bytes


def test_leftovers_of_killed_processes_are_removed_even_below_the_limit(home: Settings) -> None:
    space = add_space(home, 0)
    for name, hours in (("old.npy", 2), (".old.npy.12.part", 2), ("new.npy", 0)):
        (space.folder / name).write_bytes(bytes(10))
        os.utime(space.folder / name, (time.time() - hours * HOUR,) * 2)
    assert evict(home, 10**9) == []
    names = {path.name for path in space.folder.iterdir() if path.suffix != ".json"}
    assert "new.npy" in names and len(names) == 2
    assert space.missing(["a"]) == [] and cache_summary(home)[0].num_pictures == 2


def test_folders_that_vanish_while_they_are_looked_at(home: Settings) -> None:
    space = add_space(home, 9)
    done = threading.Event()

    def come_and_go() -> None:
        while not done.is_set():
            shutil.rmtree(home.features, ignore_errors=True)
            space.write(iter([(["a"], np.zeros((1, ROW), np.float32))]))

    coming = threading.Thread(target=come_and_go)
    coming.start()
    try:
        for _ in range(100):
            cache_summary(home)
            evict(home, 0)
    finally:
        done.set()
        coming.join()


def test_dropped_rows_dont_count(home: Settings) -> None:
    space = add_space(home, 0)
    (array,) = space.folder.glob("*.npy")
    np.save(array, np.full((2, ROW), np.nan, np.float32))
    again = FeatureSpace.open(home.features, space.key)
    again.check(["a"])
    (entry,) = cache_summary(home)
    assert entry.num_pictures == 1
