"""Files on their way from a browser to the disk. No Streamlit calls, no HTTP.

The page registers the expected file and gives the browser a token for it; whoever has the token may write that file,
once; the import's thread waits until it has arrived. The file belongs to the import's workspace, so it is removed
together with it.
"""

import secrets
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO
from weakref import WeakValueDictionary

from core.datasets.names import escape_label
from core.errors import CoreError, Stopped
from core.events import Event
from core.files import durable
from core.progress import OnEvent, ShouldStop
from core.settings import MEGABYTE, Settings
from pages.components import wording

SECONDS_TO_BEGIN = 30
SECONDS_BETWEEN_LOOKS = 0.1
SECONDS_OF_PACE = 5
BYTES_BETWEEN_DISK_CHECKS = 64 * MEGABYTE
MAX_NAME_LENGTH = 200
# Files on their way, being unpacked, or waiting for the user to choose a layout: for one browser, and for all.
MOST_OF_A_SESSION = 3
MOST_OF_ALL = 8
FORBIDDEN, BAD_REQUEST, GONE, TOO_LARGE, TOO_MANY, NO_ROOM = 403, 400, 410, 413, 429, 507

WHY_UNSENT = {
    0: "A proxy in between may refuse large files, or the studio wasn't started with `streamlit run app.py`.",
    FORBIDDEN: "It was refused (403): if a proxy in between changes the host name, start the studio with "
    "TRANSFER_STUDIO_HOSTS set to the name in the browser's address; otherwise the proxy itself refuses it.",
    TOO_LARGE: "A proxy in between refuses files of this size (413): allow them there, in nginx by "
    "`client_max_body_size 0`.",
}


