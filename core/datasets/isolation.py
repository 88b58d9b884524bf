"""Imports in a process of their own, so that a picture that brings a decoder down doesn't bring the web server down.

The parent sends the job as one line of JSON and then keeps the pipe open: its end, by Stop or by the parent's death,
tells the child to stop. The child answers with one line of JSON an event and a last one with the outcome.
"""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, BinaryIO

from core.datasets.index import DatasetIndex, Skipped
from core.datasets.store import DatasetStore
from core.errors import CoreError, DatasetError, Stopped
from core.events import Event, OnEvent, ShouldStop, ignore_event, never_stop
from core.settings import MEGABYTE, ImportLimits, Settings

PROJECT = Path(__file__).parents[2]
SECONDS_BETWEEN_LOOKS = 0.2
SECONDS_TO_STOP = 10


def import_apart(
    store: DatasetStore,
    source: Path | BinaryIO,
    name: str | None = None,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> DatasetIndex:
    """Does what `DatasetStore.import_source` does, in a process of its own.

    Args:
        store: where to import it.
        source: the archive's path, an open archive (an upload; it is streamed to disk first), or a folder.
        name: what to call it; the source's name by default.
        on_event: told of the phases `extract` (entries) and `pictures`.
        should_stop: asked a few times a second.

    Raises:
        DatasetError: the source can't be used, or the process was ended by the system. Nothing is left behind.
        Stopped: `should_stop` said so. Nothing is left behind.
    """
    label = Path(getattr(source, "name", "") or "The archive").name
    settings = store.settings
    with ExitStack() as stack:
        if not isinstance(source, Path):
            upload = stack.enter_context(store.workspace()) / "upload"
            _write(source, upload)
            source = upload
        job = {"source": str(source.absolute()), "name": name, "label": label}
        job |= {"home": str(settings.home), "limits": asdict(settings.import_limits)}
        outcome = _Child(job).follow(on_event, should_stop)
    if "died" in outcome:
        store.sweep()
        raise DatasetError(
            f"The import of {label} was ended by the system, most likely for lack of memory. Nothing of it was kept. "
            "Close other programs, or leave the largest pictures out."
        )
    if "error" in outcome:
        raise DatasetError(outcome["error"])
    if "id" not in outcome:
        store.sweep()
        raise Stopped
    # As this import has it: where the pictures were here before, the record says nothing of what happened now.
    return replace(
        store.get(outcome["id"]),
        skipped=tuple(Skipped(**item) for item in outcome["skipped"]),
        num_ignored=outcome["num_ignored"],
        notes=tuple(outcome["notes"]),
    )


def _write(source: BinaryIO, path: Path) -> None:
    source.seek(0)
    with path.open("xb") as file:
        shutil.copyfileobj(source, file, MEGABYTE)


class _Child:
    """The process that does the import, seen from its parent."""

    def __init__(self, job: dict[str, Any]) -> None:
        # A session of its own: Ctrl-C reaches it as the end of the pipe, upon which it tidies up.
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=PROJECT,
            text=True,
            start_new_session=os.name == "posix",
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._is_stopping = False
        threading.Thread(target=self._read, name="import lines", daemon=True).start()
        with suppress(BrokenPipeError):  # a process that died at once is told by its exit code
            self._process.stdin.write(json.dumps(job) + "\n")
            self._process.stdin.flush()

    def follow(self, on_event: OnEvent, should_stop: ShouldStop) -> dict[str, Any]:
        """Passes on events until the process ends.

        Returns:
            `{"id": ..., "skipped": ..., "num_ignored": ..., "notes": ...}` or one of
            `{"error": ...}`, `{"stopped": ...}`, `{"died": ...}`.
        """
        outcome: dict[str, Any] = {}
        try:
            for message in self._messages(should_stop):
                if "phase" in message:
                    on_event(Event(**message))
                else:
                    outcome = message
        finally:
            code = self._end()
        if outcome or self._is_stopping:
            return outcome
        if code > 0:
            raise RuntimeError(f"The import's process failed with code {code}. It wrote why to standard error.")
        return {"died": str(code)}

    def _messages(self, should_stop: ShouldStop) -> Iterator[dict[str, Any]]:
        deadline = float("inf")
        while True:
            if not self._is_stopping and should_stop():
                self._is_stopping = True
                deadline = time.monotonic() + SECONDS_TO_STOP
                with suppress(BrokenPipeError):
                    self._process.stdin.close()
            if time.monotonic() > deadline:
                return
            try:
                line = self._lines.get(timeout=SECONDS_BETWEEN_LOOKS)
            except queue.Empty:
                continue
            if not line:
                return
            yield json.loads(line)

    def _read(self) -> None:
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(line)
        self._lines.put("")

    def _end(self) -> int:
        """Waits for the process to end, kills it if it takes too long, and returns its exit code."""
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            return self._process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def main() -> None:
    """Does the import that the parent asks for on standard input."""
    job = json.loads(sys.stdin.readline())
    stopping = threading.Event()
    threading.Thread(target=_await_end_of_input, args=(stopping,), daemon=True).start()
    store = DatasetStore(Settings(home=Path(job["home"]), import_limits=ImportLimits(**job["limits"])))
    try:
        index = store.import_source(Path(job["source"]), job["name"], _tell_event, stopping.is_set, job["label"])
    except CoreError as error:
        _tell(error=str(error))
    except Stopped:
        _tell(stopped="")
    else:
        skipped = [asdict(item) for item in index.skipped]
        _tell(id=index.id, skipped=skipped, num_ignored=index.num_ignored, notes=index.notes)


def _await_end_of_input(stopping: threading.Event) -> None:
    while os.read(0, 1):  # not `sys.stdin`, whose lock a waiting thread would take into the interpreter's end
        pass
    stopping.set()


def _tell_event(event: Event) -> None:
    _tell(phase=event.phase, step=event.step, total=event.total, time=event.time)


def _tell(**message: Any) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    main()
