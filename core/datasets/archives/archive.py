"""Safe extraction from an untrusted archive or folder to files under names of our own.

An archive's names never become paths: what is kept is written as `00000000.jpg`, `00000001.png`, ... into one folder,
and the original name stays as a label. Bytes are counted as they arrive, because declared sizes lie.
"""

import hashlib
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from core.datasets.archives.members import DamagedMember, Member, Members, TableFile, UndersizedMember
from core.datasets.archives.sources import open_members
from core.datasets.names import (
    escape_label,
    fold_name,
    is_archive,
    is_junk,
    is_table,
    other_kind,
    split_name,
    unread_picture_kind,
)
from core.datasets.sample import Skipped
from core.errors import DatasetError
from core.images.decoding import admitted_format
from core.images.signatures import HEAD_BYTES, picture_format
from core.progress import OnEvent, Progress, ShouldStop, ignore_event, never_stop
from core.settings import GIGABYTE, MEGABYTE, ImportLimits
from core.wording.coded import Note
from core.wording.reasons import UnusableFileError

EXTENSIONS = {"JPEG": "jpg", "TIFF": "tif", "HEIF": "heic", "JPEG2000": "jp2"}
MAX_NOTES = 20
MAX_LIES = 3
# A ratio says little about small files: a white picture compresses a thousandfold.
UNSUSPICIOUS_BYTES = 10 * MEGABYTE
BYTES_BETWEEN_DISK_CHECKS = 64 * MEGABYTE


@dataclass(frozen=True)
class ExtractedFile:
    """An extracted file that begins like a picture.

    Attributes:
        file_name: our own name for it, in the folder it was written to.
        parts: parts of its name in the archive. Not escaped, never to be used as a path.
        digest: SHA-256 of its bytes, in hexadecimal.
    """

    file_name: str
    parts: tuple[str, ...]
    digest: str

    @property
    def label(self) -> str:
        """Its name in the archive, safe to show."""
        return escape_label("/".join(self.parts))


@dataclass(frozen=True)
class Extraction:
    """What came out of an archive.

    Attributes:
        files: the files that begin like pictures.
        skipped: the files that were left out, with the reasons.
        num_ignored: how many were left out silently.
        notes: other remarks.
        tables: the CSVs among the ignored files, which may give the classes.
        receipt: how names that don't declare their encoding were read.
    """

    files: tuple[ExtractedFile, ...]
    skipped: tuple[Skipped, ...]
    num_ignored: int
    notes: tuple[Note, ...]
    tables: tuple[TableFile, ...] = ()
    receipt: tuple[Note, ...] = ()


def extract(
    source: Path | BinaryIO,
    folder: Path,
    name: str,
    limits: ImportLimits,
    on_event: OnEvent = ignore_event,
    should_stop: ShouldStop = never_stop,
    encoding: str = "",
) -> Extraction:
    """Writes the pictures of a zip, a tar or a folder into an empty folder.

    Args:
        source: the archive's path, an open archive, or a folder.
        folder: where to write them; it has to exist. The caller removes it if this raises.
        name: what the source is called in messages.
        limits: limits on what it may claim.
        on_event: receives the progress of the phase `extract`.
        should_stop: asked a few times a second.
        encoding: encoding of names that don't declare one; guessed by default.

    Raises:
        DatasetError: the source can't be read or claims too much.
        Stopped: `should_stop` said so.
    """
    with open_members(source, name, limits, should_stop, encoding) as (members, packed_bytes):
        return extract_members(members, packed_bytes, folder, name, limits, on_event, should_stop)


def extract_members(
    members: Members,
    packed_bytes: int,
    folder: Path,
    name: str,
    limits: ImportLimits,
    on_event: OnEvent,
    should_stop: ShouldStop,
) -> Extraction:
    """Does the same as `extract` with members already found. `packed_bytes` is 0 if they aren't packed."""
    extractor = _Extractor(folder, name, limits)
    extractor.check_claims(members, packed_bytes)
    progress = Progress("extract", members.count, on_event, should_stop)
    for member in members.items:
        extractor.take(member)
        progress.advance()
    progress.finish()
    return extractor.extraction(members)


