"""Notes about a run: what computed its features, whether it was interrupted and resumed."""

import json
from collections.abc import Sequence
from pathlib import Path

from core.files import durable
from core.wording.coded import Note

NOTES_FILE = "notes.json"


def save_notes(notes: Sequence[Note], run_folder: Path) -> None:
    """Writes a run's notes, atomically."""
    durable.write(run_folder / NOTES_FILE, json.dumps([note.as_json() for note in notes]).encode())


def load_notes(run_folder: Path) -> tuple[Note, ...]:
    """Reads a run's notes, which older versions wrote as sentences; none if the run has none."""
    try:
        return tuple(Note.from_json(note) for note in json.loads((run_folder / NOTES_FILE).read_text()))
    except (OSError, ValueError, TypeError, RecursionError):
        return ()
