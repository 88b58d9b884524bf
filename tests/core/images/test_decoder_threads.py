import os
import threading

from core.images.decoder_threads import MAX_THREADS, decoder_threads


def test_there_are_as_many_threads_as_processors_within_reason():
    expected = min(os.cpu_count() or 1, MAX_THREADS)
    together = threading.Barrier(expected)
    with decoder_threads("looks") as pool:
        # None of them ends before all of them have begun.
        names = list(pool.map(lambda _: (together.wait(30), threading.current_thread().name)[1], range(expected)))
    assert len(set(names)) == expected
    assert all(name.startswith("looks") for name in names)
