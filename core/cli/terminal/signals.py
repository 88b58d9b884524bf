"""Ctrl-C as a request: long jobs are asked to stop, and shut down cleanly."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from core.cli.terminal.output import say
from core.progress import ShouldStop


@contextmanager
def stop_on_interrupt(notice: str) -> Iterator[ShouldStop]:
    """Yields a `should_stop` that is true after the first Ctrl-C; the second one ends the command.

    Args:
        notice: the message printed at the first one.
    """
    requested = False

    def request(*_signal: object) -> None:
        nonlocal requested
        requested = True
        signal.signal(signal.SIGINT, before)
        say(notice)

    before = signal.signal(signal.SIGINT, request)
    try:
        yield lambda: requested
    finally:
        signal.signal(signal.SIGINT, before)
