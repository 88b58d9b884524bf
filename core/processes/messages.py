"""What this process and its children say to each other, pickled: both ends are this studio's own processes.

A child is sent a `Settings` first, then requests, each with an id of its own. It tells how far each is, and in the end
what came of it. A request can be cancelled at any time.
"""

from dataclasses import dataclass

from core.events import Event


@dataclass(frozen=True)
class Request:
    """Asks for an action.

    Attributes:
        id: names the request in all that is said about it.
        action: one of `core.processes.actions`.
    """

    id: int
    action: object


@dataclass(frozen=True)
class Cancel:
    """Says that the answer isn't wanted any more. The request ends soon, with `WasStopped` unless it was done."""

    id: int


@dataclass(frozen=True)
class Told:
    """Says how far a request is."""

    id: int
    event: Event


@dataclass(frozen=True)
class Done:
    """Answers a request."""

    id: int
    value: object


@dataclass(frozen=True)
class Refused:
    """Says, in words for the user, why there is no answer."""

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
