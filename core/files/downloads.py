"""Downloads: streamed to disk, checked, and renamed into place only when whole."""

import hashlib
import http.client
import os
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from core.errors import CoreError
from core.files import durable
from core.progress import OnEvent, Progress, ShouldStop, ignore_event, never_stop

CHUNK_BYTES = 256 * 1024
TIMEOUT_SECONDS = 15
CHECKSUMS = {32: "md5", 64: "sha256"}
PHASE = "download"


class DownloadError(CoreError):
    """A file that couldn't be downloaded."""


def download(
    url: str,
    target: Path,
    checksum: str = "",
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
) -> Path:
    """Downloads a file.

    Args:
        url: an `http` or `https` address.
        target: where to put it. Its folder is created; an existing file stays until the new one is complete.
        checksum: its expected MD5 or SHA-256, in hexadecimal; empty for none.
        on_event: told of the phase `download`, in bytes.
        should_stop: asked a few times a second.

    Returns:
        `target`.

    Raises:
        DownloadError: there is no internet, the server refuses, or the file isn't the expected one.
        Stopped: `should_stop` said so.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise DownloadError(f"Expected an http or https address. Received {url!r}. Fix the address.")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
    try:
        _fetch(url, part, checksum.lower(), on_event, should_stop)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target


def _fetch(url: str, part: Path, checksum: str, on_event: OnEvent, should_stop: ShouldStop) -> None:
    digest = hashlib.new(CHECKSUMS[len(checksum)] if checksum else "sha256", usedforsecurity=False)
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as response, part.open("xb") as file:
            expected = int(response.headers.get("Content-Length") or 0)
            progress = Progress(PHASE, expected, on_event, should_stop)
            received = _copy(response, file, digest, progress)
            progress.finish()
    except urllib.error.HTTPError as error:
        raise DownloadError(
            f"{_describe(url)} could not be downloaded: the server answered {error.code} {error.reason}. Try again "
            f"later, or download {url} by hand."
        ) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _explain(url, error) from error
    if expected and received != expected:
        raise DownloadError(
            f"{_describe(url)} was cut off after {received:,} of {expected:,} bytes. Check the connection and try "
            "again."
        )
    if checksum and digest.hexdigest() != checksum:
        raise DownloadError(
            f"{_describe(url)} isn't the file that was expected: its checksum is {digest.hexdigest()} instead of "
            f"{checksum}. Try again; if this persists, the file was changed on the server."
        )


def _copy(response: http.client.HTTPResponse, file: BinaryIO, digest: "hashlib._Hash", progress: Progress) -> int:
    received = 0
    while chunk := response.read1(CHUNK_BYTES):
        file.write(chunk)
        digest.update(chunk)
        received += len(chunk)
        progress.advance(len(chunk))
    file.flush()
    os.fsync(file.fileno())
    return received


def _explain(url: str, error: Exception) -> DownloadError:
    if isinstance(error, OSError) and durable.is_full(error):
        return DownloadError(f"The disk is too full to download {_describe(url)}. Free some space and try again.")
    if isinstance(error, TimeoutError | http.client.HTTPException | ConnectionResetError):
        return DownloadError(
            f"{_describe(url)} could not be downloaded: the connection broke off. Check it and try again."
        )
    return DownloadError(
        f"{_describe(url)} could not be downloaded: this machine has no connection to the internet, or none that "
        f"is allowed. Connect and try again, or download {url} elsewhere and bring the file here."
    )


def _describe(url: str) -> str:
    parts = urlsplit(url)
    return f"{Path(parts.path).name or 'The file'} from {parts.hostname}"
