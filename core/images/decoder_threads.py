"""Threads that decode pictures; decoding mostly releases the interpreter lock."""

import os
from concurrent.futures import ThreadPoolExecutor

MAX_THREADS = 8


def decoder_threads(name: str) -> ThreadPoolExecutor:
    """Returns a pool with as many threads as there are processors, up to a limit.

    Args:
        name: prefix of the threads' names.
    """
    return ThreadPoolExecutor(min(os.cpu_count() or 1, MAX_THREADS), name)