class _Extractor:
    """Judges members one by one and writes the accepted ones."""

    def __init__(self, folder: Path, name: str, limits: ImportLimits) -> None:
        self._folder = folder
        self._name = name
        self._limits = limits
        self._files: list[ExtractedFile] = []
        self._skipped: list[Skipped] = []
        self._notes: list[Note] = []
        self._tables: list[TableFile] = []
        self._table_bytes = 0
        self._num_ignored = 0
        self._others: Counter[str] = Counter()
        self._num_lies = 0
        self._written_bytes = 0
        self._unchecked_bytes = 0
        self._names: set[tuple[str, ...]] = set()
        self._folded: set[tuple[str, ...]] = set()

    def extraction(self, members: Members) -> Extraction:
        """Returns what came out, with the notes of the source's reader."""
        notes = self._notes[:MAX_NOTES]
        if len(self._notes) > MAX_NOTES:
            notes.append(Note("more_notes", {"count": len(self._notes) - MAX_NOTES}))
        if self._others:
            notes.append(Note("others_unread", {"counts": dict(self._others)}))
        return Extraction(
            tuple(self._files),
            tuple(self._skipped),
            self._num_ignored,
            (*notes, *members.notes),
            tuple(self._tables),
            tuple(members.receipt),
        )

    def check_claims(self, members: Members, packed_bytes: int) -> None:
        """Refuses a source that itself claims too much, before anything is written."""
        claimed = members.declared_bytes
        if claimed > self._limits.total_bytes:
            raise self._too_much(f"claims {_gigabytes(claimed)}")
        if packed_bytes and claimed > max(self._limits.ratio * packed_bytes, UNSUSPICIOUS_BYTES):
            raise self._absurd()
        self._check_disk(claimed)

    def take(self, member: Member) -> None:
        """Writes a member, or records why not."""
        try:
            parts = split_name(member.name)
            if is_junk(parts) or other_kind(parts):
                self._ignore(member, parts)
                return
            self._check_member(member, parts)
            self._files.append(self._write(member, parts))
        except UnusableFileError as error:
            self._count_lies(error)
            self._skipped.append(Skipped(escape_label(member.name), error.reason))
            return
        self._remember(parts)

    def _count_lies(self, error: Exception) -> None:
        self._num_lies += isinstance(error, UndersizedMember)
        if self._num_lies > MAX_LIES:
            raise DatasetError(
                f"{self._name} declares its files smaller than they are, which no packer does. It was "
                "refused to keep the disk from filling up."
            )

    def _ignore(self, member: Member, parts: tuple[str, ...]) -> None:
        """Leaves a file out silently, but keeps a table, which may give the classes of the pictures."""
        if is_table(parts) and not member.problem:
            if member.size > self._table_room():
                limit = {"name": escape_label(member.name), "limit_bytes": self._limits.table_bytes}
                self._notes.append(Note("table_unread", limit))
            else:
                data = self._read_table(member)
                self._table_bytes += len(data)
                self._tables.append(TableFile(parts, data))
        self._num_ignored += 1
        if not is_junk(parts):
            self._others[other_kind(parts)] += 1

    def _read_table(self, member: Member) -> bytes:
        data = bytearray()
        for chunk in member.chunks():
            self._count(len(chunk))
            data += chunk
            if len(data) > self._table_room():
                raise DamagedMember("large_table", limit_bytes=self._limits.table_bytes)
        return bytes(data)

    def _table_room(self) -> int:
        """Returns how many more bytes of tables may be read: they are held in memory."""
        return self._limits.table_bytes - self._table_bytes

    def _check_member(self, member: Member, parts: tuple[str, ...]) -> None:
        if member.problem:
            raise DamagedMember(member.problem.code, **member.problem.parameters)
        if is_archive(parts):
            raise DamagedMember("archive_inside")
        if parts in self._names:
            raise DamagedMember("same_name")
        if member.size > self._limits.entry_bytes:
            raise DamagedMember("large_file", limit_bytes=self._limits.entry_bytes)

    def _remember(self, parts: tuple[str, ...]) -> None:
        self._names.add(parts)
        folded = (*parts[:-1], fold_name(parts[-1]))
        if folded in self._folded:
            self._notes.append(Note("similar_names", {"name": self._files[-1].label}))
        self._folded.add(folded)

    def _write(self, member: Member, parts: tuple[str, ...]) -> ExtractedFile:
        chunks = member.chunks()
        head = b""
        for chunk in chunks:
            head += chunk
            if len(head) >= HEAD_BYTES:
                break
        kind = _admitted_format(head[:HEAD_BYTES], parts)
        path = self._folder / f"{len(self._files):08d}.{EXTENSIONS.get(kind, kind.lower())}"
        try:
            digest = self._write_chunks(member, chain([head], chunks), path)
        except DamagedMember:
            path.unlink()
            raise
        return ExtractedFile(path.name, parts, digest)

    def _write_chunks(self, member: Member, chunks: Iterator[bytes], path: Path) -> str:
        digest = hashlib.sha256()
        size = 0
        with path.open("xb") as file:
            for chunk in chunks:
                size += len(chunk)
                self._count(len(chunk))
                if size > self._limits.entry_bytes:
                    raise DamagedMember("large_file", limit_bytes=self._limits.entry_bytes)
                if member.packed_size and size > max(self._limits.ratio * member.packed_size, UNSUSPICIOUS_BYTES):
                    raise self._absurd()
                digest.update(chunk)
                file.write(chunk)
        return digest.hexdigest()

    def _count(self, num_bytes: int) -> None:
        self._written_bytes += num_bytes
        self._unchecked_bytes += num_bytes
        if self._written_bytes > self._limits.total_bytes:
            raise self._too_much("holds more")
        if self._unchecked_bytes > BYTES_BETWEEN_DISK_CHECKS:
            self._unchecked_bytes = 0
            self._check_disk(0)

    def _check_disk(self, wanted_bytes: int) -> None:
        if shutil.disk_usage(self._folder).free - wanted_bytes < self._limits.free_disk_bytes:
            raise self._disk_full()

    def _disk_full(self) -> DatasetError:
        return DatasetError(
            f"The disk has too little room to import {self._name}. Free some space, or set TRANSFER_STUDIO_HOME to a "
            "folder on a larger disk."
        )

    def _too_much(self, what: str) -> DatasetError:
        return DatasetError(
            f"{self._name} {what}. At most {_gigabytes(self._limits.total_bytes)} of pictures are taken at once. "
            "Leave some out, or make the pictures smaller."
        )

    def _absurd(self) -> DatasetError:
        return DatasetError(
            f"{self._name} unpacks to more than {self._limits.ratio:,} times its size, which pictures never do. It was "
            "refused to keep the disk from filling up."
        )


def _admitted_format(head: bytes, parts: tuple[str, ...]) -> str:
    """Returns the format in which Pillow is to read a file.

    Raises:
        UnusableFileError: it isn't supported, such as a camera's raw picture: a TIFF where Pillow finds a preview.
    """
    kind = unread_picture_kind(parts)
    if head and kind and picture_format(head) in ("", "TIFF"):
        raise UnusableFileError("no_picture", kind=kind)
    return admitted_format(head)


def _gigabytes(size: int) -> str:
    return f"{size / GIGABYTE:,.1f} GB"
