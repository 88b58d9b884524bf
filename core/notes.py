"""Sentences that a training leaves about itself: what computed its features, whether it was ended and went on."""

import json
from collections.abc import Sequence
from pathlib import Path

NOTES_FILE = "notes.json"


def save_notes(notes: Sequence[str], run_folder: Path) -> None:
    """Writes a run's notes, whole or not at all."""
    beside = run_folder / f"{NOTES_FILE}.part"
    beside.write_text(json.dumps(list(notes)))
    beside.replace(run_folder / NOTES_FILE)


def load_notes(run_folder: Path) -> tuple[str, ...]:
    """Reads a run's notes; none where the run has none."""
    try:
        return tuple(str(note) for note in json.loads((run_folder / NOTES_FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return ()
