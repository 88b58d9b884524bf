"""The messages between this process and its children, pickled: both ends are the studio's own processes.

A child is sent a `Settings` first, then requests, each with its own id. It reports the progress of each, and in the end
its result. A request can be cancelled at any time.
"""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class Request:
    """Asks for an action.

    Attributes:
        id: identifies the request in all messages about it.
        action: one of `core.processes.actions`.
    """

    id: int
    action: object


@dataclass(frozen=True)
class Cancel:
    """Cancels a request, which then ends soon, with `WasStopped` unless it was already done."""

    id: int


@dataclass(frozen=True)
class Told:
    """Reports the progress of a request."""

    id: int
    event: Event


@dataclass(frozen=True)
class Done:
    """Gives the result of a request."""

    id: int
    value: object


@dataclass(frozen=True)
class Refused:
    """Says, in words for the user, why there is no result."""

    id: int
    text: str


@dataclass(frozen=True)
class WasStopped:
    """Says that a request was cancelled before it was done."""

    id: int


@dataclass(frozen=True)
class Failed:
    """Says that a request met a bug.

    Attributes:
        id: of the request.
        trace: the traceback.
    """

    id: int
    trace: str


Answer = Told | Done | Refused | WasStopped | Failed
