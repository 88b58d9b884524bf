"""Threads that decode pictures: most of that work lets other threads run beside it."""

import os
from concurrent.futures import ThreadPoolExecutor

MAX_THREADS = 8


def decoder_threads(name: str) -> ThreadPoolExecutor:
    """Returns as many threads as there are processors, within reason.

    Args:
        name: what the threads' names begin with.
    """
    return ThreadPoolExecutor(min(os.cpu_count() or 1, MAX_THREADS), name)