class UploadRefused(CoreError):  # noqa: N818 (said to the browser and to the user)
    """An upload that is refused, at the start or partway.

    Attributes:
        status: the HTTP status for the browser.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class UploadInterrupted(UploadRefused):
    """An upload whose sender went away before all of it had arrived, as when the page is reloaded.

    The page that sent it may be gone with the message, so it is kept for those that come after.

    Attributes:
        name: the file's name.
        share: how much of it had arrived, 0-1.
        time: when it broke off, in seconds of the monotonic clock.
    """

    def __init__(self, name: str, share: float, text: str) -> None:
        super().__init__(BAD_REQUEST, text)
        self.name = name
        self.share = share
        self.time = time.monotonic()


class Upload:
    """One expected file, shared by the browser that sends it and the import that waits for it. Thread-safe.

    Attributes:
        token: admits the browser, for one attempt.
        name: the file's name, safe to display. Never a path.
        size: its size in bytes.
        session: the browser session that sends it.
        received: how many bytes are on disk.
    """

    def __init__(self, name: str, size: int, session: str, settings: Settings) -> None:
        self.token = secrets.token_urlsafe(32)
        self.name = label(name)
        self.size = size
        self.session = session
        self.received = 0
        self._settings = settings
        self._unchecked_bytes = 0
        self._file: BinaryIO | None = None
        self._refusal: UploadRefused | None = None
        self._deadline = time.monotonic() + SECONDS_TO_BEGIN
        self._is_claimed = False
        self._lock = threading.Lock()
        self._is_open = threading.Event()
        self._has_ended = threading.Event()
        self._is_gone = False

    def check(self, promised_bytes: int = 0) -> None:
        """Checks whether a file of this size is accepted.

        Args:
            promised_bytes: bytes of other files that are still to arrive.

        Raises:
            UploadRefused: it is empty, larger than an import may be, or larger than the disk has room for.
        """
        largest = self._settings.import_limits.total_bytes
        if self.size < 1:
            raise UploadRefused(BAD_REQUEST, f"{self.name} is empty. Choose a file with something in it.")
        if self.size > largest:
            raise UploadRefused(
                TOO_LARGE,
                f"{self.name} has {wording.size(self.size)}. At most {wording.size(largest)} are taken at once. "
                "Leave some pictures out, or make them smaller.",
            )
        self._check_room(promised_bytes + self.size)

    @property
    def takes_room(self) -> bool:
        """Whether it is on its way, or part of it is still on disk."""
        return not self._is_gone and (self._is_claimed or not self.is_overdue)

    @property
    def missing_bytes(self) -> int:
        """How many bytes are still to arrive."""
        return 0 if self.has_ended else self.size - self.received

    @property
    def is_overdue(self) -> bool:
        """Whether it is too late to begin."""
        return time.monotonic() > self._deadline

    def claim(self) -> bool:
        """Returns whether the browser may begin: only once, and not too late."""
        with self._lock:
            is_first, self._is_claimed = not self._is_claimed, True
            return is_first and not self._has_ended.is_set() and not self.is_overdue

    def write(self, chunk: bytes) -> None:
        """Writes the next bytes of the file.

        Raises:
            UploadRefused: the import was stopped, the file is longer than it was said to be, or the disk is full.
        """
        # The import's thread may still be preparing the file.
        if not self._is_open.wait(SECONDS_TO_BEGIN):
            raise self.fail(GONE, f"The upload of {self.name} could not begin. Choose the file again.")
        with self._lock:
            if self._file is None:
                raise self._refusal or UploadRefused(GONE, f"The upload of {self.name} was stopped.")
            if self.received + len(chunk) > self.size:
                raise self.fail(
                    TOO_LARGE, f"{self.name} is longer than it was when it was chosen. Choose the file again."
                )
            self._write(self._file, chunk)

    def _write(self, file: BinaryIO, chunk: bytes) -> None:
        try:
            self._unchecked_bytes += len(chunk)
            if self._unchecked_bytes >= BYTES_BETWEEN_DISK_CHECKS:
                self._unchecked_bytes = 0
                self._check_room(0)
            file.write(chunk)
            file.flush()
        except UploadRefused as refusal:
            raise self.fail(refusal.status, str(refusal)) from refusal
        except OSError as error:
            unwritable = self.unwritable(error)
            raise self.fail(unwritable.status, str(unwritable)) from error
        self.received += len(chunk)

    def fail(self, status: int, text: str) -> UploadRefused:
        """Ends the upload with a reason, unless it has already ended, and returns the reason."""
        return self._fail(UploadRefused(status, text))

    def interrupt(self, text: str) -> UploadRefused:
        """Ends the upload because its sender is gone, unless it has already ended, and returns the reason."""
        return self._fail(UploadInterrupted(self.name, self.received / self.size, text))

    def _fail(self, refusal: UploadRefused) -> UploadRefused:
        if not self._has_ended.is_set():
            self._refusal = refusal
            self._has_ended.set()
        return self._refusal or refusal

    def end(self) -> None:
        """Notes that no more bytes will come. If some are missing, the upload has failed."""
        if self.received == self.size:
            self._has_ended.set()
            return
        self.interrupt(
            f"The connection broke off after {wording.size(self.received)} of {wording.size(self.size)} of "
            f"{self.name}. Nothing of it was kept. Upload it again."
        )

    @property
    def has_ended(self) -> bool:
        """Whether it accepts no more bytes."""
        return self._has_ended.is_set()

    @property
    def refusal(self) -> UploadRefused | None:
        """Why it failed; None if it didn't."""
        return self._refusal

    def close(self) -> None:
        """Accepts no more bytes. Pending writes are refused."""
        with self._lock:
            self._file = None
        self._has_ended.set()
        self._is_open.set()

    def forget(self) -> None:
        """Notes that no import waits for it any more, so it no longer counts as an incoming file."""
        self.close()
        self._is_gone = True

    def receive(self, path: Path, on_event: OnEvent, should_stop: ShouldStop) -> None:
        """Waits until the whole file is at `path`. Called by the import's thread.

        Args:
            path: where to write it. Must not exist; the caller removes what is left of it if this raises.
            on_event: told of the phase `upload`, in bytes, with `bytes_per_second` and `seconds_left`.
            should_stop: asked a few times a second.

        Raises:
            UploadRefused: the upload failed.
            Stopped: `should_stop` said so.
        """
        pace = RecentThroughput(self.size)
        try:
            with path.open("xb") as file:
                self._file = file
                self._is_open.set()
                try:
                    while not self._has_ended.wait(SECONDS_BETWEEN_LOOKS):
                        self._look(should_stop)
                        on_event(pace.event(self.received))
                finally:
                    self.close()
        except OSError as error:
            raise self.unwritable(error) from error
        if self._refusal is not None:
            raise self._refusal

    def _look(self, should_stop: ShouldStop) -> None:
        if should_stop():
            raise Stopped
        if not self._is_claimed and self.is_overdue:
            self.fail(GONE, f"The upload of {self.name} never began. Choose the file again.")

    def _check_room(self, wanted_bytes: int) -> None:
        try:
            self._settings.datasets.mkdir(parents=True, exist_ok=True)
            free_bytes = shutil.disk_usage(self._settings.datasets).free
        except OSError as error:
            raise self.unwritable(error) from error
        if free_bytes - wanted_bytes < self._settings.import_limits.free_disk_bytes:
            raise self._no_room()

    def _no_room(self) -> UploadRefused:
        return UploadRefused(
            NO_ROOM,
            f"The disk has too little room for {self.name} ({wording.size(self.size)}). Free some space, or set "
            "TRANSFER_STUDIO_HOME to a folder on a larger disk.",
        )

    def unwritable(self, error: OSError) -> UploadRefused:
        """Returns why the file can't be written, in words."""
        if durable.is_full(error):
            return self._no_room()
        return UploadRefused(
            NO_ROOM,
            f"{self.name} can't be written to {self._settings.datasets} ({error.strerror}). Fix that, or set "
            "TRANSFER_STUDIO_HOME to another folder.",
        )


