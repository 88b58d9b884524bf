"""The rows of a CSV, a TSV or a file of JSON Lines, read from its bytes as a stream."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from core.datasets.archives.members import TableFile
from core.files.encodings import fits, guess_encoding

DELIMITERS = ",;\t|"
JSON_LINES = ("jsonl", "ndjson")
MAX_COLUMNS = 10_000
# In wider tables, every row must have all columns: filling up short rows would take forever.
MOST_FILLED_COLUMNS = 200
# In characters, as many as `csv` accepts in one field. A text with a longer row isn't a table.
MAX_ROW_LENGTH = 128 * 1024
# Ten times the largest number of pictures. A table of nothing but empty lines would take forever.
MAX_LINES = 2_000_000
ROWS_TO_JUDGE = 50
NO_COLUMNS = (0.0, 0)
LONG_IN_UTF8, SHORT_IN_UTF8 = re.compile(rb"[\xe0-\xf4]"), re.compile(rb"[\xc2-\xdf].")
EMPTY_LINES = re.compile(rb"[\r\n]*")


class TableRows:
    """The rows of a table that aren't empty, all as wide as the first.

    They are read from the file's bytes on each iteration. A list of them would take up to a thousand times
    as much memory: a row that holds one letter is made as wide as the others.

    Attributes:
        encoding: the codec used to read its bytes.
        names: names of its columns, empty strings if it has no header.
        width: number of columns; 0 if it isn't a table.

    Args:
        table: its name and bytes.
        encoding: codec to use if it has no byte order mark; if empty, guessed.
    """

    def __init__(self, table: TableFile, encoding: str = "") -> None:
        self._data = table.data
        self.encoding = _encoding(table.data, encoding)
        self._start = 0 if self.encoding.startswith("utf-16") else _num_empty_bytes(table.data)
        self._is_json = table.parts[-1].rpartition(".")[2].casefold() in JSON_LINES
        self._num_lines_skipped = self._num_skipped = 0
        self._delimiter = ""
        if self._is_json:
            self.names = self._keys()
            self.width = len(self.names)
        else:
            self._delimiter = self._find_delimiter(table.parts[-1])
            self.width = len(self._first_record()) if self._delimiter else 0
            self.names = [""] * self.width
        if not 1 < self.width <= MAX_COLUMNS:
            self.width = 0

    def __iter__(self) -> Iterator[list[str]]:
        """Yields the rows without the header.

        Raises:
            csv.Error: it isn't a table after all, or is absurdly long.
        """
        width = self.width
        for row in islice(self._records(), self._num_skipped, None):
            if len(row) != width:
                if width > MOST_FILLED_COLUMNS and len(row) * 2 < width:
                    raise csv.Error("a row of a wide table that is far too short")
                row = (row + [""] * (width - len(row)))[:width]
            yield row

    @property
    def has_header(self) -> bool:
        """Whether its first row names its columns."""
        return self._num_skipped > 0

    @property
    def has_names(self) -> bool:
        """Whether its columns have names."""
        return any(self.names)

    def take_header(self) -> None:
        """Takes the first row as the names of the columns, and leaves it out from now on."""
        self.names = [name.strip() for name in next(iter(self))]
        self._num_skipped = 1

    def _find_delimiter(self, name: str) -> str:
        """Returns the separator of the columns; empty if there is none. Excel may give it in a line of its own."""
        first = self._first_line().strip().strip('"')
        if first.casefold().startswith("sep=") and len(first) == len("sep=") + 1:
            self._num_lines_skipped = 1
            return first[-1]
        delimiters = "\t" + DELIMITERS if name.casefold().endswith(".tsv") else DELIMITERS
        best = max(delimiters, key=self._evenness)
        return best if self._evenness(best) > NO_COLUMNS else ""

    def _evenness(self, delimiter: str) -> tuple[float, int]:
        """Returns the share of the first rows that have the same number of columns, and this number."""
        self._delimiter = delimiter
        try:
            widths = Counter(len(row) for row in islice(self._records(), ROWS_TO_JUDGE))
        except csv.Error:
            return NO_COLUMNS
        width = max(widths, key=lambda width: (width > 1, widths[width]), default=0)
        return (widths[width] / widths.total(), width) if width > 1 else NO_COLUMNS

    def _first_record(self) -> list[str]:
        try:
            return next(self._records(), [])
        except csv.Error:
            return []

    def _first_line(self) -> str:
        """Returns the first line that isn't empty."""
        unread = [0]
        try:
            for line in self._lines(unread):
                unread[0] = 0
                if line.strip():
                    return line
        except csv.Error:
            pass
        return ""

    def _records(self) -> Iterator[list[str]]:
        if self._is_json:
            yield from self._json_records()
            return
        unread = [0]
        lines = self._lines(unread)
        left = self._num_lines_skipped
        while left:
            left -= bool(next(lines, "end").strip())
        for row in csv.reader(lines, delimiter=self._delimiter, skipinitialspace=True):
            unread[0] = 0
            if any(row):
                yield row

    def _json_records(self) -> Iterator[list[str]]:
        indices = {name: index for index, name in enumerate(self.names)}
        for values in self._objects():
            row = [""] * len(indices)
            for name, value in values.items():
                if name in indices:
                    row[indices[name]] = value
            if any(row):
                yield row

    def _keys(self) -> list[str]:
        """Returns the names of the values in JSON Lines; none if it is something else."""
        names: dict[str, None] = {}
        try:
            for values in self._objects():
                names.update(dict.fromkeys(values))
                if len(names) > MOST_FILLED_COLUMNS:
                    return []
        except csv.Error:
            return []
        return list(names)

    def _objects(self) -> Iterator[dict[str, str]]:
        """Yields the values of each line of JSON, with dots in the names of nested ones."""
        unread = [0]
        for line in self._lines(unread):
            unread[0] = 0
            if line.strip():
                try:
                    value = json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise csv.Error("a line that isn't JSON") from error
                if not isinstance(value, dict):
                    raise csv.Error("a line that isn't a JSON object")
                yield dict(_flat(value))

    def _lines(self, unread: list[int]) -> Iterator[str]:
        """Yields lines; `unread` holds the number of characters of a row that hasn't ended yet."""
        file = io.BytesIO(self._data)
        file.seek(self._start)
        text = io.TextIOWrapper(file, self.encoding, errors="replace", newline="")
        for _ in range(MAX_LINES):
            line = text.readline(MAX_ROW_LENGTH + 1)
            unread[0] += len(line)
            if unread[0] > MAX_ROW_LENGTH:
                raise csv.Error("a row of absurd length")
            if not line:
                return
            yield line
        raise csv.Error("an absurd number of rows")


def _num_empty_bytes(data: bytes) -> int:
    """Returns the number of bytes of empty lines at the beginning."""
    match = EMPTY_LINES.match(data)
    return match.end() if match else 0


def _encoding(data: bytes, wanted: str) -> str:
    """Returns the codec of a table: the wanted one, unless the table states another or can't be read with it."""
    guessed = guess_encoding(data)
    says_its_own = guessed.startswith("utf-16") or guessed == "utf-8-sig" or (guessed == "utf-8" and _is_sure(data))
    return wanted if wanted and not says_its_own and fits(data, wanted) else guessed


def _is_sure(data: bytes) -> bool:
    """Whether a text can't be UTF-8 by chance, as two or three two-byte characters may be."""
    return LONG_IN_UTF8.search(data) is not None or len({found[0] for found in SHORT_IN_UTF8.finditer(data)}) > 3


def _flat(values: dict[str, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, dict) and depth < 4:
            yield from _flat(value, f"{before}{name}.", depth + 1)
        else:
            yield before + name, _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
