"""Runs a command as a process and measures how long it took and its peak memory."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from tests.project import ROOT


@dataclass(frozen=True)
class Measured:
    """One process.

    Attributes:
        seconds: from its start to its end.
        peak_bytes: its largest resident memory.
        result: the JSON object that it printed last.
    """

    seconds: float
    peak_bytes: int
    result: dict


def measure(module: str, *arguments: str) -> Measured:
    """Runs `python -m MODULE ARGUMENTS` to its end.

    Raises:
        RuntimeError: it failed; the message has its last lines.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "2"}
    with tempfile.TemporaryFile("w+") as errors:
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment,
            cwd=ROOT,
        )
        output = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        errors.seek(0)
        if os.waitstatus_to_exitcode(status):
            raise RuntimeError(f"{module} failed:\n{errors.read()[-2000:]}")
    # Linux counts in kibibytes, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    return Measured(seconds, usage.ru_maxrss * unit, json.loads(output.strip().splitlines()[-1]))


def print_table(header: list[str], rows: list[list[str]]) -> None:
    """Prints rows under a header, as Markdown."""
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    for row in [header, ["-" * width for width in widths], *rows]:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |", flush=True)