class Uploads:
    """The uploads that one server expects, by token. Thread-safe.

    Args:
        settings: where files go, and how large they may be.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._expected: dict[str, Upload] = {}
        self._every: WeakValueDictionary[str, Upload] = WeakValueDictionary()
        self._lock = threading.Lock()

    def expect(self, name: str, size: int, session: str) -> Upload:
        """Returns the upload for a file that a browser session has chosen.

        Raises:
            UploadRefused: such a file isn't accepted.
        """
        upload = Upload(name, size, session, self._settings)
        with self._lock:
            others = [other for other in list(self._every.values()) if other.takes_room]
            _check_number(upload, others)
            upload.check(sum(other.missing_bytes for other in others))
            self._expected = {key: other for key, other in self._expected.items() if not other.is_overdue}
            self._expected[upload.token] = self._every[upload.token] = upload
        return upload

    def claim(self, token: str, is_present: Callable[[str], bool]) -> Upload:
        """Returns the upload for a token, which is used up by this.

        Args:
            token: as the browser has it.
            is_present: whether a browser session is connected.

        Raises:
            UploadRefused: the token is unknown, used or too old, or its session is gone.
        """
        with self._lock:
            upload = self._expected.pop(token, None)
        refusal = UploadRefused(
            FORBIDDEN, "This upload isn't expected, or no longer. Reload the page and choose the file again."
        )
        if upload is None:
            raise refusal
        if not is_present(upload.session) or not upload.claim():
            raise upload.fail(refusal.status, str(refusal))
        return upload

    def is_awaited(self, token: str) -> bool:
        """Returns whether the file for a token is still to come, or on its way."""
        upload = self._every.get(token)
        return upload is not None and not upload.has_ended

    def give_up(self, token: str, status: int = 0) -> None:
        """Ends the upload for a token that the browser could not use.

        Args:
            token: as the browser has it.
            status: the HTTP status of the studio or of a proxy in between; 0 for no answer.
        """
        with self._lock:
            upload = self._expected.pop(token, None)
        if upload is not None:
            why = WHY_UNSENT.get(status, WHY_UNSENT[0])
            upload.fail(
                GONE,
                f"{upload.name} did not get through to the studio. {why} Name a folder or zip on this server instead.",
            )


def _check_number(upload: Upload, others: Sequence[Upload]) -> None:
    of_session = sum(other.session == upload.session for other in others)
    if of_session >= MOST_OF_A_SESSION:
        whose, number = "this browser", of_session
    elif len(others) >= MOST_OF_ALL:
        whose, number = "all browsers", len(others)
    else:
        return
    raise UploadRefused(
        TOO_MANY,
        f"{upload.name} can't be accepted now: {number} files of {whose} are being sent or imported, or wait for an "
        "answer. Wait until one of them is done, or stop one, then choose the file again.",
    )


class RecentThroughput:
    """How fast bytes arrive, averaged over the last seconds.

    Args:
        size: how many there will be.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._seen = deque([(time.monotonic(), 0)])

    def event(self, received: int) -> Event:
        """Returns how far the upload is, as an event."""
        now = time.monotonic()
        self._seen.append((now, received))
        while len(self._seen) > 2 and now - self._seen[0][0] > SECONDS_OF_PACE:
            self._seen.popleft()
        began, before = self._seen[0]
        speed = (received - before) / max(now - began, SECONDS_BETWEEN_LOOKS)
        left = {"seconds_left": (self._size - received) / speed} if speed else {}
        return Event("upload", received, self._size, {"bytes_per_second": speed, **left})


def label(name: str) -> str:
    """Returns a file's name without its folders, safe to display."""
    return escape_label(name.replace("\\", "/").rstrip("/").rpartition("/")[2].strip())[:MAX_NAME_LENGTH] or "The file"
